"""Two tenants whose Johns have the same address, and the loop for both, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client

from crm_notify import api
from crm_notify.models import Alert, Event, Notification, Receipt, Suppression
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of

NAMES = ("alpha", "beta")
ADDRESS = "john@example.com"
#: What his right address is, as each tenant's records have it.
NEAR = {"alpha": "joha@example.com", "beta": "johb@example.com"}
#: What the host's functions saw of its own table, in the order in which they were asked.
seen: list[tuple[str, list[str]]] = []


def look(who: str) -> list[Customer]:
    """The customers that a function of the host sees now."""
    found = list(Customer.objects.select_related("owner").order_by("name"))
    seen.append((who, [customer.name for customer in found]))
    return found


def owners(activity: Any, target: Any) -> list[Any]:
    """The host's resolver."""
    return [customer.owner for customer in look("RESOLVER")]


def language(user: Any) -> str:
    look("LANGUAGE")
    return "en"


def backup(user: Any) -> Any:
    """Whoever leads the team that looks after the only customer there is."""
    (customer,) = look("BACKUP")
    return person("backup", customer.name.partition(":")[0])


def contacts(user: Any) -> list[str]:
    return [NEAR[customer.name.partition(":")[0]] for customer in look("CONTACTS")]


def person(name: str, tenant: str) -> Any:
    return get_user_model().objects.get(username=f"{name}-{tenant}")


SETTINGS = {
    "RESOLVER": f"{__name__}.owners",
    "LANGUAGE": f"{__name__}.language",
    "BACKUP": f"{__name__}.backup",
    "CONTACTS": f"{__name__}.contacts",
    "ADDRESS_CORRECTED": "",
}


def people() -> None:
    """In each tenant Janet, who acts, John, a backup and an admin; Alice is of all."""
    allowed = Permission.objects.filter(content_type__app_label="crm_notify").exclude(
        codename__startswith="delete_"
    )
    users = get_user_model().objects
    for tenant in NAMES:
        group = Group.objects.create(name=tenant)
        for name in ("janet", "john", "backup", "admin"):
            address = ADDRESS if name == "john" else f"{name}@{tenant}.example"
            user = users.create_user(
                f"{name}-{tenant}",
                address,
                first_name=name.capitalize(),
                last_name=tenant.capitalize(),
                is_staff=name == "admin",
            )
            user.groups.add(group)
            if name == "admin":
                user.user_permissions.set(allowed)
    users.create_superuser("alice", "alice@crm.example")


