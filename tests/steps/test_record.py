"""Record: one act, one row for each who is to be told, in the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Incident, Notification
from crm_notify.steps.person import person
from tests.crm.models import Customer, Deal

pytestmark = pytest.mark.django_db

Call = Callable[..., Activity]


def told(activity: Activity) -> set[str]:
    return set(activity.notifications.values_list("recipient__username", flat=True))


def test_the_activity_keeps_what_will_be_shown_later(call: Call, janet: Any) -> None:
    activity = call()
    janet.delete()
    activity.refresh_from_db()
    assert (activity.actor, activity.actor_name) == (None, "Janet Smith")
    assert activity.target_label == "Contoso"
    assert activity.url.startswith("/customers/")


def test_a_lazy_text_is_said_when_it_is_recorded(call: Call) -> None:
    lazy = gettext_lazy("Open it")
    with translation.override("de"):
        activity = call(verb=lazy, text=lazy, url=gettext_lazy("/here/"))
    activity.refresh_from_db()
    assert (activity.verb, activity.text, activity.url) == ("Öffnen", "Öffnen", "/here/")


def test_a_target_may_have_any_kind_of_key(call: Call, contoso: Customer) -> None:
    deal = Deal.objects.create(title="100 chairs", customer=contoso)
    activity = call(target=deal)
    assert (activity.target, activity.url) == (deal, "")
    assert api.history(deal).get() == activity


def test_the_actor_is_never_told_of_his_own_act(call: Call, janet: Any, john: Any) -> None:
    assert told(call(recipients=[janet, john, john, None])) == {"john"}


def test_an_anonymous_actor_is_the_system(call: Call) -> None:
    activity = call(actor=AnonymousUser())
    assert (activity.actor, activity.actor_name) == (None, "")


def test_a_key_makes_it_idempotent(call: Call) -> None:
    first = call(key="call 1")
    assert call(key="call 1", text="again") == first
    assert Notification.objects.count() == 1
    assert call(key="call 1", tenant="other") != first


def test_it_is_rolled_back_with_the_callers_transaction(call: Call) -> None:
    with transaction.atomic():
        call()
        transaction.set_rollback(True)
    assert not Activity.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"urgency": "soon"}, "normal, urgent"),
        ({"verb": " \n"}, "Say what was done"),
        ({"url": "x" * 2001}, "2,000"),
        ({"target": Customer(name="unsaved")}, "save it"),
        ({"key": "x" * 256}, "key .* 255"),
        ({"key": "a\0b"}, "key"),
        ({"tenant": "x" * 101}, "tenant .* 100"),
    ],
)
def test_bad_input_says_what_to_type(call: Call, given: dict[str, Any], says: str) -> None:
    with pytest.raises(RefusedInput, match=says):
        call(**given)
    assert not Activity.objects.exists()


def test_line_breaks_in_names_never_reach_a_header(
    call: Call, janet: Any, john: Any, contoso: Customer
) -> None:
    contoso.name = "Contoso\r\nBcc: spy@example.com"
    janet.first_name = "Janet\n"
    john.first_name = "John\x00"
    activity = call(verb="logged\r\na call", text="a\0b")
    assert activity.target_label == "Contoso Bcc: spy@example.com"
    assert (activity.actor_name, activity.verb) == ("Janet Smith", "logged a call")
    assert activity.text == "ab"
    assert activity.notifications.get().recipient_name == "John"


@pytest.mark.parametrize("address", ["x" * 320 + "@example.com", "jo\0hn@example.com"])
def test_an_address_that_has_no_place_is_not_cut_to_another(
    call: Call, john: Any, janet: Any, address: str
) -> None:
    john.email = janet.email = address
    activity = call()
    assert activity.actor_address == activity.notifications.get().address == ""


def test_half_a_character_never_reaches_the_database(
    call: Call, john: Any, contoso: Customer
) -> None:
    """As JSON may bring it: no database can hold one, and the host's save must go on."""
    john.first_name = "Jo\ud800hn"
    contoso.name = "Con\udfffto\0so"
    activity = call(verb="log\ud800ged", text="a\ud800b", url="/a\udfff\0b")
    activity.refresh_from_db()
    assert (activity.target_label, activity.verb) == ("Conto so", "logged")
    assert (activity.text, activity.url) == ("ab", "/ab")
    assert activity.notifications.get().recipient_name == "John"


