"""What a user says of himself is kept as he says it, and nobody else's is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest

from crm_notify import api
from crm_notify.models import Activity, Preference, Reach, Subscription
from crm_notify.steps.prefer import Said, forget_wish, prefer, said_by, wishes_of
from tests.crm.models import Customer

pytestmark = pytest.mark.django_db

SMS = {"sms": {"CLASS": "crm.sms.Gateway"}, "chat": {"CLASS": "crm.chat.Gateway"}}


@pytest.fixture(autouse=True)
def _channels(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(CHANNELS=SMS)


def test_nothing_is_said_at_first(janet: Any) -> None:
    assert said_by(janet) == Said()


def test_what_is_said_is_what_is_read(janet: Any, bob: Any) -> None:
    said = Said(
        ways=(("chat", "@janet"), ("sms", "+4930")),
        away_from=datetime(2026, 7, 1, tzinfo=UTC),
        away_until=datetime(2026, 7, 15, tzinfo=UTC),
        stand_in=bob,
        time_zone="Europe/Berlin",
        quiet_from=time(22),
        quiet_until=time(7),
    )
    prefer(janet, said)
    assert said_by(janet) == said
    prefer(janet, Said(ways=(("sms", "+4930"),)))
    assert said_by(janet) == Said(ways=(("sms", "+4930"),))


def test_what_is_said_is_called_after_whoever_said_it(janet: Any) -> None:
    assert str(Preference.objects.create(user=janet)) == "janet"
    assert str(Reach.objects.create(user=janet, channel="sms", address="+4930")) == "janet: sms"


def test_when_he_was_seen_and_what_others_have_said_stays(janet: Any, bob: Any) -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    Preference.objects.create(user=janet, seen_at=at)
    Reach.objects.create(user=bob, channel="sms", address="+4931")
    prefer(janet, Said(ways=(("sms", "+4930"),)))
    assert Preference.objects.get(user=janet).seen_at == at
    assert said_by(bob).ways == (("sms", "+4931"),)


def test_what_was_said_of_a_channel_that_is_not_set_up_now_is_kept(
    janet: Any, crm_notify_settings: Callable[..., None]
) -> None:
    prefer(janet, Said(ways=(("chat", "@janet"), ("sms", "+4930"))))
    crm_notify_settings(CHANNELS={"sms": SMS["sms"]})
    assert said_by(janet).ways == (("sms", "+4930"),)
    prefer(janet, Said())
    assert list(Reach.objects.values_list("address", flat=True)) == ["@janet"]


def test_wishes_are_named_as_the_record_was_called_last(
    janet: Any, bob: Any, call: Callable[..., Activity], contoso: Customer
) -> None:
    other = Customer.objects.create(name="Fabrikam")
    call()
    contoso.name = "Contoso Ltd"
    call(target=contoso)
    api.set_wanted(bob, True, target=contoso)
    api.set_wanted(bob, False, target=other)
    api.set_wanted(bob, True)
    api.set_wanted(janet, True, target=other)
    found = [(wish.label, wish.wanted) for wish in wishes_of(bob)]
    assert found == [(None, False), ("Contoso Ltd", True)]


def test_a_wish_is_taken_back_by_whoever_said_it(janet: Any, bob: Any, contoso: Customer) -> None:
    api.set_wanted(bob, False, target=contoso)
    wish = wishes_of(bob).get()
    assert not forget_wish(janet, wish.pk)
    assert api.wants(bob, target=contoso) is False
    assert forget_wish(bob, wish.pk)
    assert api.wants(bob, target=contoso) is None


def test_his_wishes_about_everything_are_not_taken_back_by_number(bob: Any) -> None:
    api.set_wanted(bob, False)
    assert not forget_wish(bob, Subscription.objects.get(user=bob).pk)
    assert api.wants(bob) is False
