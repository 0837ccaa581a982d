"""The host's default mailer, which nobody here may use."""

from __future__ import annotations

from typing import Any, NoReturn


class Backend:
    """Fails as soon as it is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AssertionError("The host's default mailer was used.")
