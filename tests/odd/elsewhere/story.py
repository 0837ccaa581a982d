"""Records in one database, people and their notifications in another."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import DatabaseError, connections, transaction
from django.test import Client

from crm_notify import api, database
from crm_notify.checks import check_databases, check_settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Incident, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.record import logger
from crm_notify.steps.sweep import sweep
from tests.odd.elsewhere.models import Ticket
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def ticket() -> Any:
    return Ticket.objects.create(title="A broken pump")


def log(actor: Any, ticket: Ticket, **given: Any) -> Activity:
    return api.record_activity(actor=actor, verb="logged a call", target=ticket, **given)


def test_all_of_ours_is_in_the_other_database(
    janet: Any, ticket: Ticket, crm_notify_settings: Callable[..., None]
) -> None:
    assert database.alias() == Notification.objects.all().db == janet._state.db == "people"
    crm_notify_settings(DIGEST_TO=["alice@crm.example"])
    assert check_settings() == check_databases(databases=["people", "default"]) == []
    assert "crm_notify_activity" not in connections["default"].introspection.table_names()


def test_the_loop_closes_over_two_databases(
    janet: Any, john: Any, alice: Any, ticket: Ticket, client: Client, post: Callable[..., Any]
) -> None:
    client.force_login(janet)
    assert client.post("/calls/", {"title": "A broken pump"}).status_code == 200
    assert client.get("/notify/alerts.json").json()["count"] == 0
    assert deliver() == 1
    (first,) = Notification.objects.all()
    assert first.activity.target == Ticket.objects.latest("pk")
    assert post([sparkpost(token_of(first), "bounce", **UNKNOWN_USER)]).status_code == 200
    interpret()
    (warning,) = client.get("/notify/alerts.json").json()["alerts"]
    assert warning["reason"] == "There is no such mailbox."
    correction = api.correct(first, by=alice, address="jon@example.com")
    assert correction.sent_again == 1
    john.refresh_from_db()
    assert john.email == "jon@example.com"
    deliver()
    again = Notification.objects.latest("pk")
    post([sparkpost(token_of(again), "delivery", recipient="jon@example.com")])
    interpret()
    sweep()
    assert [parseaddr(message.to[0])[1] for message in mail.outbox] == [
        "john@example.com",
        "jon@example.com",
    ]
    assert client.get("/notify/alerts.json").json()["count"] == 0
    assert [row.pk for row in api.history(first.activity.target)] == [first.activity_id]


def test_nobody_is_told_of_what_was_rolled_back_in_the_other_database(
    janet: Any, john: Any, client: Client
) -> None:
    client.force_login(janet)
    client.raise_request_exception = False
    assert client.post("/calls/", {"title": "A pump", "fail": "1"}).status_code == 500
    assert not Ticket.objects.exists()
    assert not Activity.objects.exists()
    with transaction.atomic(using="default"):
        log(janet, Ticket.objects.create(title="A pump"), recipients=[john])
        transaction.set_rollback(True, using="default")
    assert not Activity.objects.exists()


def test_it_is_recorded_once_the_other_database_has_committed(
    janet: Any, john: Any, ticket: Ticket
) -> None:
    with transaction.atomic(using="default"):
        activity = log(janet, ticket, recipients=[john], key="call-1")
        assert activity._state.adding
        assert not Activity.objects.exists()
        # What cannot be recorded is still said at once.
        with pytest.raises(RefusedInput):
            log(janet, ticket, recipients=[get_user_model()()])
    assert activity.pk == Activity.objects.get().pk
    assert activity.notifications.get().recipient == john
    # The second one of this key tells nobody.
    with transaction.atomic(using="default"):
        log(janet, ticket, recipients=[john], key="call-1")
    assert Notification.objects.count() == 1


def test_without_a_transaction_there_it_is_recorded_at_once(
    janet: Any, john: Any, ticket: Ticket
) -> None:
    assert log(janet, ticket, recipients=[john]).pk is not None
    with database.atomic():
        log(janet, ticket, recipients=[john])
        database.roll_back()
    assert Activity.objects.count() == 1


def test_ours_down_after_their_commit_fails_nobody_and_is_logged(
    janet: Any, john: Any, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("The server went away.")

    said: list[str] = []
    monkeypatch.setattr(logger, "exception", lambda text, *values: said.append(text % values))
    with transaction.atomic(using="default"):
        log(janet, ticket, recipients=[john])
        monkeypatch.setattr(Activity, "save", down)
    assert [text for text in said if "could not be recorded" in text]
    assert not Activity.objects.exists()


def test_a_resolver_that_fails_over_there_spoils_no_transaction(
    janet: Any, ticket: Ticket, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(RESOLVER="tests.odd.elsewhere.story.broken")
    with transaction.atomic(using="default"):
        log(janet, ticket)
        Ticket.objects.create(title="Another")
    assert Ticket.objects.count() == 2
    assert Activity.objects.count() == 1
    assert Incident.objects.get().kind == Incident.Kind.RESOLVER


def broken(activity: Any, target: Any) -> Any:
    """A resolver with a mistake in its SQL."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM elsewhere_ticket")


def test_content_types_are_those_of_our_database(janet: Any, john: Any, ticket: Ticket) -> None:
    activity = log(janet, ticket, recipients=[john])
    assert activity.target_type._state.db == "people"
    assert activity.target_type == ContentType.objects.using("people").get(model="ticket")
    (known,) = Activity.objects.prefetch_related("target")
    assert known.target == ticket
    ticket.delete()
    assert Activity.objects.get().target is None
