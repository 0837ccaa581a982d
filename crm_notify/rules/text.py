"""Hostile text made harmless: one line, no control characters, no longer than its place."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(r"[^\s<>@\"',;:]{1,64}@([\w.-]+)")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def has_control(text: str) -> bool:
    """Whether ``text`` holds a control character or a line break of any kind."""
    return _BREAKS.search(text) is not None


def storable(text: str) -> str:
    """Return ``text`` without what no database holds: NUL, and half a character (a surrogate)."""
    return _UNSTORABLE.sub("", text)


def one_line(text: str, limit: int) -> str:
    """Return ``text`` on one line, without control characters, at most ``limit`` characters."""
    return " ".join(storable(_BREAKS.sub(" ", text)).split())[:limit].strip()


def printable(text: str, limit: int) -> str:
    """Return diagnostics fit to be stored and shown: NUL and bidi controls out, cut to ``limit``.

    PostgreSQL refuses NUL; bidi controls (category Cf) can make a text read as another.
    """
    kept = (c for c in one_line(text, limit * 2) if unicodedata.category(c) not in {"Cf", "Cs"})
    return "".join(kept)[:limit].strip()


def masked(text: str) -> str:
    """For a log: of an address only its domain is left."""
    return _ADDRESS.sub(r"...@\1", text)


def said(error: BaseException) -> str:
    """What an error of a host's code says; some cannot even say it."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - whatever its own words raise
        return type(error).__name__
