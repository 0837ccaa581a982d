"""When recipients are found: at the end of a request, at a commit, or by the sweep; never twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from crm_notify.models import Activity, Notification
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from crm_notify.steps.tracking.acting import acting_user, serving
from crm_notify.steps.tracking.finish import end_request, finish
from tests.crm.models import Customer
from tests.people import Clock
from tests.sales.models import Account, Call
from tests.steps.tracking.conftest import Serve, said, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tracked_calls")]


class Killed(BaseException):
    """The process ends here."""


def waiting() -> int:
    return Activity.objects.filter(resolve_at__isnull=False).count()


def test_a_request_in_autocommit_tells_at_its_end(served: Serve, acme: Account, bob: Any) -> None:
    with served():
        call = Call.objects.create(account=acme)
        assert (waiting(), Notification.objects.count()) == (1, 0)
        call.participants.add(bob)
    assert told(Activity.objects.get()) == {"john", "bob"}


def test_a_request_in_a_transaction_tells_at_its_end(
    served: Serve, acme: Account, bob: Any
) -> None:
    with served(), transaction.atomic():
        call = Call.objects.create(account=acme)
        call.participants.add(bob)
    assert told(Activity.objects.get()) == {"john", "bob"}


def test_without_a_request_the_commit_is_the_end(acme: Account, bob: Any) -> None:
    with transaction.atomic():
        call = Call.objects.create(account=acme)
        call.outcome = "won"
        call.save()
        Call.objects.create(account=acme)
        call.participants.add(bob)
        assert not Notification.objects.exists()
    first, second = Activity.objects.order_by("pk")
    assert (told(first), told(second)) == ({"john", "bob"}, {"john"})
    assert (first.actor, first.verb, waiting()) == (None, "logged a call", 0)


def test_without_either_the_sweep_does_it_a_few_seconds_later(
    acme: Account, bob: Any, clock: Clock
) -> None:
    call = Call.objects.create(account=acme)
    sweep()
    assert not Notification.objects.exists()
    clock.forward(seconds=6)
    sweep()
    assert (told(Activity.objects.get()), waiting()) == ({"john"}, 0)
    # The relation's own transaction is one: it tells at once.
    call.participants.add(bob)
    assert said()[1] == ("changed a call", "Participants: +bob")
    assert told(Activity.objects.latest("pk")) == {"john", "bob"}


def test_a_killed_process_loses_nothing(acme: Account, janet: Any, clock: Clock) -> None:
    with suppress(Killed), serving(lambda: janet):
        Call.objects.create(account=acme)
        raise Killed
    clock.forward(seconds=50)
    sweep()
    assert waiting() == 1
    clock.forward(seconds=11)
    sweep()
    activity = Activity.objects.get()
    assert (activity.actor, told(activity), waiting()) == (janet, {"john"}, 0)
    assert deliver() == 1
    sweep()
    assert Notification.objects.count() == 1


def test_what_was_rolled_back_leaves_no_activity(served: Serve, acme: Account) -> None:
    with served(), suppress(ZeroDivisionError), transaction.atomic():
        Call.objects.create(account=acme)
        raise ZeroDivisionError
    with suppress(ZeroDivisionError), transaction.atomic():
        Call.objects.create(account=acme)
        raise ZeroDivisionError
    assert not Activity.objects.exists()


@pytest.mark.parametrize("requested", [True, False])
def test_what_a_savepoint_took_back_is_not_told(
    requested: bool, served: Serve, acme: Account
) -> None:
    def work() -> None:
        with transaction.atomic():
            with suppress(ZeroDivisionError), transaction.atomic():
                Call.objects.create(account=acme, note="Never was.")
                raise ZeroDivisionError
            call = Call.objects.create(account=acme)
        with transaction.atomic():
            call.outcome = "won"
            call.save()
            with suppress(ZeroDivisionError), transaction.atomic():
                call.outcome, call.price = "lost", 5
                call.save()
                raise ZeroDivisionError
            call.outcome, call.price = "won", 7
            call.save()

    if requested:
        with served():
            work()
        assert said() == [("logged a call", "")]
    else:
        work()
        changed = ("changed a call", "Outcome: Open -> Won\nPrice: - -> 7.00")
        assert said() == [("logged a call", ""), changed]
    assert waiting() == 0
    assert Notification.objects.count() == Activity.objects.count()


def test_what_the_host_waits_for_at_its_commit_is_left_alone(acme: Account) -> None:
    done: list[str] = []
    with transaction.atomic():
        transaction.on_commit(lambda: done.append("first"))
        call = Call.objects.create(account=acme)
        transaction.on_commit(lambda: done.append("last"))
        call.outcome = "won"
        call.save()
    assert done == ["first", "last"]
    assert said() == [("logged a call", "")]


def test_without_either_nothing_is_remembered_of_what_is_not_noticed(
    acme: Account, track: Callable[..., None]
) -> None:
    track(created=False)
    call = Call.objects.create(account=acme)
    assert not Activity.objects.exists()
    call.outcome = "won"
    call.save()
    assert [verb for verb, _ in said()] == ["changed a call"]


def test_a_savepoint_that_is_rolled_back_takes_no_others_along(acme: Account) -> None:
    """The first save of a transaction may be in one."""
    with transaction.atomic():
        with transaction.atomic():
            Call.objects.create(account=acme)
            with suppress(ZeroDivisionError), transaction.atomic():
                Call.objects.create(account=acme)
                raise ZeroDivisionError
        Call.objects.create(account=acme)
    assert len(said()) == 2
    assert waiting() == 0


def test_a_number_that_a_savepoint_gave_back_is_not_taken_for_the_same_change(
    served: Serve, acme: Account, bob: Any
) -> None:
    """SQLite gives it to the next row, which is about another record."""
    mine = Call.objects.create(account=acme)
    his = Call.objects.create(account=Account.objects.create(name="Bob's", owner=bob))
    Activity.objects.all().delete()
    with served(), transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            mine.outcome = "lost"
            mine.save()
            raise ZeroDivisionError
        his.outcome = "lost"
        his.save()
        mine.outcome = "won"
        mine.save()
    found = {(text, *told(row)) for row in Activity.objects.all() for text in [row.text]}
    assert found == {("Outcome: Open -> Won", "john"), ("Outcome: Open -> Lost", "bob")}


def test_created_and_deleted_in_one_request_is_nothing(served: Serve, acme: Account) -> None:
    with served():
        call = Call.objects.create(account=acme)
        call.delete()
    with transaction.atomic():
        Call.objects.create(account=acme).delete()
    assert not Activity.objects.exists()
    with served():
        call = Call.objects.create(account=acme)
        Account.objects.all().delete()
    assert not Activity.objects.exists()


def test_the_sweep_may_come_before_the_end_of_a_long_request(
    served: Serve, acme: Account, clock: Clock
) -> None:
    """Then what comes after it is another activity; nothing is told twice or lost."""
    with served():
        call = Call.objects.create(account=acme)
        clock.forward(minutes=2)
        sweep()
        assert told(Activity.objects.get()) == {"john"}
        call.outcome = "won"
        call.save()
    assert [verb for verb, _ in said()] == ["logged a call", "changed a call"]
    assert Notification.objects.count() == 2


def test_what_cannot_be_finished_is_put_off_and_stops_no_other(
    acme: Account, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned, _ = Call.objects.create(account=acme), Call.objects.create(account=acme)
    first = Activity.objects.earliest("pk")
    assert first.pending is not None
    Activity.objects.filter(pk=first.pk).update(pending=first.pending | {"using": "gone"})
    finish([first.pk])
    assert "is found later" in caplog.text
    clock.forward(seconds=10)
    sweep()
    assert "cannot be found" in caplog.text
    assert (waiting(), Notification.objects.count()) == (1, 1)
    caplog.clear()
    sweep()
    assert not caplog.text
    Activity.objects.filter(pk=first.pk).update(pending=first.pending)
    clock.forward(minutes=2)
    sweep()
    assert told(first) == {"john"}
    assert poisoned.pk


def test_an_entry_or_a_model_that_was_taken_out_meanwhile_tells_nobody(
    acme: Account, clock: Clock, crm_notify_settings: Callable[..., None]
) -> None:
    Call.objects.create(account=acme)
    Call.objects.create(account=acme)
    lost = Activity.objects.latest("pk")
    assert lost.pending is not None
    Activity.objects.filter(pk=lost.pk).update(pending=lost.pending | {"model": "sales.Fax"})
    crm_notify_settings(TRACK={})
    clock.forward(seconds=10)
    sweep()
    activity = Activity.objects.get()
    assert (activity.target_label, told(activity)) == ("Call about Acme", set())


def test_each_thread_has_its_own_end(served: Serve, acme: Account, janet: Any) -> None:
    """The thread of an import has nobody, even where a request has begun it."""
    seen: list[Any] = []

    def run() -> None:
        seen.append(acting_user())
        with transaction.atomic():
            Call.objects.create(account=acme)
        connection.close()

    with served():
        assert acting_user() == janet
        thread = Thread(target=run)
        thread.start()
        thread.join()
        activity = Activity.objects.get()
        assert (seen, activity.actor, told(activity)) == ([None], None, {"john"})


def test_what_outlives_its_request_has_nobody(janet: Any) -> None:
    """As a task that an asynchronous view has begun."""
    with serving(lambda: janet):
        left = copy_context()
        assert left.run(acting_user) == janet
    assert left.run(acting_user) is None


def test_what_a_request_leaves_running_is_no_part_of_it(janet: Any, acme: Account) -> None:
    with serving(lambda: janet) as request:
        end_request(request)
        assert acting_user() is None
        with transaction.atomic():
            Call.objects.create(account=acme)
        assert request.remembered == {}
    assert waiting() == 0


def test_of_very_many_the_sweep_tells_the_rest(
    served: Serve, acme: Account, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no answer waits for a thousand of them."""
    monkeypatch.setattr("crm_notify.steps.tracking.finish.MOST", 2)
    with served():
        for _ in range(5):
            Call.objects.create(account=acme)
    assert waiting() == 3
    clock.forward(minutes=2)
    sweep()
    assert waiting() == 0


def test_the_saves_of_others_cost_nothing(
    served: Serve, django_assert_num_queries: Any, john: Any
) -> None:
    with served(), django_assert_num_queries(1):
        contoso = Customer.objects.create(name="Contoso", owner=john)
    with served(), django_assert_num_queries(1):
        contoso.save()
    with served(), django_assert_num_queries(0):
        pass
