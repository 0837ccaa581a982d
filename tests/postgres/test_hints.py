"""A hint is sent with the change itself, costs one query, and names nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Alert, Incident, Notification
from crm_notify.steps.hint import CHANNEL, EVERYBODY, MOST, hint, name_of
from tests.edges.alerts.failing import arrive, bounce

pytestmark = pytest.mark.django_db(transaction=True)

Heard = Callable[[], list[str]]


@pytest.fixture
def heard(db: None) -> Iterator[Heard]:
    """What another connection has heard since it was last asked."""
    given = connection.get_connection_params()
    where = {name: given[name] for name in given if name not in {"cursor_factory", "context"}}
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")

        def heard() -> list[str]:
            # What was committed before this query is here with its answer.
            other.execute("SELECT 1")
            return [notice.payload for notice in other.notifies(timeout=0)]

        yield heard


@pytest.fixture
def warning(notification: Notification, heard: Heard) -> Alert:
    """Janet is warned, and has been hinted at that."""
    alert = bounce(notification)
    assert heard() == [name_of(alert.person_id)]
    return alert


def test_it_is_heard_once_the_change_has_committed_and_not_before(janet: Any, heard: Heard) -> None:
    with transaction.atomic():
        hint([janet.pk])
        hint([janet.pk])
        assert heard() == []
    assert heard() == [name_of(janet.pk)]


def test_what_is_rolled_back_was_never_said(janet: Any, heard: Heard) -> None:
    with transaction.atomic():
        hint([janet.pk])
        transaction.set_rollback(True)
    assert heard() == []


def test_it_costs_one_query_for_any_number_of_people(
    heard: Heard, django_assert_num_queries: Any
) -> None:
    for many in (1, MOST):
        with django_assert_num_queries(1):
            hint(range(many))
        (said,) = heard()
        assert len(said.split()) == many
    with django_assert_num_queries(1):
        hint(range(MOST + 1))
    assert heard() == [EVERYBODY]


def test_nobody_costs_nothing(heard: Heard, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        hint([])
        # The admins' alert is on nobody's page.
        hint([None])
    assert heard() == []


def test_it_does_not_say_who_that_is(janet: Any) -> None:
    assert name_of(janet.pk) != name_of(janet.pk + 1)
    assert len(name_of(janet.pk)) == 16


def test_without_streams_nothing_is_said(
    janet: Any,
    heard: Heard,
    crm_notify_settings: Callable[..., None],
    django_assert_num_queries: Any,
) -> None:
    crm_notify_settings(STREAM_DATABASE="")
    with django_assert_num_queries(0):
        hint([janet.pk])


def test_whatever_changes_a_warning_is_a_hint_to_whom_it_stands_before(
    warning: Alert, heard: Heard, janet: Any, bob: Any
) -> None:
    hers, his = name_of(janet.pk), name_of(bob.pk)
    api.acknowledge(warning, by=janet)
    assert heard() == [hers]
    api.snooze(warning, by=janet, until=timezone.now() + timedelta(hours=1))
    assert heard() == [hers]
    api.hand_over(warning, by=janet, to=bob)
    assert [set(said.split()) for said in heard()] == [{hers, his}]
    again = api.resend(warning.notification, by=janet)
    assert heard() == [his]
    arrive(again)
    assert heard() == [his]
    assert not api.open_alerts(bob).exists()


def test_a_correction_is_one_too_and_so_is_its_proposal(
    warning: Alert, heard: Heard, janet: Any, alice: Any
) -> None:
    hers = name_of(janet.pk)
    proposed = api.correct(warning.notification, by=janet, address="jon@example.com")
    assert heard() == [hers]
    api.decide_correction(proposed, by=alice, accept=True)
    assert heard() == [hers]


def test_closing_an_incident_is_one_to_everybody_whose_mails_it_had_stopped(
    warning: Alert, heard: Heard, janet: Any, alice: Any
) -> None:
    now = timezone.now()
    incident = Incident.objects.create(
        kind=Incident.Kind.FAILURES, subject="dmarc", first_at=now, last_at=now
    )
    Alert.objects.update(incident=incident)
    api.close_incident(incident, by=alice)
    assert heard() == [name_of(janet.pk)]
