"""The digest: what stands before the admins reaches them by mail, once, and no mail answers it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import set_urlconf

from crm_notify import api
from crm_notify.channels.mail import posted_mail
from crm_notify.models import Activity, Alert, Event, Incident, Installation, Notification, Receipt
from crm_notify.rules.evidence import Blame
from crm_notify.rules.token import Purpose, find
from crm_notify.steps import digest as module
from crm_notify.steps.digest import report
from crm_notify.steps.incident import note_incident
from crm_notify.steps.interpret import interpret
from crm_notify.steps.match import verified
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import climb_further, sweep
from tests.people import Clock
from tests.steps.failing import fail

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]
Call = Callable[..., Activity]
ADMIN = "alice@crm.example"


@pytest.fixture(autouse=True)
def to_alice(crm_notify_settings: Change) -> None:
    crm_notify_settings(DIGEST_TO=[ADMIN])


@pytest.fixture
def failed(notification: Notification, clock: Clock) -> Notification:
    """Nobody has acted on it for more than four hours."""
    fail(notification)
    clock.forward(hours=5)
    return notification


def parts(number: int = 0) -> list[str]:
    """The text of a digest, and the same as HTML."""
    message: Any = mail.outbox[number]
    return [str(message.body), str(message.alternatives[0][0])]


def test_what_nobody_acted_on_is_named_once(failed: Notification, clock: Clock) -> None:
    sweep()
    (message,) = mail.outbox
    assert message.to == [ADMIN]
    assert message.subject == "Acme CRM: 1 message that nobody acted on"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    page = f"https://crm.example/admin/crm_notify/notification/{failed.pk}/change/"
    for part in parts():
        assert "John was not told" in part
        assert "Janet Smith logged a call: Contoso" in part
        assert "the mailbox cannot take mail now" in part
        assert "john@example.com" in part
        assert page in part
        assert "They are ready to close today." not in part
    assert "https://crm.example/admin/crm_notify/alert/" in parts()[0]
    clock.forward(hours=2)
    sweep()
    assert len(mail.outbox) == 1
    # The day after those who did nothing are asked anew.
    clock.forward(days=1)
    sweep()
    assert len(mail.outbox) == 2


def test_at_most_one_in_an_hour(failed: Notification, call: Call, clock: Clock) -> None:
    sweep()
    fail(call(actor=None).notifications.get())
    clock.forward(minutes=59)
    sweep()
    assert len(mail.outbox) == 1
    clock.forward(minutes=2)
    sweep()
    assert len(mail.outbox) == 2
    assert mail.outbox[1].subject.endswith("1 message that nobody acted on")


def test_without_news_there_is_no_digest(notification: Notification, clock: Clock) -> None:
    sweep()
    fail(notification)
    sweep()
    assert mail.outbox == []
    api.state_told(notification, by=notification.activity.actor, how="by telephone")
    clock.forward(hours=5)
    sweep()
    assert mail.outbox == []


def test_open_incidents_are_named_again_each_day_until_they_are_closed(clock: Clock) -> None:
    note_incident(
        Incident.Kind.EMPTY, subject="mailjet", tenant="north", sample="<b>no body</b>", count=7
    )
    sweep()
    assert mail.outbox[0].subject == "Acme CRM: 1 open incident"
    text, html = parts()
    assert "requests came without their body (mailjet) [north]" in text
    assert "7 times" in text
    assert "<b>no body</b>" in text
    assert "&lt;b&gt;no body&lt;/b&gt;" in html
    assert f"/admin/crm_notify/incident/{Incident.objects.get().pk}/change/" in html
    clock.forward(hours=23)
    sweep()
    assert len(mail.outbox) == 1
    clock.forward(hours=2)
    sweep()
    assert len(mail.outbox) == 2
    Incident.objects.update(closed_at=clock.now())
    clock.forward(days=2)
    sweep()
    assert len(mail.outbox) == 2


def test_of_many_the_first_are_named_and_the_others_counted(
    call: Call, monkeypatch: pytest.MonkeyPatch, crm_notify_settings: Change
) -> None:
    monkeypatch.setattr(module, "LONGEST", 2)
    crm_notify_settings(DIGEST_TO=[ADMIN])
    for number in range(5):
        fail(call(actor=None, text=str(number)).notifications.get())
    note_incident(Incident.Kind.EMPTY)
    sweep()
    assert mail.outbox[0].subject == "Acme CRM: 5 messages that nobody acted on, 1 open incident"
    assert parts()[0].count("was not told") == 2
    assert "And 3 more." in parts()[0]
    assert not Alert.objects.filter(reported_at=None).exists()


def test_for_what_is_folded_its_incident_speaks(call: Call, crm_notify_settings: Change) -> None:
    crm_notify_settings(DIGEST_TO=[ADMIN], FOLD_ABOVE=2)
    for urgency in ("normal", "normal", "urgent"):
        given = call(actor=None, urgency=urgency)
        fail(given.notifications.get(), blame=Blame.POLICY)
    sweep()
    assert mail.outbox[0].subject == "Acme CRM: 1 message that nobody acted on, 1 open incident"
    assert "many failures with one cause (example.com)" in parts()[0]


def test_it_goes_to_djangos_admins_where_nobody_is_named(
    failed: Notification, crm_notify_settings: Change, settings: Any
) -> None:
    crm_notify_settings(DIGEST_TO=[])
    sweep()
    assert mail.outbox == []
    assert Alert.objects.filter(reported_at=None, person=None).exists()
    settings.ADMINS = [("Alice", ADMIN), "bob@crm.example"]
    sweep()
    assert [message.to for message in mail.outbox] == [[ADMIN], ["bob@crm.example"]]


def test_while_sending_is_held_nothing_goes_out(failed: Notification) -> None:
    api.hold_sending(by="Alice", reason="a copy of the database")
    sweep()
    assert mail.outbox == []


def test_a_host_without_the_admins_pages_gets_no_links(
    failed: Notification, settings: Any, clock: Clock
) -> None:
    note_incident(Incident.Kind.EMPTY)
    settings.ROOT_URLCONF = "tests.channels.email.no_urls"
    set_urlconf(None)
    sweep()
    assert len(mail.outbox) == 1
    assert not any("/admin/" in part or "http" in part.split("<style>")[0] for part in parts())


NOWHERE = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {"host": "127.0.0.1", "port": 9},
}


def test_a_mailer_that_fails_is_an_incident_and_is_tried_again(
    failed: Notification, crm_notify_settings: Change, settings: Any, clock: Clock
) -> None:
    ours = settings.CRM_NOTIFY["MAILER"]
    crm_notify_settings(MAILER=NOWHERE)
    sweep()
    incident = Incident.objects.get(kind="digest")
    assert (incident.subject, incident.count) == (ADMIN, 1)
    assert Alert.objects.get(person=None).reported_at is None
    clock.forward(minutes=14)
    sweep()
    incident.refresh_from_db()
    assert incident.count == 1
    crm_notify_settings(MAILER=ours)
    clock.forward(minutes=2)
    sweep()
    # Its own trouble is not what it tells of.
    assert [message.subject for message in mail.outbox] == [
        "Acme CRM: 1 message that nobody acted on"
    ]
    clock.forward(hours=3)
    sweep()
    assert len(mail.outbox) == 1


def test_an_address_that_is_none_keeps_the_others_from_nothing(
    failed: Notification, crm_notify_settings: Change
) -> None:
    crm_notify_settings(DIGEST_TO=["alice", ADMIN])
    sweep()
    assert [message.to for message in mail.outbox] == [[ADMIN]]
    assert Incident.objects.get(kind="digest").subject == "alice"
    assert not Alert.objects.filter(person=None, reported_at=None).exists()


def test_a_template_that_is_broken_is_an_incident_too(
    failed: Notification, crm_notify_settings: Change, caplog: Any
) -> None:
    crm_notify_settings(DIGEST_TO=[ADMIN], RETURN_PATH_DOMAIN="bounces\n.example")
    with caplog.at_level(logging.ERROR):
        sweep()
    assert mail.outbox == []
    assert Incident.objects.filter(kind="digest").exists()


def test_a_mailer_that_cannot_be_used_stops_no_other_part_of_the_sweep(
    failed: Notification, crm_notify_settings: Change, caplog: Any
) -> None:
    crm_notify_settings(MAILER="nosuch")
    sweep()
    assert "a part of the sweep failed: report" in caplog.text
    assert Alert.objects.get(person=None).reported_at is None


def test_who_dies_while_he_sends_it_is_followed_by_another(
    failed: Notification, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    climb_further(clock.now())

    def die(*given: Any) -> bool:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(module, "_send", die)
        with pytest.raises(SystemExit):
            report(clock.now())
    report(clock.now())
    assert mail.outbox == []
    clock.forward(minutes=6)
    report(clock.now())
    assert len(mail.outbox) == 1


def test_who_is_asked_anew_while_it_is_sent_comes_in_the_next_one(
    failed: Notification, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    climb_further(clock.now())
    now = clock.now()

    def send(*given: Any) -> bool:
        clock.forward(minutes=1)
        Alert.objects.update(opened_at=clock.now())
        return True

    monkeypatch.setattr(module, "_send", send)
    report(now)
    assert Alert.objects.get(person=None).reported_at is None
    due = Installation.objects.get().digest_due_at
    assert due == now + timedelta(hours=1)


def envelope() -> str:
    """Where errors of the last digest go; the tests' mailer takes MAIL FROM from the header."""
    message: Any = mail.outbox[-1]
    (name,) = set(find(str(message.extra_headers["X-CRM-Notification"])))
    return f"{name}@bounces.crm.example"


