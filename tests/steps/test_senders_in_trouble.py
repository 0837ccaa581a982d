"""A tenant whose mailer is set up wrongly stops his own mail only, and is told what to type."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from crm_notify import senders
from crm_notify.channels.email import EmailChannel
from crm_notify.channels.email.mailer import SMTP
from crm_notify.models import Activity, Attempt, Event, Incident, Notification
from crm_notify.rules.evidence import Blame
from crm_notify.steps import judge as judge_module
from crm_notify.steps import settle as settle_module
from crm_notify.steps.claim import PUT_OFF, claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from tests.people import Clock
from tests.support.tenants import LOCMEM, OF_ROWS, asked, own, rows

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]
Change = Callable[..., None]

NOWHERE = {"BACKEND": SMTP, "OPTIONS": {"host": "127.0.0.1", "port": 9}}
PLACE = 'CRM_NOTIFY["TENANT_SETTINGS"]["acme"]'


@pytest.fixture
def by_rows(crm_notify_settings: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenants are rows, which hold until they are asked about again."""
    rows.clear()
    asked.clear()
    monkeypatch.setattr(senders, "FRESH_FOR", 3600.0)
    crm_notify_settings(TENANT_SETTINGS=OF_ROWS)


def forget() -> None:
    """As after FRESH_FOR."""
    senders._heard.clear()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"MAILER": "nosuch"}, f'{PLACE}["MAILER"] must be'),
        ({"MAILER": {"BACKEND": "no.such.Backend"}}, f'{PLACE}["MAILER"]: ModuleNotFoundError'),
        (
            {"MAILER": {"BACKEND": "anymail.backends.mailgun.EmailBackend"}},
            f'{PLACE}["MAILER"]: Anymail',
        ),
        (
            {"MAILER": {"BACKEND": "tests.channels.email.hooks.Secretive"}},
            f'{PLACE}["MAILER"]: tests.channels.email.hooks.Secretive raised RuntimeError.',
        ),
        ({"MAILER": ["secret"]}, f'{PLACE}["MAILER"] = a list is of the wrong type'),
        ({"SENDER": "notify"}, f"{PLACE}[\"SENDER\"]: 'notify' is not an address"),
        ({"RETURN_PATH_DOMAIN": ""}, f'{PLACE}["RETURN_PATH_DOMAIN"] is no domain'),
        ({"RETURN_PATH_DOMAIN": "-ü"}, f'{PLACE}["RETURN_PATH_DOMAIN"] is no domain'),
        ({"WAKE": True}, f"{PLACE} may not set WAKE"),
    ],
)
def test_only_his_mail_waits_and_one_incident_of_his_says_what_to_type(
    wrong: dict[str, Any], said: str, call: Call, crm_notify_settings: Change, clock: Clock
) -> None:
    crm_notify_settings(
        TENANT_SETTINGS={"acme": own("acme", LOCMEM) | wrong, "fabrikam": own("fabrikam", LOCMEM)}
    )
    for tenant in ("acme", "acme", "", "fabrikam", "acme"):
        call(tenant=tenant)
    assert deliver() == 2
    assert len(mail.outbox) == 2
    waiting = Notification.objects.filter(activity__tenant="acme")
    assert set(waiting.values_list("dispatch", "outcome", "tries")) == {("queued", "in_flight", 0)}
    assert not Attempt.objects.filter(notification__in=waiting).exists()
    incident = Incident.objects.get()
    assert (incident.kind, incident.subject, incident.tenant) == ("sender", "email", "acme")
    assert said in incident.sample
    # Nobody looks at them again at once.
    assert deliver() == 0
    incident.refresh_from_db()
    assert incident.count == 1
    later = clock.now() + timedelta(minutes=4)
    assert waiting.filter(due_at__gt=later).count() == 3
    clock.forward(minutes=6)
    assert deliver() == 0
    incident.refresh_from_db()
    assert incident.count == 2
    crm_notify_settings(TENANT_SETTINGS={"acme": own("acme", LOCMEM)})
    clock.forward(minutes=6)
    assert deliver() == 3


