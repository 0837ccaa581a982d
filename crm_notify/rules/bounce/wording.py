"""Text as people and programs wrote it, made comparable with a table of phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import name2codepoint

#: How far apart the pieces of a phrase with an asterisk may stand, in characters.
GAP = 80
_SPACES = re.compile(r"\s+")
# Accents and vowel points, which NFKD sets apart from their letters.
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u3099\u309a]+")
# Chinese and Japanese are written without spaces: one between two signs comes from a folded line.
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
# Kinds of quotes are one; the underscore of a name such as BAD_RECIPIENT parts its words.
_ALIKE = str.maketrans("\u2018\u2019\u02bc\u00b4`_", "''''' ")
_ENTITY = re.compile(r"&(?:#(\d{1,6})|#[xX]([0-9a-fA-F]{1,5})|([A-Za-z]{2,8}));")
_BREAKING = ("br", "p", "/p", "div", "/div", "tr", "/tr", "li", "/td", "/h1", "/h2", "/h3")


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Phrases to be looked for, folded: whole ones, and those whose pieces follow each other."""

    whole: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]


def fold(text: str) -> str:
    """Return ``text`` without case, accents, kinds of quotes, underscores and line breaks."""
    if text.isascii():
        return _SPACES.sub(" ", text.translate(_ALIKE).lower())
    # One sign can become eighteen; no language that is read here needs more than three.
    folded = unicodedata.normalize("NFKD", text.translate(_ALIKE))[: 3 * len(text)]
    return _WRAPPED.sub("", _SPACES.sub(" ", _MARKS.sub("", folded).casefold()))


def phrases(*tables: str) -> Phrases:
    """Prepare tables of phrases, set apart by bars and line ends.

    Each is folded. An asterisk stands for anything of up to 80 characters.
    """
    lines = (line.strip() for table in tables for line in re.split(r"[|\n]", table))
    folded = [tuple(fold(line).split("*")) for line in lines if line]
    return Phrases(
        whole=tuple(phrase[0] for phrase in folded if len(phrase) == 1),
        pieces=tuple(phrase for phrase in folded if len(phrase) > 1),
    )


def occurs(wanted: Phrases, folded: str) -> bool:
    """Whether one of ``wanted`` occurs in ``folded``."""
    return any(map(folded.__contains__, wanted.whole)) or any(
        _position(pieces, folded) >= 0 for pieces in wanted.pieces if pieces[-1] in folded
    )


def earliest(wanted: Phrases, folded: str) -> int:
    """Return where the first of ``wanted`` begins in ``folded``, or -1."""
    return min((at for at in _positions(wanted, folded) if at >= 0), default=-1)


def count(wanted: Phrases, folded: str) -> int:
    """Return how many of ``wanted`` occur in ``folded``."""
    return sum(at >= 0 for at in _positions(wanted, folded))


def without_tags(html: str) -> str:
    """Return the text of an HTML body, in linear time; styles and scripts are left out."""
    out: list[str] = []
    hidden = False
    for chunk in html.split("<"):
        tag, closed, text = chunk.partition(">")
        name = next(iter(tag[:8].lower().split()), "").rstrip("/")
        if name in ("style", "script", "/style", "/script"):
            hidden = name[0] != "/"
        elif name in _BREAKING:
            out.append("\n")
        if not hidden:
            out.append(text if closed else chunk)
    return _ENTITY.sub(_character, "".join(out))


def _positions(wanted: Phrases, folded: str) -> Iterator[int]:
    yield from map(folded.find, wanted.whole)
    # Mostly the last piece is missing, and there is no more to do.
    likely = (pieces for pieces in wanted.pieces if pieces[-1] in folded)
    yield from (_position(pieces, folded) for pieces in likely)


def _position(pieces: tuple[str, ...], folded: str) -> int:
    first, *rest = pieces
    start = folded.find(first)
    while start >= 0:
        end = start + len(first)
        for piece in rest:
            at = folded.find(piece, end, end + GAP + len(piece))
            if at < 0:
                break
            end = at + len(piece)
        else:
            return start
        start = folded.find(first, start + 1)
    return -1


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        point = name2codepoint.get(name, 0)
    else:
        point = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(point) if point else match[0]
