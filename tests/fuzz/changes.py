"""Changes that leave an input's structure whole, so that they reach what lies behind it."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

_ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 10**30, 2**63, "", " ", "0", "\x00", "\ud800", "a@b", "@", [], {}),
    *("[]", "{}", '"', "9" * 400, "2026-02-30", "\u202e", "=?utf-8?b?*?=", [[]], {"": None}),
)
_DEEP = 400
_OF_TOKENS = b"abcdefghijklmnopqrstuvwxyz234567ABCDEFGHIJKLMNOPQRSTUVWXYZ-+@<>"


def in_lines(data: bytes, random: Random) -> bytes:
    """Drop, repeat, swap, join or shorten lines."""
    lines = data.split(b"\n")
    for _ in range(random.randint(1, 4)):
        at, other = random.randrange(len(lines)), random.randrange(len(lines))
        match random.randrange(5):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines.insert(other, lines[at] * random.choice((1, 1, 50)))
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] += lines[other]
            case _:
                lines[at] = lines[at][: random.randint(0, len(lines[at]))]
    return b"\n".join(lines)


def in_token(data: bytes, random: Random) -> bytes:
    """Write one character otherwise, as a mail system or a forger may."""
    at = random.randrange(len(data) or 1)
    return data[:at] + bytes([random.choice(_OF_TOKENS)]) + data[at + 1 :]


def in_document(body: bytes, random: Random) -> bytes:
    """Change a value somewhere in a JSON document, or in one inside a form or a string."""
    try:
        return _written(_changed(json.loads(body), random))
    except (ValueError, RecursionError):
        return _in_form(body, random)


def _in_form(body: bytes, random: Random) -> bytes:
    fields = parse_qsl(body.decode("latin-1"))
    if not fields:
        return in_lines(body, random)
    at = random.randrange(len(fields))
    name, value = fields[at]
    fields[at] = (name, _in_text(value, random))
    return urlencode(fields, errors="replace").encode()


def _in_text(text: str, random: Random) -> str:
    try:
        return _written(_changed(json.loads(text), random)).decode()
    except (ValueError, RecursionError):
        return str(random.choice(_ODD))


def _changed(value: Any, random: Random) -> Any:
    """Go down by chance, and change what is found there."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        if random.random() < 0.1:
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: _changed(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.9:
        at = random.randrange(len(value))
        return [*value[:at], _changed(value[at], random), *value[at:][: random.randrange(3)]]
    if isinstance(value, str) and value[:1] in ("{", "[") and random.random() < 0.8:
        return _in_text(value, random)
    return _replaced(value, random)


def _replaced(value: Any, random: Random) -> Any:
    match random.randrange(6):
        case 0:
            return [value]
        case 1:
            return {"": value}
        case 2 if isinstance(value, str):
            return value * random.choice((2, 1000))
        case 3 if random.random() < 0.2:
            return json.loads("[" * _DEEP + "]" * _DEEP)
        case _:
            return random.choice(_ODD)


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()
