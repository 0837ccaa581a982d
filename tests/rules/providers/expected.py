"""What the recorded requests of one provider should be heard as, one line an event."""

from __future__ import annotations

from dataclasses import dataclass

from crm_notify.rules.evidence import WEIGHT, Blame, Evidence, Kind
from crm_notify.rules.providers import read
from tests.rules.providers.recorded import anymail_events, recorded, reported


@dataclass(frozen=True, kw_only=True)
class Heard:
    kind: Kind
    evidence: Evidence
    recipient: str
    blame: Blame
    code: str


def table(lines: str) -> dict[str, list[Heard]]:
    """Read lines of request, kind, evidence, recipient, blame and code; ``-`` stands for none.

    A request of many events has many lines; one without events has a line with its name only.
    """
    found: dict[str, list[Heard]] = {}
    for line in lines.strip().splitlines():
        name, *cells = line.split()
        heard = found.setdefault(name, [])
        if cells:
            kind, evidence, recipient, blame, code = ("" if cell == "-" else cell for cell in cells)
            heard.append(
                Heard(
                    kind=Kind(kind),
                    evidence=Evidence(int(evidence)),
                    recipient=recipient,
                    blame=Blame(blame),
                    code=code,
                )
            )
    return found


def heard(provider: str, name: str) -> list[Heard]:
    """Take a recorded request through Anymail's view and our reader."""
    found = []
    for event in anymail_events(recorded(provider, name)):
        reading = read(provider, reported(event))
        found.append(
            Heard(
                kind=reading.kind,
                evidence=WEIGHT[reading.kind],
                recipient=event.recipient or "",
                blame=reading.blame,
                code=reading.code,
            )
        )
    return found
