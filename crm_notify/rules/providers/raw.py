"""Looking into a provider's raw event, which may hold anything of any type."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

#: No id has more digits (Postmark's have 19), and Python refuses to turn a huge number into text.
_MAX_NUMBER = 10**40


def at(raw: object, *path: str) -> object:
    """Return what stands at ``path``, where ``*`` is the only key, or None."""
    for key in path:
        if not isinstance(raw, Mapping):
            return None
        if key == "*":
            values = list(islice(raw.values(), 2))
            raw = values[0] if len(values) == 1 else None
        else:
            raw = raw.get(key)
    return raw


def text_at(raw: object, *path: str) -> str:
    """Return the text or whole number at ``path`` as text, or an empty text."""
    return as_text(at(raw, *path))


def is_true_at(raw: object, *path: str) -> bool:
    return at(raw, *path) is True


def items_at(raw: object, *path: str) -> list[object]:
    """Return the list at ``path``, or an empty one."""
    found = at(raw, *path)
    return found if isinstance(found, list) else []


def as_text(value: object) -> str:
    """Return a text or a whole number as text, anything else as an empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_NUMBER:
        return str(value)
    return ""
