"""Measure the bounce reader on recorded mail, beside flufl.bounce on the same file.

Usage, from the root of the project: python -m bench.bounce_score CORPUS [--mistakes]

CORPUS has one JSON object a line: ``id``, ``kind``, ``raw`` (the message in base64), ``expected``
(``permanent``, ``hard``, ``hard_ambiguous``, ``reason_group_ok``), and records with ``ambiguous``
are passed over. The exit code is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import base64
import json
import logging
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from flufl.bounce import all_failures

from crm_notify.rules.bounce import Bounce, BounceKind, classify
from crm_notify.rules.evidence import Blame

ALARMS = (BounceKind.FAILURE, BounceKind.DELAY)
QUIET = (BounceKind.AUTOREPLY, BounceKind.CHALLENGE, BounceKind.COMPLAINT, BounceKind.REPORT)
GROUPS = {
    Blame.SENDER: "policy",
    Blame.CONTENT: "policy",
    Blame.SERVER: "transport",
    Blame.NONE: "unknown",
}


@dataclass(kw_only=True)
class Share:
    """How many of how many were right, and which were not."""

    right: int = 0
    of: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, ok: bool, what: str) -> None:
        self.of += 1
        self.right += ok
        if not ok:
            self.wrong.append(what)

    @property
    def percent(self) -> float:
        return 100 * self.right / self.of if self.of else 100.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """A figure, and what it must be at least: a percentage, or how many may be wrong."""

    name: str
    percent: float = 0.0
    mistakes: int | None = None

    def met(self, share: Share) -> bool:
        if self.mistakes is not None:
            return len(share.wrong) <= self.mistakes
        return share.percent >= self.percent


TARGETS = (
    Target(name="no exception", mistakes=0),
    Target(name="failures found", percent=98.5),
    Target(name="delays found", percent=95),
    Target(name="quiet kinds raise no alarm", mistakes=0),
    Target(name="ordinary mail raises no alarm", mistakes=1),
    Target(name="permanent", percent=99),
    Target(name="reason group", percent=88),
    Target(name="address dead", percent=95),
    Target(name="kind exact"),
)
P99_MS = 20.0


def records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record: dict[str, Any] = json.loads(line)
            if not record.get("ambiguous"):
                yield record


def by_flufl(raw: bytes) -> Bounce:
    """Ask flufl.bounce: it tells permanent and temporary failures apart, and nothing else."""
    temporary, permanent = all_failures(message_from_bytes(raw))
    if permanent:
        return Bounce(kind=BounceKind.FAILURE, permanent=True)
    if temporary:
        return Bounce(kind=BounceKind.DELAY, permanent=False)
    return Bounce(kind=BounceKind.UNKNOWN)


def measure(reader: Callable[[bytes], Bounce], path: Path) -> tuple[dict[str, Share], list[float]]:
    """Return the figures by name, and the seconds that each message took."""
    shares = {target.name: Share() for target in TARGETS}
    seconds: list[float] = []
    for record in records(path):
        raw = base64.b64decode(record["raw"])
        begin = time.perf_counter()
        try:
            bounce = reader(raw)
        except Exception as error:  # noqa: BLE001 - whatever a reader raises is what is counted
            shares["no exception"].count(False, f"{record['id']}: {error!r}")
            bounce = Bounce(kind=BounceKind.UNKNOWN)
        else:
            shares["no exception"].count(True, "")
        seconds.append(time.perf_counter() - begin)
        _score(shares, record, bounce)
    return shares, seconds


def _score(shares: dict[str, Share], record: dict[str, Any], bounce: Bounce) -> None:
    kind, expected = record["kind"], record["expected"]
    what = f"{record['id']}: {kind} read as {bounce.kind}"
    shares["kind exact"].count(bounce.kind == kind, what)
    if kind == BounceKind.FAILURE:
        shares["failures found"].count(bounce.kind is BounceKind.FAILURE, what)
    elif kind == BounceKind.DELAY:
        shares["delays found"].count(bounce.kind is BounceKind.DELAY, what)
    elif kind in QUIET:
        shares["quiet kinds raise no alarm"].count(bounce.kind not in ALARMS, what)
    elif kind == BounceKind.ORDINARY:
        shares["ordinary mail raises no alarm"].count(bounce.kind not in ALARMS, what)
    if kind not in ALARMS or bounce.kind not in ALARMS:
        return
    details = (
        f"{record['id']}: {bounce.status} {bounce.reply_code} {bounce.permanent}"
        f" {bounce.blame} dead={bounce.address_dead} {bounce.diagnostic[:100]!r}"
        f" | expected {expected.get('reason')} {expected.get('statuscode')}"
    )
    if expected.get("permanent") is not None:
        shares["permanent"].count(bounce.permanent == expected["permanent"], details)
    if expected.get("reason_group_ok"):
        group = GROUPS.get(bounce.blame, str(bounce.blame))
        shares["reason group"].count(group in expected["reason_group_ok"], details)
    hard = None if expected.get("hard_ambiguous") else expected.get("hard")
    if kind == BounceKind.FAILURE and hard is not None:
        shares["address dead"].count(bounce.address_dead == hard, details)


def p99_ms(seconds: list[float]) -> float:
    return 1000 * statistics.quantiles(seconds, n=100)[98]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--mistakes", action="store_true", help="list what was read wrongly")
    options = parser.parse_args(argv)
    # It logs a traceback before it raises; the figure says it in one line.
    logging.getLogger("flufl.bounce").disabled = True
    ours, seconds = measure(classify, options.corpus)
    theirs, their_seconds = measure(by_flufl, options.corpus)
    print(f"{'':32}{'crm_notify':>22}{'flufl.bounce':>22}")
    missed = False
    for target in TARGETS:
        mine, other = ours[target.name], theirs[target.name]
        met = target.met(mine)
        missed = missed or not met
        print(
            f"{target.name:32}"
            + "".join(f"{one.percent:12.1f} % {one.right:3}/{one.of:3}" for one in (mine, other))
            + ("" if met else "   MISSED")
        )
        if options.mistakes:
            print(*(f"    {wrong}" for wrong in mine.wrong), sep="\n", end="\n" * bool(mine.wrong))
    mine_ms, other_ms = p99_ms(seconds), p99_ms(their_seconds)
    slow = mine_ms > P99_MS
    print(f"{'p99':32}{mine_ms:19.1f} ms{other_ms:19.1f} ms{'   MISSED' if slow else ''}")
    return int(missed or slow)


if __name__ == "__main__":
    sys.exit(main())
