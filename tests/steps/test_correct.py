"""A wrong address is put right once, by who may: the record, and everything that was missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Correction, Notification, Suppression
from crm_notify.rules.evidence import Blame
from tests.people import Clock
from tests.steps.failing import arrive, fail, find_dead, standing

pytestmark = pytest.mark.django_db

Call = Callable[..., Activity]
Change = Callable[..., None]
RIGHT = "jon@example.com"

written: list[tuple[str, str]] = []


def remember(user: Any, address: str) -> None:
    """A host's own hook."""
    written.append((user.username, address))


def contacts(user: Any) -> list[str]:
    return ["jonn@example.com", "Jon Smith"]


def no_contacts(user: Any) -> list[str]:
    raise LookupError(user)


@pytest.fixture
def may_correct(janet: Any) -> Any:
    """Janet, with the permission."""
    janet.user_permissions.add(Permission.objects.get(codename="resend_elsewhere"))
    return type(janet).objects.get(pk=janet.pk)


@pytest.fixture
def missed(call: Call) -> list[Notification]:
    """Three mails that John did not get."""
    rows = [call(text=f"News {number}").notifications.get() for number in range(3)]
    for row in rows:
        find_dead(row)
    return rows


def again() -> list[Notification]:
    return list(Notification.objects.exclude(previous=None).order_by("due_at", "pk"))


def test_everything_that_he_missed_is_sent_again_once_and_in_order(
    missed: list[Notification], alice: Any, john: Any
) -> None:
    correction = api.correct(missed[1], by=alice, address=RIGHT, why="He told me")
    assert [row.previous for row in again()] == missed
    assert {(row.address, row.recipient, row.outcome) for row in again()} == {
        (RIGHT, john, "in_flight")
    }
    assert [row.requested_by for row in again()] == [alice] * 3
    assert (correction.state, correction.sent_again, correction.decided_by) == ("done", 3, alice)
    assert (correction.old, correction.new, correction.why) == (
        "john@example.com",
        RIGHT,
        "He told me",
    )
    assert str(correction) == "john@example.com -> jon@example.com"
    john.refresh_from_db()
    assert john.email == RIGHT

    # Once more, from another of them: nothing is sent twice.
    second = api.correct(missed[0], by=alice, address=RIGHT)
    assert (second.sent_again, len(again())) == (0, 3)
    for row in again():
        arrive(row)
    assert standing() == []


def test_what_he_was_told_or_what_is_too_old_or_anothers_is_not_sent_again(
    missed: list[Notification], call: Call, alice: Any, janet: Any, bob: Any, clock: Clock
) -> None:
    api.state_told(missed[0], by=janet, how="by telephone")
    others = call(recipients=[bob]).notifications.get()
    Notification.objects.filter(pk=others.pk).update(address="john@example.com")
    find_dead(others)
    under_way = call().notifications.get()
    clock.forward(days=31)
    fresh = call().notifications.get()
    fail(fresh)
    assert api.correct(missed[1], by=alice, address=RIGHT).sent_again == 1
    assert [row.previous for row in again()] == [fresh]
    under_way.refresh_from_db()
    assert under_way.outcome == "in_flight"


def test_a_resend_that_failed_too_is_no_second_message(
    missed: list[Notification], alice: Any
) -> None:
    resent = api.resend(missed[0], by=alice, address="john@example.com")
    find_dead(resent)
    api.correct(missed[0], by=alice, address=RIGHT)
    assert {row.previous_id for row in again() if row.address == RIGHT} == {
        resent.pk,
        missed[1].pk,
        missed[2].pk,
    }


def test_mail_may_go_to_the_right_address_again_and_not_to_the_wrong_one(
    missed: list[Notification], call: Call, alice: Any, clock: Clock
) -> None:
    Suppression.objects.create(address=RIGHT, since=clock.now())
    api.correct(missed[0], by=alice, address="Jon@example.com")
    assert [row.address for row in api.suppressions()] == ["john@example.com"]
    lifted = Suppression.objects.exclude(lifted_at=None).get()
    assert (lifted.lifted_by, lifted.lifted_because) == ("Alice", "an address was corrected")


def test_who_may_not_correct_it_proposes_it(
    missed: list[Notification], janet: Any, alice: Any, john: Any
) -> None:
    proposed = api.correct(missed[0], by=janet, address=RIGHT, why="He told me")
    assert (proposed.state, proposed.proposed_by) == ("proposed", janet)
    assert api.correct(missed[0], by=janet, address=RIGHT) == proposed
    assert again() == []
    with pytest.raises(NotAllowed):
        api.decide_correction(proposed, by=janet, accept=True)
    done = api.decide_correction(proposed, by=alice, accept=True)
    assert (done.state, done.sent_again, done.proposed_by) == ("done", 3, janet)
    with pytest.raises(RefusedInput):
        api.decide_correction(proposed, by=alice, accept=False)
    assert Correction.objects.count() == 1


