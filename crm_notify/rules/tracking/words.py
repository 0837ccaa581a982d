"""A change in words that people read: "Stage: Prospect -> Customer"."""

from __future__ import annotations

from collections.abc import Sequence

from crm_notify.rules.text import one_line

#: So much is shown of one value, and so many of a set.
LONGEST = 120
_MOST = 20


def shorten(text: str) -> str:
    """On one line, and cut where it is long."""
    line = one_line(text, LONGEST + 1)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3].rstrip()}..."


def say_change(label: str, before: str, after: str) -> str:
    """One field; an empty value is shown as a dash."""
    return f"{shorten(label)}: {shorten(before) or '-'} -> {shorten(after) or '-'}"


def list_members(label: str, out: Sequence[str], into: Sequence[str], *, more: int = 0) -> str:
    """One set of related records: who came in, who went out, and how many more than are named."""
    names = [*(f"+{shorten(name)}" for name in into), *(f"-{shorten(name)}" for name in out)]
    more += max(len(names) - _MOST, 0)
    rest = [f"... (+{more})"] if more else []
    return f"{shorten(label)}: {', '.join([*names[:_MOST], *rest])}"