def test_those_who_wait_before_others_do_not_keep_them_waiting(
    call: Call, crm_notify_settings: Change
) -> None:
    """Ten of his stand before the one of another, and a batch has room for two."""
    crm_notify_settings(BATCH_SIZE=2, TENANT_SETTINGS={"acme": {"MAILER": "nosuch"}})
    for _ in range(10):
        call(tenant="acme")
    call(tenant="fabrikam")
    assert deliver() == 1
    assert Incident.objects.get().count == 1


def test_where_the_installations_mailer_is_wrong_a_tenant_with_his_own_goes_on(
    call: Call, crm_notify_settings: Change
) -> None:
    crm_notify_settings(
        MAILER="nosuch",
        TENANT_SETTINGS={"acme": own("acme", LOCMEM), "fabrikam": {"SENDER": "f@fabrikam.example"}},
    )
    for tenant in ("", "northwind", "fabrikam", "acme"):
        call(tenant=tenant)
    assert deliver() == 1
    incident = Incident.objects.get()
    assert (incident.subject, incident.tenant) == ("email", "")
    assert 'CRM_NOTIFY["MAILER"] must be' in incident.sample
    assert Notification.objects.filter(dispatch="queued").count() == 3


def test_rows_that_cannot_be_read_stop_their_tenant_and_are_the_installations_trouble(
    by_rows: None, call: Call
) -> None:
    rows.update(acme=LookupError("gone"), fabrikam=own("fabrikam", LOCMEM))
    for tenant in ("acme", "fabrikam", "northwind"):
        call(tenant=tenant)
    assert deliver() == 2
    incident = Incident.objects.get()
    assert (incident.kind, incident.tenant) == ("sender", "")
    assert '("acme") raised LookupError' in incident.sample


def test_a_tenant_whose_settings_cannot_be_read_gets_no_short_message_in_anothers_name(
    by_rows: None, call: Call, crm_notify_settings: Change
) -> None:
    rows.update(acme=5, fabrikam=own("fabrikam", LOCMEM))
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "tests.channels.fallback.messengers.Paper"}})
    for tenant in ("acme", "fabrikam"):
        call(tenant=tenant)
    Notification.objects.update(channel="sms", address="+1 555 0100")
    assert deliver() == 1
    assert Attempt.objects.get().notification.activity.tenant == "fabrikam"
    incident = Incident.objects.get()
    assert (incident.subject, incident.tenant) == ("sms", "acme")


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({"MAILER": "nosuch"}, '("acme")["MAILER"] must be'),
        ({"MAILER": NOWHERE}, "The mailer was changed after this was claimed."),
    ],
)
def test_a_mailer_that_changes_under_way_sends_nothing_in_the_name_of_the_other(
    later: dict[str, Any], said: str, by_rows: None, call: Call
) -> None:
    rows["acme"] = own("acme", LOCMEM)
    notification = call(tenant="acme").notifications.get()
    channel = EmailChannel()
    (attempt,) = claim(channel="email", provider_of=channel.provider_of, limit=1)
    rows["acme"] = later
    forget()
    with channel.open() as speaker:
        answer = speaker.send(attempt)
    assert (answer.result, answer.blame) == ("later", "sender")
    assert said in answer.text
    assert mail.outbox == []
    assert notification.attempts.get().provider == "locmem"


def test_a_tenant_who_was_asked_about_in_vain_is_not_asked_again_in_the_same_claim(
    by_rows: None, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "is_at_hand", lambda tenant: False)
    monkeypatch.setattr("crm_notify.steps.claim.is_at_hand", lambda tenant: False)
    call(tenant="acme")
    assert deliver() == 1


def refused(call: Call, *tenants: str) -> None:
    """The other side says that it is our fault."""
    pks = []
    for tenant in tenants:
        row = call(tenant=tenant).notifications.get()
        attempt = row.attempts.create(
            provider="mailjet",
            result="refused",
            blame=Blame.SENDER,
            lease_until=row.created_at,
            claimed_at=row.created_at,
            begun_at=row.created_at,
        )
        pks.append(attempt.notification_id)
    Notification.objects.update(dispatch="done")
    settle_module.settle(pks)


