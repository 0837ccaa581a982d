"""Where a notice in plain words ends and the returned message begins."""

from __future__ import annotations

import re

from crm_notify.rules.bounce.fields import NO_FIELDS, Fields, read_blocks
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.wording import earliest, fold, occurs

_DECORATION = "-=_*#+~>| \t"
# Trace fields (RFC 5321 section 4.4) at the start of a line: nobody writes them but a mail system.
_TRACE = re.compile(
    r"[>| \t]{0,4}(?:return-path|received|delivered-to|dkim-signature):", re.IGNORECASE
)
_DECORATED = ("--", "==", "__", "**", "##")
_MAX_ANNOUNCED = 8
_LONGEST_MARK = 110
_SHORT_MARK = 30
_NEAR = 16
_MAX_RETURNED = 64 * 1024
# Some systems write a remark between the announcement and the copy.
_MAX_BLOCKS = 8
_OF_A_HEAD = frozenset(("return-path", "received", "from", "to", "subject", "date", "message-id"))


def before_copy(text: str) -> tuple[str, Fields]:
    """Return what stands before the returned copy, and the headers of that copy.

    The copy begins at a line that announces it, or at a trace field. A line without decoration
    may as well announce a summary, so headers must follow it. Lines quoted with ``>`` are left out
    of the text: they are somebody else's words.
    """
    kept: list[str] = []
    announced = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _TRACE.match(line):
            return "\n".join(kept), _headers(lines[number:])
        if line.startswith("> "):
            continue
        if announced < _MAX_ANNOUNCED and _announces_copy(line):
            announced += 1
            headers = _headers(lines[number + 1 :])
            if headers.pairs or line.lstrip(" |")[:2] in _DECORATED:
                return "\n".join(kept), headers
        kept.append(line)
    return "\n".join(kept), NO_FIELDS


def _announces_copy(line: str) -> bool:
    bare = line.strip(_DECORATION)
    if not bare or len(bare) > _LONGEST_MARK:
        return False
    # "Original message:" and "--- original message" announce; "original message" in prose does not.
    marked = line.lstrip(" |")[:2] in _DECORATED or bare.endswith((":", "."))
    if not (marked or len(bare) < _SHORT_MARK):
        return False
    folded = fold(bare)
    return occurs(PHRASES[Topic.COPY], folded) and earliest(PHRASES[Topic.COPY], folded) <= _NEAR


def _headers(lines: list[str]) -> Fields:
    block = "\n".join(line.lstrip("> ") if line[:1] == ">" else line for line in lines)
    blocks = read_blocks(block[:_MAX_RETURNED].lstrip("\n=-_* "), _MAX_BLOCKS)
    return next((fields for fields in blocks if _is_head(fields)), NO_FIELDS)


def _is_head(fields: Fields) -> bool:
    return any(name in _OF_A_HEAD for name, _ in fields.pairs)
