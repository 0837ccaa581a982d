"""Something on every screen: warnings of every kind, and what admins find beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from crm_notify import api
from crm_notify.models import (
    Activity,
    Event,
    Incident,
    Notification,
    Receipt,
)
from crm_notify.rules.evidence import WEIGHT, Kind
from crm_notify.steps.incident import note_incident
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive, bounce

Call = Callable[..., Activity]

RECORD = "Fabrikam of the Northern Provinces and all the Islands"
#: A provider may say much, in words of any length.
LENGTHY = "550 5.1.1 " + "5" * 400


def warnings(call: Call, janet: Any, bob: Any, alice: Any) -> None:
    """One of every kind before Janet."""

    def failed(name: str, text: str = "550 5.1.1 User unknown", **given: Any) -> Notification:
        customer = Customer.objects.create(name=name)
        row = call(target=customer, **given).notifications.get()
        return bounce(row, text).notification

    get_user_model().objects.create_user("jon", "jon@example.com")
    api.correct(failed("Adatum", actor=bob), by=bob, address="jon@example.com", why="He told me.")
    janet.user_permissions.add(Permission.objects.get(codename="resend_elsewhere"))
    for name in ("Northwind", "Southwind"):
        arrive(api.resend(failed(name), by=janet))
    api.resend(failed("Tailspin"), by=alice, address="jon@example.com")
    alerts = api.open_alerts(janet)
    api.acknowledge(alerts.get(chain=failed(RECORD, LENGTHY)), by=janet)
    put_off = alerts.get(chain=failed("Litware"))
    api.snooze(put_off, by=janet, until=timezone.now() + timedelta(hours=1))
    api.hand_over(alerts.get(chain=failed("Proseware")), by=janet, to=bob)
    failed("Contoso", urgency="urgent")


def outage(call: Call) -> int:
    """Three of one cause, where that is enough to fold them; returns the id of the incident."""
    for number in range(3):
        row = call(target=Customer.objects.create(name=f"Outage {number}")).notifications.get()
        bounce(row, blame="sender")
    return Incident.objects.get(kind=Incident.Kind.FAILURES).pk


def history(call: Call, contoso: Customer, alice: Any) -> Notification:
    """At one record: who was told otherwise, and who was not; returns that of the last."""
    stated = bounce(call(target=contoso, text="2").notifications.get()).notification
    api.state_told(stated, by=alice, how="I met him")
    missed = call(target=contoso, text="They are ready.", url="", urgency="urgent")
    Activity.objects.filter(pk=missed.pk).update(url="")
    return bounce(missed.notifications.get()).notification


def wishes(call: Call, janet: Any) -> None:
    """Records that Janet follows, and one of which she hears nothing."""
    for name in ("Wingtip", RECORD):
        customer = Customer.objects.create(name=name)
        call(target=customer)
        api.set_wanted(janet, name == "Wingtip", target=customer)


def backstage() -> None:
    """What only admins see: receipts, parked news, incidents, a held switch."""
    now = timezone.now()
    for state in Receipt.State:
        Receipt.objects.create(
            provider="sparkpost",
            via="tracking",
            method="POST",
            body=b'[{"a": "<script>"}]',
            state=state,
            due_at=now if state == Receipt.State.NEW else None,
            error="" if state != Receipt.State.FAILED else "ValueError: what is this?",
            received_at=now,
        )
    Event.objects.create(
        kind=Kind.BOUNCED,
        evidence=WEIGHT[Kind.BOUNCED],
        blame="address",
        provider="sparkpost",
        text=LENGTHY,
        recorded_at=now,
        due_at=now,
        fingerprint="parked",
    )
    note_incident(Incident.Kind.SENDER, subject="sparkpost", sample=LENGTHY, count=3)
    api.hold_sending(by="Alice", reason="The wrong letterhead.")
