"""A second database beside the one that TEST_DATABASE picks, of the same kind."""

from __future__ import annotations

import copy
from typing import Any

from tests.settings import DATABASES


def second(name: str) -> dict[str, Any]:
    """Another file, or another database of the same server."""
    given = copy.deepcopy(DATABASES["default"])
    before, dot, ending = given["TEST"]["NAME"].partition(".sqlite3")
    given["TEST"]["NAME"] = f"{before}_{name}{dot}{ending}"
    return given
