"""Many failures of one cause are one thing for the admins, and nobody's share of it is hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Alert, Incident, Notification
from crm_notify.rules.evidence import Blame
from crm_notify.steps import fold as module
from crm_notify.steps.sweep import climb_further
from tests.people import Clock
from tests.steps.failing import arrive, fail, standing

pytestmark = pytest.mark.django_db

Change = Callable[..., None]
Refuse = Callable[..., Notification]


@pytest.fixture(autouse=True)
def few(crm_notify_settings: Change) -> None:
    crm_notify_settings(FOLD_ABOVE=2, RESEND_RATE=60)


@pytest.fixture
def refuse(call: Callable[..., Activity]) -> Refuse:
    """The receiving domain wants nothing of ours."""

    def record(blame: Blame = Blame.POLICY, **given: Any) -> Notification:
        return fail(call(**given).notifications.get(), blame=blame)

    return record


def folded() -> int:
    return Alert.objects.filter(incident__closed_at=None).exclude(incident=None).count()


def test_more_than_a_few_within_a_while_become_one_incident(refuse: Refuse) -> None:
    refuse()
    refuse()
    assert not Incident.objects.exists()
    refuse()
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject, incident.count) == ("failures", "example.com", 3)
    assert "john@example.com" in incident.sample
    assert folded() == 3
    assert standing() == ["actor janet"] * 3
    refuse()
    incident.refresh_from_db()
    assert (incident.count, folded()) == (4, 4)


def test_a_few_over_a_long_time_stand_alone(refuse: Refuse, clock: Clock) -> None:
    for _ in range(4):
        refuse()
        clock.forward(minutes=6)
    assert not Incident.objects.exists()


def test_what_is_urgent_stands_alone_and_climbs_on(refuse: Refuse, clock: Clock) -> None:
    urgent = [refuse(urgency="urgent"), refuse(urgency="urgent")]
    refuse()
    assert Incident.objects.get().count == 3
    assert folded() == 1
    clock.forward(hours=5)
    climb_further(clock.now())
    admins = Alert.objects.filter(person=None)
    assert [alert.chain for alert in admins.order_by("chain")] == urgent


def test_whom_a_failure_is_handed_on_to_is_no_further_failure(refuse: Refuse, clock: Clock) -> None:
    for _ in range(3):
        refuse(urgency="urgent")
    clock.forward(hours=5)
    climb_further(clock.now())
    assert Incident.objects.get().count == 3


def test_each_tenant_and_each_cause_is_its_own(refuse: Refuse) -> None:
    refuse(tenant="north")
    refuse(tenant="south")
    refuse(tenant="south", blame=Blame.SENDER)
    refuse(tenant="south", blame=Blame.MAILBOX)
    refuse(tenant="south", blame=Blame.MAILBOX)
    assert not Incident.objects.filter(kind="failures").exists()
    refuse(tenant="south")
    refuse(tenant="south")
    assert Incident.objects.get(kind="failures").tenant == "south"


def test_a_failure_that_comes_again_for_the_same_cause_is_counted_and_folded(
    refuse: Refuse, alice: Any, clock: Clock
) -> None:
    rows = [refuse() for _ in range(3)]
    clock.forward(minutes=11)
    assert api.close_incident(Incident.objects.get(), by=alice) == 3
    for row in Notification.objects.filter(previous__in=rows):
        fail(row, blame=Blame.POLICY)
    incident = Incident.objects.get(closed_at=None)
    assert (incident.count, folded()) == (3, 3)


def test_who_closes_it_just_then_wins(refuse: Refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "note_incident", lambda *args, **kwargs: None)
    for _ in range(3):
        refuse()
    assert folded() == 0


def test_closing_it_sends_again_what_did_not_arrive_at_a_rate_and_once(
    refuse: Refuse, alice: Any, janet: Any, clock: Clock, call: Callable[..., Activity]
) -> None:
    rows = [refuse() for _ in range(5)]
    api.state_told(rows[0], by=janet, how="by telephone")
    under_way = api.resend(rows[1], by=janet)
    incident = Incident.objects.get()
    with pytest.raises(NotAllowed):
        api.close_incident(incident, by=janet)
    assert api.close_incident(incident, by=alice) == 3
    with pytest.raises(RefusedInput):
        api.close_incident(incident, by=alice)

    again = Notification.objects.filter(requested_by=alice).order_by("due_at")
    assert [row.previous for row in again] == rows[2:]
    times = [row.due_at for row in again if row.due_at]
    assert [time - times[0] for time in times] == [timedelta(seconds=n) for n in range(3)]
    for row in [under_way, *again]:
        arrive(row)
    assert standing() == []


def test_what_was_handed_over_is_sent_again_with_the_others(
    refuse: Refuse, janet: Any, bob: Any, alice: Any
) -> None:
    rows = [refuse() for _ in range(3)]
    api.hand_over(api.open_alerts(janet)[0], by=janet, to=bob)
    assert (api.count_alerts(janet), api.count_alerts(bob)) == (1, 1)
    assert api.close_incident(Incident.objects.get(), by=alice) == 3
    assert {row.previous for row in Notification.objects.exclude(previous=None)} == set(rows)


def test_what_is_too_old_is_not_sent_again_and_climbs_on_from_there(
    refuse: Refuse, alice: Any, clock: Clock
) -> None:
    for _ in range(3):
        refuse()
    clock.forward(days=31)
    climb_further(clock.now())
    assert standing() == ["actor janet"] * 3
    assert api.close_incident(Incident.objects.get(), by=alice) == 0
    assert not Notification.objects.exclude(previous=None).exists()
    clock.forward(days=1, minutes=1)
    climb_further(clock.now())
    assert standing() == ["actor janet"] * 3 + ["admins"] * 3


def test_closing_it_without_sending_again_sends_nothing(refuse: Refuse, alice: Any) -> None:
    for _ in range(3):
        refuse()
    assert api.close_incident(Incident.objects.get(), by=alice, again=False) == 0
    assert (folded(), Notification.objects.count()) == (0, 3)


def test_what_an_admin_closed_in_the_meantime_is_not_sent_again(refuse: Refuse, alice: Any) -> None:
    rows = [refuse() for _ in range(3)]
    api.close(rows[0], by=alice, reason="he knows")
    incident = Incident.objects.get()
    # An alert that stood open all the same, of a chain in which nothing fails.
    Alert.objects.filter(chain=rows[0]).update(closed_at=None, closed="")
    assert api.close_incident(incident, by=alice) == 2
