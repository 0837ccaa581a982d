"""What can be done on our own pages: the same as in the admin, with the same entry in its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.exceptions import NotAllowed
from crm_notify.models import (
    Activity,
    Alert,
    Correction,
    Event,
    Incident,
    Installation,
    Notification,
    Receipt,
    Suppression,
)
from crm_notify.rules.evidence import Evidence
from crm_notify.steps.incident import note_incident
from crm_notify.views.staff import rows
from tests.edges.admin.conftest import act as act_in_admin
from tests.edges.admin.conftest import bounce, log, parked, receipt_of
from tests.edges.staff.conftest import act, list_of, page_of, said

pytestmark = pytest.mark.django_db


def incident_of(kind: Incident.Kind, subject: str) -> Incident:
    note_incident(kind, subject=subject, sample="550 go away")
    return Incident.objects.get(kind=kind, subject=subject)


def correction_of(notification: Notification) -> Correction:
    now = timezone.now()
    return Correction.objects.create(
        notification=notification, old="john@example.com", new="jon@example.com", proposed_at=now
    )


def fresh(call: Callable[..., Activity], model: str, number: int) -> Any:
    """A row of its kind about which something can be done."""
    if model in {"receipt", "quarantined"}:
        state = "failed" if model == "receipt" else "quarantine"
        return receipt_of(number, state=state, verdict="wrong", error="ValueError: what?")
    if model == "event":
        return parked()
    if model == "incident":
        return incident_of(Incident.Kind.SENDER, f"sparkpost{number}")
    if model == "failures":
        return incident_of(Incident.Kind.FAILURES, f"sender{number}")
    if model == "installation":
        return api.installation()
    failed = bounce(call().notifications.get(), blame="mailbox" if number else "address")
    if model == "alert":
        return Alert.objects.get(notification=failed)
    if model == "suppression":
        rows = Suppression.objects.order_by("-pk")
        return rows.filter(lifted_at=None).first() or _suppressed(failed)
    return correction_of(failed) if model == "correction" else failed


def _suppressed(failed: Notification) -> Suppression:
    now = timezone.now()
    return Suppression.objects.create(address=failed.address, since=now, notification=failed)


EVERY_ACT = [
    ("notification", "resend", ""),
    ("notification", "correct", "jon@example.com"),
    ("notification", "resend_elsewhere", "jon@example.com"),
    ("notification", "told", "I phoned him"),
    ("notification", "close", "He has left"),
    ("alert", "acknowledge", ""),
    ("alert", "snooze", "1h"),
    ("alert", "hand_over", "bob"),
    ("incident", "close", "The key was renewed"),
    ("failures", "resume", "The key was renewed"),
    ("failures", "unfold", "Each stands alone"),
    ("correction", "accept", ""),
    ("correction", "refuse", ""),
    ("suppression", "lift", "He says it works"),
    ("receipt", "read_again", ""),
    ("receipt", "close", "Nothing of ours"),
    ("quarantined", "let_in", ""),
    ("event", "try_now", ""),
    ("event", "close", "Nothing of ours"),
    ("installation", "hold", "The wrong letterhead"),
    ("installation", "hold_intake", "The parser is broken"),
    ("installation", "close_intake", "The parser is broken"),
]


@pytest.mark.parametrize(("model", "name", "text"), EVERY_ACT)
def test_every_act_says_does_and_logs_what_it_does_in_the_admin(
    model: str, name: str, text: str, admin: Client, call: Callable[..., Activity], bob: Any
) -> None:
    there = [
        str(one)
        for one in act_in_admin(admin, fresh(call, model, 0), name, text).context["messages"]
    ]
    logged_there = log()
    LogEntry.objects.all().delete()
    if model == "installation":
        api.release_sending(by="Alice")
        api.open_intake(by="Alice")
    page = act(admin, fresh(call, model, 1), name, text)
    here = said(page) or [page.context["refused"].why]
    assert [shape(one) for one in here] == [shape(one) for one in there]
    assert [(who, shape(what)) for who, what in log()] == [
        (who, shape(what)) for who, what in logged_there
    ]


def shape(words: str) -> str:
    """Without its numbers."""
    return "".join(letter for letter in words if not letter.isdigit())


def test_a_failure_is_sent_again_and_the_story_says_by_whom(
    admin: Client, failed: Notification
) -> None:
    page = act(admin, failed, "resend")
    again = Notification.objects.get(chain=failed)
    assert said(page) == [f"Sent again to john@example.com (#{again.pk})."]
    text = page.content.decode()
    assert "To be sent again" in text
    assert page_of(again) in text
    assert log() == [("alice", f"Sent again to john@example.com (#{again.pk}).")]
    assert said(admin.get(page_of(failed))) == []


def test_what_is_refused_says_why_beside_what_was_typed(
    admin: Client, failed: Notification
) -> None:
    page = act(admin, failed, "correct", "jon@example")
    assert page.status_code == 400
    text = page.content.decode()
    assert text.count("“jon@example” is not an address.") == 2
    assert 'value="jon@example"' in text
    assert 'aria-invalid="true"' in text
    assert 'href="#crm-notify-correct-form"' in text
    assert log() == []


def test_nothing_typed_is_nothing_done(admin: Client, failed: Notification) -> None:
    page = act(admin, failed, "close", "  ")
    assert page.status_code == 400
    assert page.context["refused"].why == "Nothing was done: fill in “Reason”."
    failed.refresh_from_db()
    assert failed.outcome == "failed"


def test_a_refusal_after_which_there_is_no_such_form_says_why_all_the_same(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = rows.row_of

    def closed_meanwhile(*args: Any) -> Any:
        row = read(*args)
        Receipt.objects.filter(pk=row.pk).update(state="closed")
        return row

    monkeypatch.setattr(rows, "row_of", closed_meanwhile)
    page = act(admin, receipt_of(state="quarantine", verdict="wrong"), "let_in")
    assert page.status_code == 400
    assert "It does not wait for a person any more." in page.content.decode()
    assert "Back to the form" not in page.content.decode()


def test_what_is_not_needed_any_more_is_not_done(admin: Client, failed: Notification) -> None:
    act(admin, failed, "told", "I phoned him")
    page = act(admin, failed, "told", "I phoned him twice")
    assert said(page) == ["Nothing was done: it is not needed any more."]
    assert Event.objects.filter(kind="stated").count() == 1


def test_an_act_or_a_row_that_does_not_exist(admin: Client, failed: Notification) -> None:
    assert act(admin, failed, "explode").status_code == 404
    failed.pk = 4711
    assert act(admin, failed, "resend").status_code == 404
    assert admin.get(page_of(failed)).status_code == 404


def test_what_the_core_forbids_is_forbidden_here(
    admin: Client, failed: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotAllowed("The permission was taken away a moment ago.")

    monkeypatch.setattr(api, "close", refuse)
    assert act(admin, failed, "close", "x").status_code == 403
    assert log() == []


@pytest.mark.parametrize(("model", "name", "text"), EVERY_ACT)
def test_who_may_only_look_is_offered_nothing_and_can_do_nothing(
    model: str,
    name: str,
    text: str,
    staff: Callable[..., Client],
    call: Callable[..., Activity],
    bob: Any,
) -> None:
    row = fresh(call, model, 0)
    client = staff(f"view_{row._meta.model_name}")
    assert client.get(page_of(row)).context["acts"] == []
    assert act(client, row, name, text).status_code == 403
    assert log() == []


def test_one_act_needs_one_permission(staff: Callable[..., Client], failed: Notification) -> None:
    client = staff("view_notification", "change_notification")
    names = [one.name for one in client.get(page_of(failed)).context["acts"]]
    assert names == ["resend", "told", "close"]
    assert act(client, failed, "resend_elsewhere", "a@b.example").status_code == 403
    may = staff("view_notification", "change_notification", "resend_elsewhere")
    assert said(act(may, failed, "resend_elsewhere", "jon@example.com")) != []


def test_another_site_can_do_nothing(alice: Any, failed: Notification) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert act(client, failed, "resend").status_code == 403
    assert not Notification.objects.filter(chain=failed).exists()


def test_a_link_can_do_nothing(admin: Client, failed: Notification) -> None:
    assert admin.get(f"{page_of(failed)}act/resend/").status_code == 405
    assert admin.get(f"{list_of('notification')}bulk/").status_code == 405


def test_a_form_of_somebody_who_was_logged_out_leads_to_the_list(failed: Notification) -> None:
    answer = Client().post(f"{page_of(failed)}act/resend/")
    assert answer["Location"] == f"/accounts/login/?next={list_of('notification')}"
    assert not Notification.objects.filter(chain=failed).exists()


def test_a_receipt_is_attached_by_hand(admin: Client, failed: Notification) -> None:
    receipt = receipt_of(state="failed", error="ValueError: what?")
    page = act(admin, receipt, "attach", f"#{failed.pk}")
    assert said(page) == [f"Attached to notification #{failed.pk}."]
    assert failed.events.filter(receipt=receipt, evidence=Evidence.UNCLEAR).exists()
    assert "closed unread" in page.content.decode()


def test_an_incident_remembers_who_closed_it_and_what_was_done(admin: Client, db: None) -> None:
    incident = incident_of(Incident.Kind.SENDER, "sparkpost")
    page = act(admin, incident, "close", "The key was renewed")
    incident.refresh_from_db()
    assert incident.sample == "550 go away\nAlice: The key was renewed"
    assert "The key was renewed" in page.content.decode()


def test_sending_is_held_and_released(admin: Client, db: None) -> None:
    row = api.installation()
    page = act(admin, row, "hold", "The wrong letterhead")
    assert "Sending is held by Alice: The wrong letterhead" in page.content.decode()
    assert said(act(admin, row, "release")) == ["Sending released."]
    assert not Installation.objects.get().held


def test_a_warning_is_put_off_handed_over_and_not_twice(
    admin: Client, failed: Notification, bob: Any
) -> None:
    alert = Alert.objects.get()
    page = act(admin, alert, "snooze", "1h")
    assert "put off until" in page.content.decode()
    assert act(admin, alert, "snooze", "for ever").status_code == 400
    page = act(admin, alert, "hand_over", "bob")
    assert said(page) == ["Handed over to Bob."]
    assert Alert.objects.get(closed_at=None).person == bob
    assert page.context["acts"] == []
