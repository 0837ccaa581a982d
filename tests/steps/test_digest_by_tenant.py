"""A tenant's own digest: of his news only, in his name, and nothing of it goes to anybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.models import Activity, Alert, Incident, Installation
from crm_notify.steps import digest as module
from crm_notify.steps.digest import report
from crm_notify.steps.incident import note_incident
from tests.people import Clock
from tests.steps.failing import fail
from tests.support.tenants import LOCMEM, OF_ROWS, own, rows

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]
Change = Callable[..., None]

OURS = "alice@crm.example"
HIS = "admin@acme.example"
NOWHERE = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {"host": "127.0.0.1", "port": 9},
}


@pytest.fixture(params=["mapping", "function"], autouse=True)
def tenants(request: Any, crm_notify_settings: Change) -> None:
    """Acme has a digest of its own; Fabrikam only a sender."""
    rows.clear()
    rows.update(
        acme=own("acme", LOCMEM) | {"DIGEST_TO": [HIS]},
        fabrikam=own("fabrikam", LOCMEM),
    )
    given = OF_ROWS if request.param == "function" else dict(rows)
    crm_notify_settings(DIGEST_TO=[OURS], TENANT_SETTINGS=given)


def failed(call: Call, *tenants: str) -> None:
    """Nobody but the admins is there to act, for the system itself did it."""
    for tenant in tenants:
        fail(call(actor=None, tenant=tenant).notifications.get())


def sent() -> dict[str, Any]:
    """The digests that went out, by whom they went to; nobody has two."""
    found = {message.to[0]: message for message in mail.outbox}
    assert len(found) == len(mail.outbox)
    mail.outbox.clear()
    return found


def test_each_gets_his_own_news_and_the_installation_the_rest(call: Call, clock: Clock) -> None:
    failed(call, "acme", "acme", "fabrikam", "northwind", "")
    note_incident(Incident.Kind.SENDER, subject="mailjet", tenant="acme")
    note_incident(Incident.Kind.EMPTY, subject="mailjet")
    report(clock.now())
    digests = sent()
    assert set(digests) == {OURS, HIS}
    his, ours = digests[HIS], digests[OURS]
    assert his.subject == "Acme CRM: 2 messages that nobody acted on, 1 open incident"
    assert ours.subject == "Acme CRM: 3 messages that nobody acted on, 1 open incident"
    assert his.extra_headers["From"] == '"Acme CRM" <notify@acme.example>'
    assert his.from_email.endswith("@bounces.acme.example")
    assert "https://crm.acme.example/admin/" in his.body
    assert "https://crm.example/admin/" in ours.body
    assert "https://crm.acme.example/" not in ours.body
    assert his.extra_headers["Message-ID"] != ours.extra_headers["Message-ID"]
    assert "@bounces.acme.example>" in his.extra_headers["Message-ID"]
    assert not Alert.objects.filter(person=None, reported_at=None).exists()
    assert not Incident.objects.filter(reported_at=None).exists()


def test_at_most_one_an_hour_holds_for_all(call: Call, clock: Clock) -> None:
    failed(call, "acme")
    report(clock.now())
    assert set(sent()) == {HIS}
    failed(call, "acme", "northwind")
    clock.forward(minutes=59)
    report(clock.now())
    assert sent() == {}
    clock.forward(minutes=2)
    report(clock.now())
    assert set(sent()) == {HIS, OURS}


def test_open_incidents_of_a_tenant_are_named_in_his_only(clock: Clock, call: Call) -> None:
    """Named yesterday, they stand in the next digest, if it is the right one."""
    note_incident(Incident.Kind.EMPTY, subject="mailjet", tenant="acme")
    note_incident(Incident.Kind.EMPTY, subject="sendgrid")
    report(clock.now())
    assert set(sent()) == {HIS, OURS}
    clock.forward(hours=2)
    failed(call, "fabrikam")
    report(clock.now())
    (ours,) = sent().values()
    assert ours.subject.endswith("1 message that nobody acted on, 1 open incident")
    assert "sendgrid" in ours.body
    assert "mailjet" not in ours.body


def test_without_an_address_of_the_installations_a_tenant_still_gets_his(
    call: Call, clock: Clock, crm_notify_settings: Change
) -> None:
    crm_notify_settings(DIGEST_TO=[])
    failed(call, "acme", "northwind")
    report(clock.now())
    assert set(sent()) == {HIS}
    assert Alert.objects.get(reported_at=None).notification.activity.tenant == "northwind"


def test_what_is_wrong_with_a_tenants_mailer_is_told_to_the_installations_admins(
    call: Call, clock: Clock, crm_notify_settings: Change
) -> None:
    rows["acme"] = {"MAILER": "nosuch", "DIGEST_TO": [HIS]}
    crm_notify_settings(TENANT_SETTINGS=dict(rows))
    failed(call, "acme")
    note_incident(Incident.Kind.SENDER, subject="email", tenant="acme")
    report(clock.now())
    (ours,) = sent().values()
    assert ours.to == [OURS]
    assert ours.subject.endswith("1 message that nobody acted on, 1 open incident")


def test_a_digest_that_cannot_be_sent_is_his_incident_and_keeps_no_other(
    call: Call, clock: Clock, crm_notify_settings: Change
) -> None:
    rows["acme"] |= {"MAILER": NOWHERE}
    crm_notify_settings(TENANT_SETTINGS=dict(rows))
    failed(call, "acme", "northwind")
    report(clock.now())
    assert set(sent()) == {OURS}
    incident = Incident.objects.get(kind="digest")
    assert (incident.subject, incident.tenant) == (HIS, "acme")
    assert Alert.objects.get(reported_at=None).notification.activity.tenant == "acme"
    clock.forward(minutes=16)
    report(clock.now())
    incident.refresh_from_db()
    assert incident.count == 1
    rows["acme"] |= {"MAILER": LOCMEM}
    crm_notify_settings(TENANT_SETTINGS=dict(rows))
    clock.forward(minutes=45)
    report(clock.now())
    assert set(sent()) == {HIS}


def test_where_the_installations_mailer_is_wrong_a_tenant_still_gets_his(
    call: Call, clock: Clock, crm_notify_settings: Change
) -> None:
    failed(call, "acme", "northwind")
    crm_notify_settings(MAILER="nosuch")
    report(clock.now())
    assert set(sent()) == {HIS}
    incident = Incident.objects.get(kind="digest")
    assert (incident.subject, incident.tenant) == (OURS, "")
    assert 'CRM_NOTIFY["MAILER"] must be' in incident.sample


def test_nobody_begins_the_same_while_a_digest_takes_its_time(
    call: Call, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed(call, "acme", "northwind")
    spoken: list[str] = []

    def slowly(digest: Any, audience: module.Audience) -> bool:
        spoken.append(audience.tenant)
        due = Installation.objects.get().digest_due_at
        assert due is not None
        assert due >= clock.now() + module.LEASE - module.timedelta(seconds=5)
        clock.forward(minutes=4)
        report(clock.now())
        return True

    monkeypatch.setattr(module, "_send", slowly)
    report(clock.now())
    assert spoken == ["", "acme"]


def test_a_tenants_name_changes_nothing_for_those_without_news(clock: Clock) -> None:
    report(clock.now())
    assert sent() == {}
    assert Installation.objects.first() is None


def test_looking_for_news_costs_the_same_for_one_tenant_and_for_ten(
    call: Call, clock: Clock, crm_notify_settings: Change
) -> None:
    names = [f"t{number}" for number in range(10)]
    crm_notify_settings(
        DIGEST_TO=[OURS], TENANT_SETTINGS={name: {"DIGEST_TO": [HIS]} for name in names}
    )
    api.installation()
    costs = []
    for tenants in (names[:1], names):
        failed(call, *tenants)
        # Whoever comes too early looks only.
        Installation.objects.update(digest_due_at=clock.now() + module.LEASE)
        with CaptureQueriesContext(connection) as queries:
            report(clock.now())
        costs.append(len(queries))
    assert costs == [5, 5]


def test_one_that_raises_stops_no_other(
    call: Call, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failed(call, "acme", "northwind")
    send = module._send

    def ours_raises(digest: Any, audience: module.Audience) -> bool:
        if not audience.tenant:
            raise RuntimeError("a page of the host's")
        return send(digest, audience)

    monkeypatch.setattr(module, "_send", ours_raises)
    with pytest.raises(RuntimeError, match="a page of the host's"):
        report(clock.now())
    assert set(sent()) == {HIS}
    assert "the digest of tenant '' failed" in caplog.text
    assert Alert.objects.get(reported_at=None).notification.activity.tenant == "northwind"
    monkeypatch.undo()
    clock_due = Installation.objects.get().digest_due_at
    assert clock_due is not None
    report(clock_due)
    assert set(sent()) == {OURS}
