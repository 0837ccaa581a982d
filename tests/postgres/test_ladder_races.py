"""Races of those who act on a failure, with real connections: nothing goes out twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Alert, Incident, Notification
from crm_notify.rules.evidence import Blame
from crm_notify.steps.settle import settle
from crm_notify.steps.sweep import climb_further
from tests.people import Clock
from tests.postgres.test_races import side_by_side
from tests.steps.failing import fail, find_dead

pytestmark = pytest.mark.django_db(transaction=True)

RIGHT = "jon@example.com"
Act = Callable[[], Any]


@pytest.fixture
def missed(call: Callable[..., Activity]) -> list[Notification]:
    """Three mails that John did not get."""
    rows = [call().notifications.get() for _ in range(3)]
    for row in rows:
        find_dead(row)
    return rows


def sent_again() -> list[Notification | None]:
    """What was sent again, as often as that was done."""
    again = Notification.objects.exclude(previous=None).select_related("previous")
    return [row.previous for row in again.order_by("previous")]


def one_each(acts: Sequence[Act]) -> list[Any]:
    """Do these at once; what is refused counts as nothing done."""
    waiting = list(acts)

    def act() -> Any:
        try:
            return waiting.pop()()
        except RefusedInput:
            return None

    return side_by_side(len(acts), act)


def test_two_who_correct_it_at_once_send_everything_once(
    missed: list[Notification], alice: Any
) -> None:
    one_each([partial(api.correct, row, by=alice, address=RIGHT) for row in missed])
    assert sent_again() == missed


def test_a_correction_and_a_click_on_send_again_send_it_once(
    missed: list[Notification], alice: Any
) -> None:
    one_each(
        [
            partial(api.correct, missed[0], by=alice, address=RIGHT),
            partial(api.resend, missed[1], by=alice, address=RIGHT),
        ]
    )
    assert sent_again() == missed


def test_two_who_close_an_incident_at_once_send_everything_once(
    call: Callable[..., Activity], alice: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(FOLD_ABOVE=2)
    for _ in range(4):
        fail(call().notifications.get(), blame=Blame.POLICY)
    incident = Incident.objects.get()
    done = one_each([lambda: api.close_incident(incident, by=alice)] * 3)
    assert sorted(done, key=str) == [4, None, None]
    assert Notification.objects.exclude(previous=None).count() == 4


def test_an_acknowledgement_in_the_middle_of_a_climb_is_not_lost(
    missed: list[Notification], janet: Any
) -> None:
    alerts = list(api.open_alerts(janet))
    settling: list[Act] = [partial(settle, [row.pk]) for row in missed * 3]
    one_each([*settling, *(partial(api.acknowledge, alert, by=janet) for alert in alerts)])
    assert not Alert.objects.filter(acknowledged_at=None).exists()


def test_two_sweeps_at_once_ask_everybody_once(missed: list[Notification], clock: Clock) -> None:
    clock.forward(hours=5)
    one_each([lambda: climb_further(timezone.now())] * 3)
    assert Alert.objects.filter(person=None).count() == 3
    assert Alert.objects.count() == 6


def test_many_that_fail_at_once_become_one_incident(
    call: Callable[..., Activity], crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(FOLD_ABOVE=2)
    rows = [call().notifications.get() for _ in range(8)]
    one_each([partial(fail, row, blame=Blame.POLICY) for row in rows])
    fail(call().notifications.get(), blame=Blame.POLICY)
    incident = Incident.objects.get()
    assert Alert.objects.filter(incident=incident).count() == 9
    # What others hold just then is not counted: it is a lower bound.
    assert 3 <= incident.count <= 9