BOUNCE = """\
From: MAILER-DAEMON@mx.crm.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{id}@mx.crm.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.crm.example

Final-Recipient: rfc822; alice@crm.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} <alice@crm.example>: {said}

--b--
"""


def hear(**given: str) -> None:
    said = {"id": "1", "action": "failed", "status": "5.1.1", "said": "user unknown", **given}
    raw = BOUNCE.format(to=envelope(), **said).replace("\n", "\r\n").encode()
    receive(posted_mail(raw, recipient=envelope()))
    interpret()


def test_a_digest_that_bounces_is_seen_on_the_screen_and_never_mailed(
    failed: Notification, clock: Clock, alice: Any, client: Client
) -> None:
    sweep()
    named = verified(envelope().partition("@")[0])
    assert named is not None
    assert named.purpose is Purpose.DIGEST
    hear()
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject) == ("digest", ADMIN)
    assert "5.1.1" in incident.sample
    event = Event.objects.get(receipt=Receipt.objects.get())
    assert (event.notification, event.due_at) == (None, None)
    assert event.note == "It is about a digest to the admins."
    assert Receipt.objects.get().parked == 0
    assert api.suppressions().count() == 0
    clock.forward(hours=2)
    sweep()
    clock.forward(hours=2)
    sweep()
    assert len(mail.outbox) == 1
    client.force_login(alice)
    page = client.get("/admin/crm_notify/incident/").content.decode()
    assert "digest did not arrive" in page


def test_that_a_digest_is_late_is_no_trouble_yet(failed: Notification) -> None:
    sweep()
    hear(action="delayed", status="4.4.1", said="try later")
    assert not Incident.objects.exists()
    assert Event.objects.latest("pk").due_at is None
