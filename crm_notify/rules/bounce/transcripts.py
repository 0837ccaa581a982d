"""What the refusing server said, picked out of a notice that is written in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crm_notify.rules.bounce.addresses import addresses, without_addresses
from crm_notify.rules.bounce.codes import position

MAX_LINES = 12
MAX_ENTRIES = 40
_BLANK = re.compile(r"\n[ \t]*\n")
_WHY = re.compile(
    r"(?:because|reason|error|problem|cause|grund|raison|motivo|原因|エラー|причина)\b[^\n]{0,60}[:\uff1a]",
    re.IGNORECASE,
)
# "  <john@example.com>:" alone on a line begins what is said about this recipient, and so does
# "550 <john@example.com>... User unknown" in the transcript of a Sendmail.
_HEADLINE = re.compile(
    r"^[ \t]{0,8}<?[^\s<>@]{1,64}@[^\s<>@:]{1,255}>?[ \t]*:?[ \t]*$"
    r"|^[45]\d\d (?:[45]\.\d\.\d{1,3} )?<[^\s<>]{1,320}>\.\.\. ",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was said about a refusal: the entry in the notice, the lines from the one that holds a
    code, and the words from that code on."""

    entry: str = ""
    lines: str = ""
    words: str = ""
    #: Whether a server said it, rather than something that stands near an address.
    quoted: bool = True

    @property
    def coded(self) -> bool:
        """Whether there is a code in what was said."""
        return position(self.words) >= 0

    @property
    def recipients(self) -> tuple[str, ...]:
        return addresses(self.entry.partition("\n")[0])


def answers(text: str) -> list[Answer]:
    """Return the entries that tell why, the most telling kind first: with a code, then with an
    address, then with a word such as "reason"."""
    coded: list[Answer] = []
    addressed: list[Answer] = []
    explained: list[Answer] = []
    entries = list(_entries(text))
    for number, entry in enumerate(entries):
        following = "\n".join(entries[number + 1 : number + 3])[:1000]
        first, _, others = entry.partition("\n")
        lines = entry.split("\n")
        start = next((i for i, line in enumerate(lines) if position(line) >= 0), None)
        if start is not None:
            said = "\n".join(lines[start : start + MAX_LINES])
            coded.append(Answer(entry=entry, lines=said, words=said[position(lines[start]) :]))
        elif addresses(first) and first.count(" ") < 8:
            bare = len(without_addresses(first).strip(" \t<>:-")) < 4
            said = (others or following) if bare else entry
            addressed.append(Answer(entry=entry, lines=said, words=said, quoted=False))
        elif match := _WHY.search(entry):
            said = entry[match.end() :].strip() or following
            explained.append(Answer(entry=entry, lines=said, words=said, quoted=False))
    return coded + addressed + explained


def _entries(text: str) -> Iterator[str]:
    """Yield the paragraphs, each divided where it comes to another recipient."""
    for paragraph in _BLANK.split(text, maxsplit=MAX_ENTRIES)[:MAX_ENTRIES]:
        starts = [match.start() for match in _HEADLINE.finditer(paragraph)][:MAX_ENTRIES]
        for begin, end in zip([0, *starts], [*starts, len(paragraph)], strict=True):
            if entry := paragraph[begin:end].strip("\n"):
                yield entry
