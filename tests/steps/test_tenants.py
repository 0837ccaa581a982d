"""What comes of an act belongs to its tenant, and no tenant learns of another's bounces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from crm_notify import api
from crm_notify.exceptions import NotAllowed, SettingsError
from crm_notify.models import (
    Activity,
    Alert,
    Attempt,
    Correction,
    Event,
    Incident,
    Notification,
    Receipt,
    Suppression,
)
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.mend import attach_event, attach_receipt
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of
from tests.steps.tenants import Bounce, mail_of, may

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]
Call = Callable[..., Activity]
Post = Callable[..., Any]
HERE = "tests.steps.tenants"


def tenants(model: Any) -> set[str]:
    return set(model.objects.values_list("tenant", flat=True))


def test_whatever_comes_of_an_act_is_its_tenants(
    call: Call,
    bounce: Bounce,
    crm_notify_settings: Change,
    janet: Any,
    bob: Any,
    clock: Clock,
) -> None:
    """Fallback, warnings, corrections, what is sent again, a statement: all of it."""
    crm_notify_settings(
        CHANNELS={"sms": {"CLASS": "builtins.object"}},
        ADDRESSES=f"{HERE}.by_telephone",
        LADDER=[{"act": "actor"}, {"act": "fallback"}, {"act": "admins"}],
        TENANTS_OF=f"{HERE}.by_username",
    )
    row = mail_of(call(tenant="north"))
    bounce(row)
    api.hand_over(api.open_alerts(janet).get(), by=janet, to=bob)
    clock.forward(minutes=1)
    sweep()
    api.correct(row, by=janet, address="jon@example.com")
    api.resend(row, by=janet)
    api.state_told(row, by=janet, how="by telephone")
    known = [Activity, Notification, Attempt, Event, Alert, Correction, Suppression, Receipt]
    assert {model.__name__: tenants(model) for model in known} == {
        model.__name__: {"north"} for model in known
    }
    assert Notification.objects.filter(channel="sms").exists()
    assert {alert.role for alert in Alert.objects.all()} == {"actor", "handed", "admins"}


def test_an_address_is_dead_for_one_tenant_only(call: Call, bounce: Bounce, alice: Any) -> None:
    bounce(mail_of(call(tenant="north")))
    assert Suppression.objects.get().tenant == "north"
    south, again = mail_of(call(tenant="south")), mail_of(call(tenant="north"))
    deliver()
    south.refresh_from_db()
    again.refresh_from_db()
    assert (south.evidence, again.outcome) == (10, "failed")
    bounce(south)
    assert [row.tenant for row in api.suppressions().order_by("tenant")] == ["north", "south"]
    assert api.lift_suppression("john@example.com", by=alice, reason="mended") == 0
    assert api.lift_suppression("john@example.com", by=alice, reason="mended", tenant="south") == 1
    assert api.suppressions().get().tenant == "north"


def test_a_mail_that_is_delivered_lifts_its_own_tenants_suppression(
    call: Call, bounce: Bounce, post: Post, alice: Any
) -> None:
    bounce(mail_of(call(tenant="north")), mail_of(call(tenant="south")))
    again = api.resend(Notification.objects.get(tenant="south"), by=alice)
    deliver()
    post([sparkpost(token_of(again), "delivery")])
    interpret()
    assert api.suppressions().get().tenant == "north"


def test_a_correction_is_for_its_own_tenant(
    call: Call, bounce: Bounce, john: Any, bob: Any, crm_notify_settings: Change
) -> None:
    rows = [mail_of(call(tenant=name)) for name in ("north", "west")]
    bounce(*rows)
    crm_notify_settings(TENANTS_OF=f"{HERE}.by_username")
    bob = may(bob, "change_notification", "resend_elsewhere")
    with pytest.raises(NotAllowed):
        api.correct(rows[1], by=bob, address="jon@example.com")
    assert api.correct(rows[0], by=bob, address="jon@example.com").sent_again == 1
    assert Notification.objects.exclude(previous=None).get().tenant == "north"


def test_a_request_about_several_tenants_mail_is_nobodys(call: Call, bounce: Bounce) -> None:
    rows = [mail_of(call(tenant=name)) for name in ("north", "south")]
    bounce(*rows)
    assert tenants(Event) == {"north", "south"}
    assert Receipt.objects.get().tenant == ""


def test_news_is_somebodys_once_it_is_known_whose(
    call: Call, post: Post, clock: Clock, alice: Any
) -> None:
    """Parked, taken up by the sweep, or given its place by a person."""
    row = mail_of(call(tenant="north"))
    deliver()
    token = token_of(row)
    Attempt.objects.update(message_id="")
    post([sparkpost("", "bounce", transmission_id="later", **UNKNOWN_USER)])
    post([sparkpost("", "delay", transmission_id="other")])
    interpret()
    assert tenants(Event) == {""}
    assert tenants(Receipt) == {""}
    Attempt.objects.update(provider="sparkpost", message_id="later")
    clock.forward(minutes=1)
    sweep()
    assert Event.objects.get(message_id="later").tenant == "north"
    attach_event(Event.objects.get(message_id="other").pk, row.pk, by=alice)
    assert tenants(Event) == {"north"}
    receipt = Receipt.objects.latest("pk")
    Receipt.objects.filter(pk=receipt.pk).update(state="failed")
    assert attach_receipt(receipt.pk, row.pk, by=alice).tenant == "north"
    assert token


def test_what_is_heard_again_is_still_known_to_be_somebodys(
    call: Call, post: Post, bounce: Bounce
) -> None:
    row = mail_of(call(tenant="north"))
    deliver()
    event = sparkpost(token_of(row), "bounce", **UNKNOWN_USER)
    for _ in range(2):
        post([event])
    interpret()
    assert [receipt.tenant for receipt in Receipt.objects.all()] == ["north", "north"]


def test_what_is_wrong_with_a_tenants_own_sender_is_his_incident(
    call: Call, crm_notify_settings: Change, alice: Any, bob: Any
) -> None:
    for name in ("north", "west"):
        call(tenant=name)
    broken = {"MAILER": {"BACKEND": "anymail.backends.test.EmailBackend"}, "SENDER": "no\nbody"}
    crm_notify_settings(
        TENANT_SETTINGS=dict.fromkeys(("north", "west"), broken), TENANTS_OF=f"{HERE}.by_username"
    )
    deliver()
    assert tenants(Incident) == {"north", "west"}
    bob = may(bob, "change_incident")
    with pytest.raises(NotAllowed):
        api.close_incident(Incident.objects.get(tenant="west"), by=bob)
    api.close_incident(Incident.objects.get(tenant="north"), by=bob)
    assert Incident.objects.get(closed_at=None).tenant == "west"


def test_without_a_word_the_host_is_asked_whose_it_is(
    call: Call, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANT=f"{HERE}.north")
    assert call().tenant == "north"
    assert call(tenant="south").tenant == "south"
    crm_notify_settings(TENANT=f"{HERE}.nobodys")
    assert call().tenant == ""


@pytest.mark.parametrize("function", ["broken", "number", "too_long", "nowhere"])
def test_nobody_is_told_of_what_is_nobodys_by_mistake(
    function: str, call: Call, crm_notify_settings: Change
) -> None:
    """The save goes on, and those who see all have an incident."""
    crm_notify_settings(TENANT=f"{HERE}.{function}")
    activity = call(key="call 1")
    assert (activity.tenant, Notification.objects.count()) == ("", 0)
    incident = Incident.objects.get(kind="resolver")
    assert (incident.subject, incident.tenant) == (f"{HERE}.{function}", "")
    assert f"activity {activity.pk}" in incident.sample
    assert call(key="call 1") == activity
    assert incident.count == 1


def test_a_host_may_want_its_save_to_fail(call: Call, crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT=f"{HERE}.number", ON_RESOLVER_FAILURE="raise")
    with pytest.raises(SettingsError, match="must return a text of at most 100 characters"):
        call()
    assert not Activity.objects.exists()


def test_a_failing_resolver_is_its_tenants_trouble(call: Call, crm_notify_settings: Change) -> None:
    crm_notify_settings(RESOLVER=f"{HERE}.nowhere")
    call(tenant="north", recipients=None)
    assert Incident.objects.get().tenant == "north"


def test_a_wish_holds_where_it_was_said(
    call: Call, crm_notify_settings: Change, john: Any, contoso: Customer
) -> None:
    api.set_wanted(john, False, tenant="north")
    assert not call(tenant="north").notifications.exists()
    assert call(tenant="south").notifications.exists()
    assert [api.wants(john, tenant=name) for name in ("north", "south")] == [False, None]
    api.set_wanted(john, True, target=contoso, tenant="south")
    assert call(tenant="south", recipients=None).notifications.exists()
    assert not call(tenant="west", recipients=None).notifications.exists()
    crm_notify_settings(TENANT=f"{HERE}.north")
    api.set_wanted(john, True)
    assert api.wants(john) is True
    assert call().notifications.exists()


def test_a_wish_of_no_tenant_holds_in_all_but_where_he_says_otherwise(
    call: Call, john: Any, contoso: Customer
) -> None:
    api.set_wanted(john, False)
    api.set_wanted(john, True, tenant="south")
    told = {name: call(tenant=name).notifications.exists() for name in ("", "north", "south")}
    assert told == {"": False, "north": False, "south": True}
    assert api.wants(john, tenant="north") is False
    assert api.wants(john, tenant="south") is True
    api.set_wanted(john, True)
    api.set_wanted(john, True, target=contoso)
    api.set_wanted(john, False, target=contoso, tenant="south")
    found = {name: call(tenant=name, recipients=None).notifications.exists() for name in told}
    assert found == {"": True, "north": True, "south": False}


def test_every_row_that_belongs_to_one_has_a_place_for_its_name() -> None:
    models = apps.get_app_config("crm_notify").get_models()
    without = {
        model.__name__
        for model in models
        if "tenant" not in {field.name for field in model._meta.fields}
    }
    assert without == {"Installation", "Preference", "Reach"}
