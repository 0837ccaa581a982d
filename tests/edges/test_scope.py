"""Whatever works over all tenants says so first, and says for whom where the host's code runs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client

from crm_notify import api
from crm_notify.exceptions import SettingsError
from crm_notify.management import lmtp
from crm_notify.models import Activity, Alert, Notification
from crm_notify.receivers import keep_inbound, keep_tracking
from crm_notify.scope import over_all_tenants, scope
from crm_notify.signals import alert_closed, alert_opened, notification_failed
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.replay import Window, rehearse, replay
from crm_notify.steps.sweep import sweep
from crm_notify.tasks import deliver as deliver_task
from tests.edges import scopes
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Change = Callable[..., None]
Call = Callable[..., Activity]
MAIL = b"From: <>\r\nTo: %s\r\nSubject: Undelivered\r\n\r\nNo such user.\r\n"


@pytest.fixture
def within(crm_notify_settings: Change) -> Iterator[list[tuple[str | None, int]]]:
    """Every query is made within a scope, or the test fails; the value is what was entered."""
    crm_notify_settings(TENANT_SCOPE="tests.edges.scopes.remembered")
    scopes.entered.clear()
    with connection.execute_wrapper(scopes.only_within):
        yield scopes.entered
    assert scopes.now() == []


@pytest.fixture
def sent(call: Call) -> Notification:
    """One mail of the tenant north, on its way."""
    row = call(tenant="north").notifications.get()
    deliver()
    return row


def test_without_a_scope_of_the_hosts_nothing_is_entered() -> None:
    with scope(None) as nothing, scope("north"):
        assert nothing is None
    assert over_all_tenants(len)("four") == 4


def test_the_worker_works_for_all_and_writes_for_one(
    call: Call, within: list[tuple[str | None, int]]
) -> None:
    with scopes.remembered("host"):
        call(tenant="north")
        call(tenant="south")
        call()
    within.clear()
    assert deliver() == 3
    # One tenant's after another, so that each mailer is called in one go.
    assert [tenant for tenant, depth in within if depth] == ["", "north", "south"]
    assert {tenant for tenant, depth in within if not depth} == {None}


def test_a_record_is_written_for_its_tenant(
    call: Call, within: list[tuple[str | None, int]], crm_notify_settings: Change
) -> None:
    with scopes.remembered("host"):
        within.clear()
        call(tenant="north")
        assert within == [("north", 1)]
        within.clear()
        call()
        assert within == []
        crm_notify_settings(TENANT="nowhere.tenant")
        call()
        assert {tenant for tenant, _ in within} == {None}


def test_what_comes_in_is_kept_and_read_for_all(
    sent: Notification, post: Callable[..., Any], within: list[tuple[str | None, int]]
) -> None:
    with scopes.remembered("test"):
        token = token_of(sent)
    within.clear()
    assert post([sparkpost(token, "bounce", **UNKNOWN_USER)]).status_code == 200
    assert interpret() == 1
    assert {tenant for tenant, depth in within if not depth} == {None}
    assert len(list(rehearse(Window()))) == len(list(replay(Window()))) == 1


def test_a_wrong_secret_is_told_for_all(
    client: Client, within: list[tuple[str | None, int]]
) -> None:
    for _ in range(2):
        answer = client.post(
            "/notify/webhooks/sparkpost/tracking/", headers={"Authorization": "Basic eDp5"}
        )
        assert answer.status_code == 401
    assert {tenant for tenant, _ in within} <= {None}


def test_what_the_hosts_functions_are_asked_is_asked_in_the_tenant(
    sent: Notification,
    post: Callable[..., Any],
    within: list[tuple[str | None, int]],
    crm_notify_settings: Change,
    clock: Clock,
) -> None:
    crm_notify_settings(
        BACKUP=f"{__name__}.asked",
        ABSENT=f"{__name__}.asked",
        CHANNELS={"sms": {"CLASS": f"{__name__}.Gateway"}},
        ADDRESSES=f"{__name__}.ways",
        LADDER=[{"act": "actor"}, {"act": "fallback"}, {"act": "admins"}],
    )
    heard: list[tuple[str | None, str]] = []

    def hear(sender: Any, **news: Any) -> None:
        heard.append((scopes.now()[-1], sender.__name__))

    with scopes.remembered("test"):
        token = token_of(sent)
    for signal in (alert_opened, alert_closed, notification_failed):
        signal.connect(hear)
    asked_in.clear()
    try:
        post([sparkpost(token, "bounce", **UNKNOWN_USER)])
        interpret()
        deliver()
        clock.forward(hours=2)
        sweep()
    finally:
        for signal in (alert_opened, alert_closed, notification_failed):
            signal.disconnect(hear)
    assert set(asked_in) == {"north"}
    assert {tenant for tenant, _ in heard} == {"north"}
    assert {"Alert", "Notification"} <= {name for _, name in heard}


#: In which tenant the host's functions were asked.
asked_in: list[str | None] = []


def asked(user: Any) -> None:
    asked_in.append(scopes.now()[-1])


def ways(user: Any) -> list[tuple[str, str]]:
    asked(user)
    return [("sms", "1")]


class Gateway:
    """It reads the host's rows too."""

    def send(self, to: str, text: str, notification: Any) -> None:
        asked(notification.recipient)