def test_an_empty_key_is_none(call: Call) -> None:
    assert call(key="") != call(key="")


def nobody(activity: Any, target: Any) -> list[Any]:
    return [AnonymousUser()]


def test_who_is_no_saved_user_cannot_be_told(
    call: Call, john: Any, crm_notify_settings: Callable[..., None]
) -> None:
    with pytest.raises(RefusedInput, match=f"not {john.pk}"):
        call(recipients=[john.pk])
    assert not Activity.objects.exists()
    crm_notify_settings(RESOLVER="tests.steps.test_record.nobody")
    assert told(call(recipients=None)) == set()
    assert "AnonymousUser" in Incident.objects.get().sample


def test_thousands_may_be_told_however_few_parameters_the_database_takes(
    call: Call, bob: Any
) -> None:
    model = get_user_model()
    users = model.objects.bulk_create([model(username=f"user{i}") for i in range(1500)])
    api.set_wanted(bob, False)
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    try:
        assert call(recipients=[*users, bob]).notifications.count() == 1500
    finally:
        connection.close()


def test_a_user_model_without_names_or_mail_is_no_crash(call: Call) -> None:
    class Bare:
        pk = 99
        is_active = True

        def get_username(self) -> str:
            return "bare"

    assert person(Bare()) == ("bare", "")


def test_whoever_wants_no_mail_gets_none(call: Call, john: Any, bob: Any) -> None:
    assert api.wants(john) is None
    api.set_wanted(john, False)
    assert api.wants(john) is False
    assert told(call(recipients=[john, bob])) == {"bob"}
    api.set_wanted(john, True)
    assert told(call(recipients=[john])) == {"john"}


def test_one_record_can_be_muted(call: Call, john: Any, contoso: Customer) -> None:
    api.set_wanted(john, False, target=contoso)
    other = Customer.objects.create(name="Fabrikam")
    assert told(call()) == set()
    assert told(call(target=other)) == {"john"}


def test_who_follows_a_record_is_told(call: Call, bob: Any, contoso: Customer) -> None:
    api.set_wanted(bob, True, target=contoso)
    assert told(call(recipients=None)) == {"bob"}
    bob.is_active = False
    bob.save()
    assert told(call(recipients=None)) == set()


def owners(target: Any) -> list[Any]:
    return [target.owner, None]


def test_an_owner_can_ask_to_be_told_of_all_that_he_owns(
    call: Call, john: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(OWNERS="tests.steps.test_record.owners")
    assert told(call(recipients=None)) == set()
    api.set_wanted(john, True, owned=True)
    assert api.wants(john, owned=True) is True
    assert told(call(recipients=None)) == {"john"}


def broken(activity: Any, target: Any) -> list[Any]:
    return list(get_user_model().objects.raw("SELECT no_such_column FROM auth_user"))


def test_a_failing_resolver_does_not_break_the_hosts_save(
    call: Call, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(RESOLVER="tests.steps.test_record.broken")
    activity = call(recipients=None)
    assert Activity.objects.get() == activity
    incident = Incident.objects.get()
    assert incident.kind == "resolver"
    assert "no_such_column" in incident.sample
    call(recipients=None)
    assert Incident.objects.get().count == 2


def test_a_failing_resolver_breaks_it_where_the_host_wants_that(
    call: Call, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(RESOLVER="tests.steps.test_record.broken", ON_RESOLVER_FAILURE="raise")
    with pytest.raises(Exception, match="no_such_column"), transaction.atomic():
        call(recipients=None)


def test_without_a_resolver_nobody_is_found(
    call: Call, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(RESOLVER="")
    assert told(call(recipients=None)) == set()
