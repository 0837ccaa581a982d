"""The commands that the documentation tells people to type, and what it says that they print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_STEP = re.compile(r"^\*\*(\d)\. ", re.MULTILINE)
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^\$ python manage\.py (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One command, of one step of a chapter, with what is printed below it."""

    step: int
    words: str
    prints: str


def commands(page: str, chapter: str) -> list[Typed]:
    """The commands in the numbered steps of a chapter, in their order."""
    text = (DOCS / page).read_text().partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    _, *parts = _STEP.split(text)
    return [
        Typed(step=int(number), words=words, prints=prints)
        for number, step in zip(parts[::2], parts[1::2], strict=True)
        for block in _BLOCK.findall(step)
        for words, prints in _COMMAND.findall(block)
    ]