class TwoTenants:
    """The steps; each says what must be true after it."""

    def __init__(self, host: ModuleType, clock: Clock, post: Callable[..., Any]) -> None:
        self.host, self.clock, self.post = host, clock, post
        seen.clear()

    def play(self) -> None:
        self.record()
        self.send()
        self.bounce()
        self.escalate()
        self.look()
        self.mend()
        self.tell()

    def tables(self, *models: Any) -> dict[str, list[int]]:
        """How many rows of each of these models each tenant sees."""
        found = {}
        for tenant in NAMES:
            with self.host.tenant_scope(tenant):
                found[tenant] = [model.objects.count() for model in models]
        return found

    def both(self, number: int, *models: Any) -> None:
        assert self.tables(*models) == {name: [number] * len(models) for name in NAMES}

    def record(self) -> None:
        """In each tenant's own request, and then in a job that works for all."""
        for tenant in NAMES:
            with self.host.tenant_scope(tenant):
                customer = Customer.objects.create(
                    name=f"{tenant}: Contoso", owner=person("john", tenant)
                )
                # The second one is of the same name, and of another tenant.
                self.act(tenant, customer, key="call 1")
        assert seen == [("RESOLVER", [f"{tenant}: Contoso"]) for tenant in NAMES]
        self.both(1, Notification)

    def act(self, whose: str, customer: Customer, **given: Any) -> Any:
        return api.record_activity(
            actor=person("janet", whose),
            verb="logged a call",
            target=customer,
            text=f"A secret of {whose}.",
            **given,
        )

    def send(self) -> None:
        seen.clear()
        assert deliver() == 2
        assert seen == [("LANGUAGE", [f"{tenant}: Contoso"]) for tenant in NAMES]
        for letter, tenant in zip(mail.outbox, NAMES, strict=True):
            (other,) = {*NAMES} - {tenant}
            assert tenant in letter.body
            assert other not in str(letter.message())

    def sent(self) -> dict[str, Notification]:
        """The latest mail of each tenant."""
        found = {}
        for tenant in NAMES:
            with self.host.tenant_scope(tenant):
                found[tenant] = Notification.objects.latest("pk")
        return found

    def token(self, tenant: str, row: Notification) -> str:
        with self.host.tenant_scope(tenant):
            return token_of(row)

    def bounce(self) -> None:
        """One request of the provider tells of both."""
        events = [
            sparkpost(self.token(tenant, row), "bounce", **UNKNOWN_USER)
            for tenant, row in self.sent().items()
        ]
        assert self.post(events).status_code == 200
        self.both(0, Receipt)
        seen.clear()
        assert interpret() == 1
        # Janet is warned; her backup is asked for only in her own tenant.
        assert seen == [("BACKUP", [f"{tenant}: Contoso"]) for tenant in NAMES]
        self.both(1, Event, Alert, Suppression)
        self.both(0, Receipt)

    def escalate(self) -> None:
        for hours, warned in ((1, ["backup", "janet"]), (5, [None, "backup", "janet"])):
            self.clock.forward(hours=hours)
            sweep()
            for tenant in NAMES:
                with self.host.tenant_scope(tenant):
                    alerts = Alert.objects.filter(closed_at=None).select_related("person")
                    named = [alert.person and alert.person.username for alert in alerts]
                expected = [name and f"{name}-{tenant}" for name in warned]
                assert sorted(named, key=str) == sorted(expected, key=str)

    def look(self) -> None:
        """On nobody's pages stands what is the other tenant's; Alice sees both."""
        for tenant in NAMES:
            (other,) = {*NAMES} - {tenant}
            page = browser(person("janet", tenant)).get("/notify/alerts/").text
            assert f"{tenant}: Contoso" in page
            assert NEAR[tenant] in page
            assert not {other, NEAR[other]} & set(re.findall(r"[\w@.]+", page.lower()))
            admin = browser(person("admin", tenant))
            for model in ("activity", "alert", "event", "incident", "notification", "suppression"):
                answer = admin.get(f"/admin/crm_notify/{model}/")
                assert answer.status_code == 200
                assert other not in answer.text.lower()
            assert f"{tenant}: Contoso" in admin.get("/admin/crm_notify/notification/").text
        alice = get_user_model().objects.get(username="alice")
        page = browser(alice).get("/admin/crm_notify/notification/").text
        assert all(f"{tenant}: Contoso" in page for tenant in NAMES)
        # She works over all, but what is suggested for alpha's John comes from alpha's records.
        row = self.sent()["alpha"]
        page = browser(alice).get(f"/admin/crm_notify/notification/{row.pk}/change/").text
        assert [near in page for near in NEAR.values()] == [True, False]

    def mend(self) -> None:
        """Alpha's admin corrects alpha's; beta's mail is not his to send."""
        failed = self.sent()
        seen.clear()
        admin = browser(person("admin", "alpha"))
        for tenant, row in failed.items():
            admin.post(
                f"/admin/crm_notify/notification/{row.pk}/act/correct/",
                {"text": NEAR[tenant]},
            )
        assert self.tables(Notification) == {"alpha": [2], "beta": [1]}
        assert deliver() == 1
        assert NEAR["alpha"] in str(mail.outbox[-1].to)
        with self.host.tenant_scope("beta"):
            assert Suppression.objects.filter(lifted_at=None).exists()
        answer = Client().post(_link(mail.outbox[1].extra_headers["List-Unsubscribe"]))
        assert answer.status_code == 200
        for tenant, wanted in (("alpha", None), ("beta", False)):
            with self.host.tenant_scope(tenant):
                assert api.wants(person("john", tenant)) is wanted

    def tell(self) -> None:
        """Alpha's John is told; beta's opens the link in the CRM himself."""
        row = self.sent()["alpha"]
        told = sparkpost(self.token("alpha", row), "delivery", recipient=row.address)
        assert self.post([told]).status_code == 200
        assert interpret() == 1
        assert self.tables(Receipt) == {"alpha": [1], "beta": [0]}
        (link,) = [word for word in str(mail.outbox[1].body).split() if "/notify/open/" in word]
        for visitor in (Client(), browser(person("john", "beta"))):
            assert visitor.get(_link(link)).status_code == 302
        for tenant in NAMES:
            with self.host.tenant_scope(tenant):
                assert not Alert.objects.filter(closed_at=None).exists()
                assert Notification.objects.latest("pk").outcome == "told"


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _link(header: str) -> str:
    return header.strip("<>").removeprefix("https://crm.example")
