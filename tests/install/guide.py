"""A guide of docs/guides/ as a machine follows it: what is added to which file, and typed where.

A block of code whose first line is a comment with the name of a file belongs into that file: below
the line that the comment quotes, else at the end. So the guide itself is the patch, and what it
adds is counted here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
MOST_LINES = 15

_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(
    r"(?:#|\{#) (?P<file>[\w./-]+\.\w+)(?:, below: (?P<below>.*?))?(?: #\})?", re.ASCII
)
_COMMENTS = ("#", "{#", "<!--")


@dataclass(frozen=True, kw_only=True)
class Block:
    """Lines that a guide puts into a file, below one of its lines or at its end."""

    file: str
    below: str
    lines: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many lines that is, blank ones and comments left out."""
        stripped = (line.strip() for line in self.lines)
        return sum(1 for line in stripped if line and not line.startswith(_COMMENTS))


@dataclass(frozen=True, kw_only=True)
class Guide:
    """One guide: what it adds, and what it has people type."""

    name: str
    blocks: tuple[Block, ...]
    commands: tuple[str, ...]

    @property
    def added(self) -> int:
        """The lines that a host adds."""
        return sum(block.count for block in self.blocks)

    def typed(self, command: str) -> tuple[str, ...]:
        """The management command as the guide has it typed; KeyError where it does not."""
        for line in self.commands:
            words = tuple(line.split())
            if words[:3] == ("python", "manage.py", command):
                return words[1:]
        raise KeyError(f"docs/guides/{self.name}.md has nobody type `python manage.py {command}`")


def read(name: str) -> Guide:
    """Read docs/guides/NAME.md."""
    found = list(_code((GUIDES / f"{name}.md").read_text(encoding="utf-8")))
    placed = [(_PLACE.fullmatch(lines[0].strip()), lines) for _language, lines in found]
    return Guide(
        name=name,
        blocks=tuple(
            Block(file=place["file"], below=(place["below"] or "").strip(), lines=tuple(lines[1:]))
            for place, lines in placed
            if place
        ),
        commands=tuple(
            line for language, lines in found if language == "shell" for line in lines if line
        ),
    )


def _code(text: str) -> Iterator[tuple[str, list[str]]]:
    for indent, language, code in _BLOCK.findall(text):
        yield language, [line.removeprefix(indent) for line in code.splitlines()]


def apply(guide: Guide, folder: Path) -> None:
    """Do to the project in the folder what the guide says."""
    for block in guide.blocks:
        path = folder / block.file
        old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        at = _below(block, old) if block.below else len(old)
        path.write_text("\n".join([*old[:at], *block.lines, *old[at:]]) + "\n", encoding="utf-8")


def _below(block: Block, lines: list[str]) -> int:
    found = [number for number, line in enumerate(lines, 1) if line.strip() == block.below]
    if len(found) != 1:
        raise ValueError(f"{block.file} has the line {block.below!r} {len(found)} times")
    return found[0]
