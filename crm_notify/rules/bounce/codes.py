"""SMTP reply codes (RFC 5321) and enhanced status codes (RFC 3463) in what a server said."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The subject of an enhanced code is 0 to 7; "4.80.1" is a version of Exim, and a number that
# follows "release" or "version" is a version of anything. An address such as 5.1.1.7 is no code.
_STATUS = re.compile(
    r"(?<![\d.])(?<!release )(?<!version )(?<!ver )(?<!v)([245]\.[0-7]\.\d{1,3})(?!\d|\.\d)",
    re.ASCII | re.IGNORECASE,
)
# In a field that is made for it nothing else can be meant; programs invent subjects of their own.
_STATED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)", re.ASCII)
# A bare number is a reply code only where a server's answer begins; followed by an enhanced code
# of its class it is one anywhere.
_PAIR = re.compile(
    r"(?<![\d.])([245][0-5]\d)[ -]+[#('\"]{0,2}([245])\.[0-7]\.\d{1,3}(?!\d|\.\d)", re.ASCII
)
_ANSWER = re.compile(
    r"""(?:^|[:;'"(\[<>]|\bsaid|\berror|\bcode|\bresponse|\breply|\bstatus|\breturned)
        [\s:;'"(\[#=-]{0,4}([45][0-5]\d)(?=[\s:;,.)\]<'"-]|$)(?![.:]\d)""",
    re.ASCII | re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)


def statuses(text: str) -> list[str]:
    """Return the enhanced status codes in ``text``, in order."""
    return _STATUS.findall(text)


def stated_status(field: str) -> str | None:
    """Return the code in a Status field (RFC 3464 section 2.3.4), whatever its subject is."""
    match = _STATED.match(field) or _STATUS.search(field)
    return match[1] if match else None


def reply_code(text: str) -> str | None:
    """Return the first reply code of class 4 or 5 that ``text`` names as such, or None."""
    match = _first_reply(text)
    return match[1] if match else None


def position(text: str) -> int:
    """Return where the first code of class 4 or 5 stands in ``text``, or -1."""
    found = (_first_reply(text), next(_failing(text), None))
    return min((match.start(1) for match in found if match), default=-1)


def status_in(text: str) -> str | None:
    """Return the first telling enhanced code of class 4 or 5 in ``text``, else the first vague."""
    found = [match[1] for match in _failing(text)]
    return next((status for status in found if not is_vague(status)), next(iter(found), None))


def is_vague(status: str) -> bool:
    """Whether an enhanced code says no more than its class and subject, such as 5.0.0 or 5.1.0."""
    return status.endswith(".0")


def _first_reply(text: str) -> re.Match[str] | None:
    pairs = (match for match in _PAIR.finditer(text) if match[1][0] == match[2] != "2")
    found = [match for match in (_ANSWER.search(text), next(pairs, None)) if match]
    return min(found, key=lambda match: match.start(1), default=None)


def _failing(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _STATUS.finditer(text) if match[1][0] != "2")