def test_a_sender_that_is_refused_is_an_incident_of_whose_it_is(
    call: Call, crm_notify_settings: Change
) -> None:
    crm_notify_settings(
        TENANT_SETTINGS={"acme": own("acme", LOCMEM), "fabrikam": {"PRODUCT_NAME": "Fabrikam CRM"}}
    )
    refused(call, "acme", "fabrikam", "northwind", "")
    found = Incident.objects.filter(kind="sender").order_by("tenant")
    assert list(found.values_list("tenant", "subject", "count")) == [
        ("", "mailjet", 3),
        ("acme", "mailjet", 1),
    ]


def silent(call: Call, clock: Clock, **tenants: str) -> dict[str, Notification]:
    """Mails by SMTP of which nothing was heard."""
    found = {}
    for name, tenant in tenants.items():
        found[name] = call(tenant=tenant).notifications.get()
    deliver()
    Attempt.objects.update(provider="smtp")
    Notification.objects.update(due_at=clock.now())
    settle_module.settle([row.pk for row in found.values()])
    return found


def bounced(row: Notification, clock: Clock) -> None:
    Event.objects.create(
        tenant=row.tenant,
        notification=row,
        attempt=row.attempts.get(),
        kind="bounced",
        evidence=90,
        recorded_at=clock.now(),
        fingerprint=f"bounce of {row.pk}",
    )


@pytest.mark.parametrize("by_function", [False, True])
def test_a_bounce_proves_the_way_that_it_came_back_by_and_no_other(
    by_function: bool, call: Call, clock: Clock, crm_notify_settings: Change
) -> None:
    rows.clear()
    rows.update(
        acme=own("acme", LOCMEM),
        fabrikam=own("fabrikam", LOCMEM),
        litware={"PRODUCT_NAME": "Litware CRM"},
    )
    crm_notify_settings(TENANT_SETTINGS=OF_ROWS if by_function else dict(rows))
    mails = silent(
        call,
        clock,
        bounced="acme",
        acme="acme",
        fabrikam="fabrikam",
        litware="litware",
        nobodys="",
    )
    bounced(mails["bounced"], clock)
    clock.forward(days=5, hours=1)
    sweep()

    def outcomes() -> dict[str, str]:
        for row in mails.values():
            row.refresh_from_db()
        return {name: row.outcome for name, row in mails.items() if name != "bounced"}

    assert outcomes() == {
        "acme": "presumed",
        "fabrikam": "in_flight",
        "litware": "in_flight",
        "nobodys": "in_flight",
    }
    unproven = Incident.objects.filter(kind="unproven").order_by("tenant")
    assert list(unproven.values_list("subject", "tenant", "count")) == [
        ("smtp", "", 2),
        ("smtp", "fabrikam", 1),
    ]
    # One of the installation's way proves it for all who use it.
    bounced(mails["litware"], clock)
    clock.forward(days=1, hours=1)
    sweep()
    assert outcomes()["nobodys"] == "presumed"
    assert outcomes()["fabrikam"] == "in_flight"


def test_what_waits_for_a_mailer_is_put_off_for_minutes_only() -> None:
    assert timedelta(0) < PUT_OFF <= timedelta(minutes=5)


def test_that_a_tenants_mails_wait_is_logged(
    call: Call, crm_notify_settings: Change, caplog: pytest.LogCaptureFixture
) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": {"MAILER": "nosuch"}})
    call(tenant="acme")
    with caplog.at_level(logging.ERROR):
        deliver()
    assert '["acme"]["MAILER"] must be' in caplog.text


def test_whoever_has_a_way_of_his_own_is_proven_by_his_bounces_and_nobody_else_is_asked(
    call: Call, clock: Clock, by_rows: None
) -> None:
    for name in ("acme", "fabrikam"):
        rows[name] = own(name, LOCMEM)
    bounced(silent(call, clock, acme="acme")["acme"], clock)
    Attempt.objects.update(provider="smtp")
    asked.clear()
    senders._heard.clear()
    assert judge_module._has_proven("smtp", "acme", clock.now())
    assert not judge_module._has_proven("smtp", "fabrikam", clock.now())
    assert asked == []
