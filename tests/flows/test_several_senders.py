"""One installation, several senders: each tenant's mail by his own mailer and in his name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_notify import api, senders
from crm_notify.channels.email import line
from crm_notify.management.return_path import is_ours, keep
from crm_notify.models import Activity, Attempt
from crm_notify.steps import deliver as deliver_module
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from project.provider import Provider
from tests.channels.email.arrived import Mailbox, mailboxes
from tests.play.news import NOTICE
from tests.posts import token_of
from tests.support.mail_server import MailServer, Received
from tests.support.tenants import LOCMEM, OF_ROWS, asked, by_smtp, own, rows

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]
Change = Callable[..., None]


@pytest.fixture
def servers() -> Iterator[Callable[[], MailServer]]:
    """As many mail servers on loopback as are wanted."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(MailServer())


@pytest.fixture
def acme(servers: Callable[[], MailServer]) -> MailServer:
    return servers()


@pytest.fixture
def fabrikam(servers: Callable[[], MailServer]) -> MailServer:
    return servers()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(speed=200.0) as provider:
        yield provider


def only(received: list[Received]) -> tuple[tuple[Mailbox, ...], str, str]:
    """From, the domain of the envelope, and the text of the one mail."""
    (one,) = received
    text = one.message.get_body(("plain",))
    assert text is not None
    return (
        mailboxes(one.message["From"]),
        one.mail_from.partition("@")[2],
        text.get_content(),
    )


def test_each_tenant_writes_in_his_own_name(
    acme: MailServer,
    fabrikam: MailServer,
    call: Call,
    crm_notify_settings: Change,
) -> None:
    crm_notify_settings(
        MAILER=by_smtp(fabrikam),
        TENANT_SETTINGS={"acme": own("acme", by_smtp(acme)) | {"PRODUCT_NAME": "Acme Desk"}},
    )
    call(tenant="acme", url="/customers/1/")
    call(tenant="northwind", url="/customers/1/")
    assert deliver() == 2

    sender, envelope, text = only(acme.received)
    assert sender == (Mailbox(name="Janet Smith via Acme Desk", address="notify@acme.example"),)
    assert envelope == "bounces.acme.example"
    assert "https://crm.acme.example/notify/open/" in text
    assert "https://crm.acme.example" in acme.received[0].message["List-Unsubscribe"]
    assert "@bounces.acme.example>" in acme.received[0].message["Message-ID"]

    sender, envelope, text = only(fabrikam.received)
    assert sender == (Mailbox(name="Janet Smith", address="janet@crm.example"),)
    assert envelope == "bounces.crm.example"
    assert "https://crm.example/notify/open/" in text
    assert "acme" not in fabrikam.received[0].raw.decode().lower().replace("acme crm", "")


def test_mails_of_several_mailers_alternate_over_one_connection_each(
    acme: MailServer,
    fabrikam: MailServer,
    provider: Provider,
    call: Call,
    john: Any,
    crm_notify_settings: Change,
) -> None:
    """Two by SMTP and one by a provider's API, mixed in every batch and across batches."""
    options = {"api_key": "a key", "api_url": provider.api_url}
    spark = {"BACKEND": "anymail.backends.sparkpost.EmailBackend", "OPTIONS": options}
    crm_notify_settings(
        BATCH_SIZE=6,
        TENANT_SETTINGS={
            "acme": own("acme", by_smtp(acme)),
            "fabrikam": own("fabrikam", by_smtp(fabrikam)),
            "northwind": own("northwind", spark),
        },
    )
    for _ in range(4):
        for tenant in ("acme", "fabrikam", "northwind"):
            call(tenant=tenant, url="/customers/1/")
    assert deliver() == 12

    assert [len(acme.received), len(fabrikam.received), len(provider.letters)] == [4, 4, 4]
    assert [acme.connections, fabrikam.connections] == [1, 1]
    used = Attempt.objects.values_list("notification__activity__tenant", "provider", "result")
    assert set(used) == {
        ("acme", "smtp", "accepted"),
        ("fabrikam", "smtp", "accepted"),
        ("northwind", "sparkpost", "accepted"),
    }
    paths = {letter.message.return_path.partition("@")[2] for letter in provider.letters}
    assert paths == {"bounces.northwind.example"}


