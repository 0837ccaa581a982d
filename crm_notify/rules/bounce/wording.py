"""Text as people and programs wrote it, made comparable with a table of phrases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html.entities import name2codepoint

#: A phrase: its pieces, folded, which must follow each other closely.
Phrase = tuple[str, ...]

#: How far apart the pieces of a phrase with an asterisk may stand, in characters.
GAP = 80
_SPACES = re.compile(r"\s+")
# Chinese and Japanese are written without spaces: one between two signs comes from a folded line.
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
_QUOTES = str.maketrans("\u2018\u2019\u02bc\u00b4`", "'''''")
_ENTITY = re.compile(r"&(?:#(\d{1,6})|#[xX]([0-9a-fA-F]{1,5})|([A-Za-z]{2,8}));")
_BREAKING = ("br", "p", "/p", "div", "/div", "tr", "/tr", "li", "/td", "/h1", "/h2", "/h3")


def fold(text: str) -> str:
    """Return ``text`` without case, accents, kinds of quotes and line breaks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_QUOTES))
        text = "".join(char for char in text if not unicodedata.combining(char))
        return _WRAPPED.sub("", _SPACES.sub(" ", text.casefold()))
    return _SPACES.sub(" ", text.replace("`", "'").lower())


def phrases(table: str) -> tuple[Phrase, ...]:
    """Prepare a table of phrases, set apart by bars and line ends, for ``find`` and ``count``.

    Each is folded. An asterisk stands for anything of up to 80 characters.
    """
    lines = (line.strip() for line in re.split(r"[|\n]", table))
    return tuple(tuple(fold(line).split("*")) for line in lines if line)


def find(wanted: Iterable[Phrase], folded: str) -> int:
    """Return where one of ``wanted`` begins in ``folded``, or -1."""
    return next((at for phrase in wanted if (at := _position(phrase, folded)) >= 0), -1)


def count(wanted: Iterable[Phrase], folded: str) -> int:
    """Return how many of ``wanted`` occur in ``folded``."""
    return sum(_position(phrase, folded) >= 0 for phrase in wanted)


def without_tags(html: str) -> str:
    """Return the text of an HTML body, in linear time; styles and scripts are left out."""
    out: list[str] = []
    hidden = False
    for chunk in html.split("<"):
        tag, closed, text = chunk.partition(">")
        name = tag[:8].lower().split(None, 1)[0] if tag.strip() else ""
        if name in ("style", "script", "/style", "/script"):
            hidden = name[0] != "/"
        elif name in _BREAKING:
            out.append("\n")
        if not hidden:
            out.append(text if closed else chunk)
    return _ENTITY.sub(_character, "".join(out))


def _position(pieces: Phrase, folded: str) -> int:
    first, rest = pieces[0], pieces[1:]
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
