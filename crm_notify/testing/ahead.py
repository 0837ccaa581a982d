"""Another ``now`` for our own modules, and for no one else's."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from django.utils import timezone


class Ahead(ModuleType):
    """Django's ``timezone`` with a clock that may be ahead; our modules are handed it instead."""

    by = timedelta(0)

    def now(self) -> datetime:
        """The time that crm_notify goes by."""
        return timezone.now() + self.by

    def __getattr__(self, name: str) -> Any:
        return getattr(timezone, name)

    def go(self, by: timedelta) -> None:
        """Move; back at the real time, our modules have the real ``timezone`` again."""
        self.by += by
        for module in _ours():
            if module.timezone is (self if not self.by else timezone):
                module.timezone = self if self.by else timezone


ahead = Ahead("crm_notify.testing.ahead")


def _ours() -> list[Any]:
    """Our modules that are loaded by now and ask for the time; this room keeps the real one."""
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("crm_notify.")
        and not name.startswith("crm_notify.testing")
        and getattr(module, "timezone", None) in {timezone, ahead}
    ]
