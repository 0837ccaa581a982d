"""An admin of one tenant sees and does in the admin what is that tenant's, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_notify import api
from crm_notify.models import (
    Activity,
    Alert,
    Correction,
    Event,
    Incident,
    Notification,
    Receipt,
    Subscription,
    Suppression,
)
from crm_notify.steps.incident import note_incident
from tests.edges.admin.conftest import act, act_on_all, bounce, index, receipt_of, rows, said

pytestmark = pytest.mark.django_db

NAMES = ("north", "south", "")
#: Each list, without what it leaves out until somebody asks.
LISTS = {
    "activity": "",
    "alert": "?state=all",
    "correction": "?state=all",
    "event": "",
    "incident": "?state=all",
    "notification": "?outcome=all",
    "receipt": "",
    "subscription": "",
    "suppression": "?state=all",
}
ALL = (
    *(f"{verb}_{name}" for verb in ("view", "change") for name in (*LISTS, "installation")),
    "resend_elsewhere",
)


def only_north(user: Any) -> Any:
    """A host that lets Alice see all, and forgets the brackets for the others."""
    return None if user.username == "alice" else "north"


Row = dict[str, Any]


@pytest.fixture
def each(call: Callable[..., Activity], john: Any) -> dict[str, Row]:
    """For each tenant, and for none, a row of every model."""
    return {name: rows_of(name, call(tenant=name), john) for name in NAMES}


def rows_of(name: str, activity: Activity, john: Any) -> Row:
    receipt = receipt_of(tenant=name, state="failed", error=f"what {name} heard")
    row = bounce(activity.notifications.get(), tenant=name, receipt=receipt)
    note_incident(Incident.Kind.SENDER, subject="sparkpost", tenant=name)
    api.set_wanted(john, True, owned=True, tenant=name)
    correction = Correction.objects.create(
        tenant=name, notification=row, new="jon@example.com", proposed_at=timezone.now()
    )
    return {
        "activity": activity,
        "alert": Alert.objects.get(tenant=name),
        "correction": correction,
        "event": Event.objects.get(tenant=name),
        "incident": Incident.objects.get(tenant=name),
        "notification": row,
        "receipt": receipt,
        "subscription": Subscription.objects.get(tenant=name),
        "suppression": Suppression.objects.get(tenant=name),
    }


@pytest.fixture
def north(
    each: dict[str, Row], crm_notify_settings: Callable[..., None], staff: Callable[..., Client]
) -> Client:
    """Who may do everything, in one tenant."""
    crm_notify_settings(TENANTS_OF=f"{__name__}.only_north")
    return staff(*ALL)


@pytest.mark.parametrize("model", LISTS)
def test_lists_and_pages_are_of_his_tenants(
    model: str, each: dict[str, Row], north: Client, admin: Client
) -> None:
    page = index(model) + LISTS[model]
    assert rows(north.get(page)) == [each["north"][model].pk]
    assert sorted(rows(admin.get(page))) == sorted(each[name][model].pk for name in NAMES)
    for name in NAMES:
        pk = each[name][model].pk
        for suffix in ("change", "history"):
            answer = north.get(f"{index(model)}{pk}/{suffix}/")
            assert answer.status_code == (200 if name == "north" else 302)


def test_a_search_finds_nothing_of_anothers(each: dict[str, Row], north: Client) -> None:
    for name in NAMES:
        row = each[name]["notification"]
        found = rows(north.get(f"{index('notification')}?q=%23{row.pk}&outcome=all"))
        assert found == ([row.pk] if name == "north" else [])
    assert len(rows(north.get(f"{index('notification')}?q=john&outcome=all"))) == 1


ACTS = [
    ("notification", "resend", ""),
    ("notification", "correct", "jon@example.com"),
    ("notification", "resend_elsewhere", "jon@example.com"),
    ("notification", "told", "by telephone"),
    ("notification", "close", "gone"),
    ("alert", "acknowledge", ""),
    ("correction", "accept", ""),
    ("correction", "refuse", ""),
    ("incident", "close", "mended"),
    ("suppression", "lift", "mended"),
    ("receipt", "read_again", ""),
    ("receipt", "close", "spam"),
]


@pytest.mark.parametrize(("model", "name", "text"), ACTS)
def test_acts_are_of_his_tenants(
    model: str, name: str, text: str, each: dict[str, Row], north: Client
) -> None:
    for tenant in ("south", ""):
        assert act(north, each[tenant][model], name, text).status_code == 404
    assert act(north, each["north"][model], name, text).status_code == 200


@pytest.mark.parametrize(
    ("model", "name", "text"),
    [("notification", "close", "gone"), ("alert", "acknowledge", ""), ("receipt", "close", "x")],
)
def test_bulk_acts_are_of_his_tenants(
    model: str, name: str, text: str, each: dict[str, Row], north: Client
) -> None:
    answer = act_on_all(north, [each[tenant][model] for tenant in NAMES], name, text=text)
    assert any("done for 1 of 3" in line for line in said(answer))


def test_an_incident_is_closed_for_its_tenant_only(each: dict[str, Row], north: Client) -> None:
    act(north, each["north"]["incident"], "close", "mended")
    left = Incident.objects.filter(closed_at=None).values_list("tenant", flat=True)
    assert sorted(left) == ["", "south"]


def test_what_he_attaches_goes_to_his_tenants_mail(each: dict[str, Row], north: Client) -> None:
    receipt = each["north"]["receipt"]
    answer = act(north, receipt, "attach", str(each["south"]["notification"].pk))
    assert any("names no notification" in line for line in said(answer))
    answer = act(north, receipt, "attach", str(each["north"]["notification"].pk))
    assert any("Attached to notification" in line for line in said(answer))


def test_bytes_of_a_request_are_for_who_sees_all_that_it_says(
    each: dict[str, Row], north: Client, admin: Client
) -> None:
    bodies = {name: f"{index('receipt')}{each[name]['receipt'].pk}/body/" for name in NAMES}
    assert {name: north.get(body).status_code for name, body in bodies.items()} == {
        "north": 200,
        "south": 404,
        "": 404,
    }
    assert all(admin.get(body).status_code == 200 for body in bodies.values())


def test_a_request_that_he_may_not_see_is_not_linked(
    each: dict[str, Row], north: Client, admin: Client
) -> None:
    receipt = each["north"]["receipt"]
    pages = [
        f"{index(model)}{each['north'][model].pk}/change/" for model in ("event", "notification")
    ]
    link = f"{index('receipt')}{receipt.pk}/change/"
    assert [link in north.get(page).text for page in pages] == [True, True]
    Receipt.objects.filter(pk=receipt.pk).update(tenant="")
    assert [link in north.get(page).text for page in pages] == [False, False]
    assert [link in admin.get(page).text for page in pages] == [True, True]
    # Nor is one looked for where there is none.
    Event.objects.filter(tenant="north").update(receipt=None)
    assert [north.get(page).status_code for page in pages] == [200, 200]


def test_the_switches_and_a_replay_are_for_who_sees_all(
    each: dict[str, Row], north: Client, admin: Client
) -> None:
    api.hold_sending(by="Alice", reason="a test")
    for page in ("installation/", "installation/1/change/", "receipt/replay/"):
        assert north.get(f"/admin/crm_notify/{page}").status_code == 403
        assert admin.get(f"/admin/crm_notify/{page}", follow=True).status_code == 200
    assert "installation" not in north.get("/admin/").text
    assert "replay" not in north.get(index("receipt")).text
    assert "replay" in admin.get(index("receipt")).text
    assert act(north, api.installation(), "release").status_code == 404
    assert api.installation().held


def test_above_a_list_stands_what_is_his_to_know(
    each: dict[str, Row], north: Client, admin: Client
) -> None:
    api.hold_sending(by="Alice", reason="a test")

    def above(client: Client) -> list[str]:
        return [str(notice.text) for notice in client.get(index("event")).context["notices"]]

    assert above(north) == ["1 incident is open."]
    assert above(admin) == ["Sending is held by Alice: a test", "4 incidents are open."]


def test_what_a_user_sees_is_asked_once_a_request(
    north: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def ask(user: Any) -> list[str]:
        asked.append(user)
        return ["north"]

    monkeypatch.setattr(f"{__name__}.only_north", ask)
    assert north.get(index("notification")).status_code == 200
    assert len(asked) == 1


def test_without_tenants_a_list_costs_what_it_did(each: dict[str, Row], admin: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        admin.get(f"{index('notification')}?outcome=all")
    assert not any('"tenant" IN' in query["sql"] for query in queries)
    assert Notification.objects.count() == 3


def test_nobody_of_another_tenant_is_found_by_his_name(
    each: dict[str, Row], admin: Client, bob: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(TENANTS_OF="tests.steps.tenants.by_username")
    answer = act(admin, each["north"]["alert"], "hand_over", "john")
    assert "No active user is called “john”." in unescape(answer.content.decode())
    act(admin, each["north"]["alert"], "hand_over", "bob")
    assert Alert.objects.get(tenant="north", closed_at=None).person == bob
