"""What counts as wrong with the loop, and what is merely waiting or held on purpose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crm_notify.rules.health import Condition

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LATE = NOW - timedelta(minutes=16)
SOON = NOW - timedelta(minutes=14)


def wrong(**given: Any) -> list[str]:
    found = Condition(**{"now": NOW, "swept_at": NOW, **given})
    return [kind.value for kind in found.wrong]


def test_nothing_to_do_and_somebody_who_sweeps_is_well() -> None:
    assert wrong() == []


def test_what_waits_for_a_short_while_is_well() -> None:
    assert wrong(queue=SOON, receipts=SOON, alerts=SOON, sinks=SOON) == []


def test_each_thing_that_waits_for_too_long_is_named() -> None:
    late = {"queue": LATE, "receipts": LATE, "alerts": LATE, "sinks": LATE}
    assert wrong(**late) == ["queue", "receipts", "alerts", "sinks"]
    assert wrong(swept_at=None, **late)[0] == "sweep"


def test_a_sweep_may_be_five_minutes_old_and_no_more() -> None:
    assert wrong(swept_at=NOW - timedelta(minutes=5)) == []
    assert wrong(swept_at=NOW - timedelta(minutes=5, seconds=1)) == ["sweep"]


@pytest.mark.parametrize(("switch", "kind"), [("sending", "queue"), ("intake", "receipts")])
def test_what_somebody_holds_back_is_not_late(switch: str, kind: str) -> None:
    assert wrong(held=[switch], **{kind: LATE}) == []
    assert wrong(held=["another"], **{kind: LATE}) == [kind]


@pytest.mark.parametrize("kind", ["queue", "receipts", "alerts", "sinks"])
def test_whatever_is_due_is_work(kind: str) -> None:
    assert Condition(now=NOW, **{kind: NOW}).has_work
    assert not Condition(now=NOW).has_work