def test_a_corrected_address_is_written_in_its_tenant(
    sent: Notification, alice: Any, crm_notify_settings: Change
) -> None:
    crm_notify_settings(
        TENANT_SCOPE="tests.edges.scopes.remembered",
        ADDRESS_CORRECTED=f"{__name__}.corrected",
        CONTACTS=f"{__name__}.contacts",
    )
    asked_in.clear()
    api.suggest(sent)
    api.correct(sent, by=alice, address="jon@example.com")
    assert asked_in == ["north", "north"]


def corrected(user: Any, address: str) -> None:
    asked(user)


def contacts(user: Any) -> list[str]:
    asked(user)
    return []


def test_the_links_of_a_mail_say_whose_they_are(
    sent: Notification, client: Client, within: list[tuple[str | None, int]], john: Any
) -> None:
    header = mail.outbox[-1].extra_headers["List-Unsubscribe"]
    assert client.post(header.strip("<>").removeprefix("https://crm.example")).status_code == 200
    (link,) = [word for word in str(mail.outbox[-1].body).split() if "/notify/open/" in word]
    assert client.get(link.removeprefix("https://crm.example")).status_code == 302
    assert {tenant for tenant, _ in within} == {None}
    with scopes.remembered("host"):
        client.force_login(john)
        within.clear()
        client.get(link.removeprefix("https://crm.example"))
    # The last one is for those who listen.
    assert [tenant for tenant, _ in within] == [None, "north", "north"]
    with scopes.remembered("test"):
        assert api.wants(john) is False


def test_the_mail_servers_commands_keep_for_all(
    sent: Notification,
    within: list[tuple[str | None, int]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with scopes.remembered("test"):
        to = f"{token_of(sent)}@bounces.crm.example"
    raw = MAIL % to.encode()
    stdin = io.TextIOWrapper(io.BytesIO(raw))
    monkeypatch.setattr("sys.stdin", stdin)
    call_command("crm_notify_receive", recipient=to)
    assert lmtp._fresh(lambda: scopes.now() == [None])
    (tmp_path / "mail.eml").write_bytes(raw.replace(b"No such", b"Still no such"))
    out = io.StringIO()
    call_command("crm_notify_import", "mails", str(tmp_path), stdout=out)
    call_command("crm_notify_replay", stdout=out, stderr=io.StringIO())
    call_command("crm_notify_intake", stdout=out)
    assert "The intake is open" in out.getvalue()


def test_anymails_signals_are_kept_for_all(
    within: list[tuple[str | None, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[list[str | None]] = []
    for name in ("posted_tracking", "posted_inbound"):
        monkeypatch.setattr(f"crm_notify.receivers.mail.{name}", lambda *given: given)
    monkeypatch.setattr("crm_notify.receivers.mail.is_ours", lambda event: False)
    monkeypatch.setattr(
        "crm_notify.receivers.mail.receive", lambda posted: kept.append([*scopes.now()])
    )
    for keep in (keep_tracking, keep_inbound):
        keep(sender=Client, event=None, esp_name="SparkPost")
    assert kept == [[None], [None]]


def test_a_task_and_the_worker_enter_it_by_themselves(
    call: Call, within: list[tuple[str | None, int]]
) -> None:
    with scopes.remembered("host"):
        call(tenant="north")
    deliver_task()
    call_command("crm_notify_worker", once=True, stdout=io.StringIO())


def test_a_broken_channel_is_told_for_all(
    call: Call, within: list[tuple[str | None, int]], crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "nowhere.Gateway"}})
    deliver()
    assert {tenant for tenant, _ in within} == {None}


def test_what_is_no_context_manager_says_what_to_type(crm_notify_settings: Change) -> None:
    crm_notify_settings(TENANT_SCOPE="tests.edges.scopes.generator")
    with pytest.raises(SettingsError, match=r"@contextlib\.contextmanager"):
        scope("north")


def test_where_a_tenant_cannot_be_entered_its_mail_fails_aloud_and_listeners_go_on(
    sent: Notification, call: Call, janet: Any, crm_notify_settings: Change, caplog: Any
) -> None:
    heard: list[Any] = []

    def hear(sender: Any, alert: Alert, **news: Any) -> None:
        heard.append(alert)

    row = call(tenant="south").notifications.get()
    crm_notify_settings(TENANT_SCOPE=f"{__name__}.all_but_tenants")
    alert_opened.connect(hear)
    try:
        deliver()
    finally:
        alert_opened.disconnect(hear)
    row.refresh_from_db()
    assert (row.outcome, row.blame) == ("failed", "sender")
    assert api.open_alerts(janet).get().notification == row
    assert not heard
    assert "could not enter the tenant" in caplog.text


def all_but_tenants(tenant: str | None) -> Any:
    return scopes.broken(tenant) if tenant else scopes.remembered(tenant)


def test_a_page_of_the_host_is_in_no_scope_of_ours(
    sent: Notification, crm_notify_settings: Change, janet: Any
) -> None:
    crm_notify_settings(TENANT_SCOPE="tests.edges.scopes.remembered")
    scopes.entered.clear()
    client = Client()
    client.force_login(janet)
    assert client.get("/notify/alerts/").status_code == 200
    assert scopes.entered == []