def test_a_thread_keeps_no_more_connections_than_it_may(
    acme: MailServer,
    fabrikam: MailServer,
    call: Call,
    crm_notify_settings: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line, "MOST", 1)
    crm_notify_settings(
        TENANT_SETTINGS={
            "acme": own("acme", by_smtp(acme)),
            "fabrikam": own("fabrikam", by_smtp(fabrikam)),
        }
    )
    for tenant in ("acme", "fabrikam", "acme", "fabrikam"):
        call(tenant=tenant)
    assert deliver() == 4
    # Within a batch one tenant's go after another's.
    assert [acme.connections, fabrikam.connections] == [1, 1]


def test_a_bounce_to_any_tenants_domain_comes_home(
    acme: MailServer, call: Call, janet: Any, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": own("acme", by_smtp(acme))})
    notification = call(tenant="acme").notifications.get()
    deliver()
    address = acme.received[0].mail_from
    assert address == f"{token_of(notification)}@bounces.acme.example"
    assert is_ours(address)
    notice = NOTICE.format(id=1, to="john@example.com", action="failed", status="5.1.1")
    keep(notice.replace("\n", "\r\n").encode(), recipient=address, sender="")
    interpret()
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    assert api.open_alerts(janet).count() == 1


def test_the_pages_behind_the_links_are_the_tenants_too(
    call: Call, john: Any, alice: Any, client: Client, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANT_SETTINGS={"acme": own("acme", LOCMEM)})
    record = "https://crm.acme.example/customers/1/"
    notification = call(tenant="acme", url=record).notifications.get()
    deliver()
    client.force_login(john)
    sent = links()
    assert client.get(sent["open"])["Location"] == record
    assert "Acme CRM" in client.get(sent["unsubscribe"]).content.decode()
    client.force_login(alice)
    story = client.get(f"/admin/crm_notify/notification/{notification.pk}/change/")
    assert f"{token_of(notification)}@bounces.acme.example" in story.content.decode()


def links() -> dict[str, str]:
    """The paths of the links in the mail that was sent last, by what they are for."""
    message: Any = mail.outbox[-1]
    unsubscribe = str(message.extra_headers["List-Unsubscribe"]).strip("<>")
    opened = next(word for word in str(message.body).split() if "/notify/open/" in word)
    return {
        "open": opened.removeprefix("https://crm.acme.example"),
        "unsubscribe": unsubscribe.removeprefix("https://crm.acme.example"),
    }


@pytest.mark.parametrize("by_function", [False, True])
def test_a_batch_of_ten_tenants_costs_what_one_tenants_costs(
    call: Call,
    servers: Callable[[], MailServer],
    crm_notify_settings: Change,
    monkeypatch: pytest.MonkeyPatch,
    by_function: bool,
) -> None:
    # On a busy machine a batch would be slow enough to be settled in parts.
    monkeypatch.setattr(deliver_module, "SETTLE_EVERY", 3600.0)
    monkeypatch.setattr(senders, "FRESH_FOR", 3600.0)
    model = get_user_model()
    users = model.objects.bulk_create(
        [model(username=f"user{i}", email=f"user{i}@example.com") for i in range(10)]
    )
    rows.clear()
    asked.clear()
    rows.update({f"t{i}": own(f"t{i}", by_smtp(servers())) for i in range(10)})
    crm_notify_settings(TENANT_SETTINGS=OF_ROWS if by_function else dict(rows))
    api.installation()
    costs = []
    for tenants in (1, 10, 1):
        for place, user in enumerate(users):
            call(tenant=f"t{place % tenants}", recipients=[user])
        with CaptureQueriesContext(connection) as queries:
            assert deliver() == 10
        costs.append(len(queries))
    if by_function:
        # With tenants who were not asked about lately what is due is looked at once more.
        assert costs == [42, 42, 39]
        assert sorted(asked) == sorted(rows)
    else:
        assert costs == [39, 39, 39]
