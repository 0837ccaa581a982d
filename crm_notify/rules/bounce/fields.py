"""Header fields, whether at the top of a message or in the body of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FIELDS = 300
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,75})[ \t]*:(.*)")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Fields in order, unfolded, names in lower case; a name may stand there more than once."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """Return the first value of ``name``, or an empty text."""
        return next((value for key, value in self.pairs if key == name), "")

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)


NO_FIELDS = Fields()


def read_fields(block: str) -> Fields:
    """Read up to 300 fields from lines that end in a plain line feed; pass over what is none."""
    found: list[tuple[str, list[str]]] = []
    folded: list[str] = []
    for line in block.split("\n"):
        if line[:1] in (" ", "\t"):
            folded.append(line.strip())
            continue
        if len(found) == MAX_FIELDS:
            break
        folded = []
        if match := _FIELD.match(line):
            folded.append(match[2].strip())
            found.append((match[1].lower(), folded))
    return Fields(pairs=tuple((name, " ".join(lines).strip()) for name, lines in found))


def read_blocks(text: str, limit: int) -> Iterator[Fields]:
    """Yield the groups of fields that blank lines set apart (RFC 3464 section 2.1)."""
    for block in _BLANK_LINES.split(text, maxsplit=limit)[:limit]:
        fields = read_fields(block)
        if fields.pairs:
            yield fields