def test_what_somebody_proposed_is_done_by_who_may_and_says_the_same(
    missed: list[Notification], janet: Any, alice: Any
) -> None:
    proposed = api.correct(missed[0], by=janet, address=RIGHT)
    done = api.correct(missed[0], by=alice, address=RIGHT)
    assert (done, done.state, done.proposed_by, done.decided_by) == (
        proposed,
        "done",
        janet,
        alice,
    )


def test_a_proposal_that_is_refused_sends_nothing(
    missed: list[Notification], janet: Any, alice: Any, john: Any
) -> None:
    proposed = api.correct(missed[0], by=janet, address=RIGHT)
    assert api.decide_correction(proposed, by=alice, accept=False).state == "refused"
    assert again() == []
    john.refresh_from_db()
    assert john.email == "john@example.com"
    # He may be right the next time.
    assert api.correct(missed[0], by=janet, address=RIGHT).state == "proposed"


def test_with_the_permission_she_corrects_it_herself(
    missed: list[Notification], may_correct: Any
) -> None:
    assert api.correct(missed[0], by=may_correct, address=RIGHT).state == "done"


@pytest.mark.parametrize("address", ["", "jon", "john@example.com", " JOHN@example.com "])
def test_what_is_no_address_or_the_wrong_one_again_is_refused(
    missed: list[Notification], alice: Any, address: str
) -> None:
    with pytest.raises(RefusedInput):
        api.correct(missed[0], by=alice, address=address)
    assert not Correction.objects.exists()


def test_whose_business_it_is_not_proposes_nothing(missed: list[Notification], bob: Any) -> None:
    with pytest.raises(NotAllowed):
        api.correct(missed[0], by=bob, address=RIGHT)


def test_the_host_writes_it_down_in_its_own_way(
    missed: list[Notification], alice: Any, john: Any, crm_notify_settings: Change
) -> None:
    written.clear()
    crm_notify_settings(ADDRESS_CORRECTED=f"{__name__}.remember")
    api.correct(missed[0], by=alice, address=RIGHT)
    assert written == [("john", RIGHT)]
    john.refresh_from_db()
    assert john.email == "john@example.com"
    crm_notify_settings(ADDRESS_CORRECTED="")
    assert api.correct(missed[0], by=alice, address="jonny@example.com").state == "done"
    assert len(written) == 1


def test_of_somebody_who_is_gone_only_this_message_is_sent_again(
    missed: list[Notification], alice: Any, john: Any
) -> None:
    john.delete()
    first = Notification.objects.get(pk=missed[0].pk)
    assert api.correct(first, by=alice, address=RIGHT).sent_again == 1
    (row,) = again()
    assert (row.previous, row.recipient, row.recipient_name) == (first, None, "John")


def test_who_had_no_address_gets_all_that_he_missed_at_his_first(
    call: Call, john: Any, alice: Any
) -> None:
    john.email = ""
    john.save()
    for _ in range(2):
        fail(call().notifications.get(), blame=Blame.ADDRESS)
    first = Notification.objects.earliest("pk")
    assert api.correct(first, by=alice, address=RIGHT).sent_again == 2


def test_near_misses_come_from_the_users_and_the_hosts_contacts(
    missed: list[Notification], alice: Any, crm_notify_settings: Change, john: Any, caplog: Any
) -> None:
    type(john).objects.create_user("jon", RIGHT)
    type(john).objects.create_user("nobody", "")
    assert [miss.address for miss in api.suggest(missed[0])] == [RIGHT]
    crm_notify_settings(CONTACTS=f"{__name__}.contacts")
    assert [miss.address for miss in api.suggest(missed[0])] == [RIGHT, "jonn@example.com"]
    crm_notify_settings(CONTACTS=f"{__name__}.no_contacts")
    assert [miss.address for miss in api.suggest(missed[0])] == [RIGHT]
    assert "CONTACTS failed" in caplog.text
    crm_notify_settings(CONTACTS="")
    api.correct(missed[0], by=alice, address="j.smith@new.example")
    first = Notification.objects.get(pk=missed[0].pk)
    assert [miss.why for miss in api.suggest(first)] == ["today", "spelling"]
    john.delete()
    crm_notify_settings(CONTACTS=f"{__name__}.contacts")
    first = Notification.objects.get(pk=missed[0].pk)
    assert [miss.address for miss in api.suggest(first)] == [RIGHT]
