"""Who sees what: every row that an admin reads comes through one function, on both fronts."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.desk import came_of, candidates, desk, notices, search
from crm_notify.desk.desks import DESKS
from crm_notify.desk.story import read
from crm_notify.models import Event, Incident, Notification
from crm_notify.steps.allow import has
from crm_notify.steps.incident import note_incident
from tests.edges.admin.conftest import index, log, parked, receipt_of
from tests.edges.staff.conftest import act, list_of, many, page_of, rows, said

pytestmark = pytest.mark.django_db

#: Everywhere that rows are read.
READERS = (desk, search, read, notices, came_of, candidates)


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Nobody sees any row of these models any more."""

    def close(*models: Any) -> None:
        def none_of_them(found: Any, user: Any) -> Any:
            assert user.get_username() == "alice"
            return found.none() if not models or found.model in models else found

        for reader in READERS:
            monkeypatch.setattr(reader, "visible", none_of_them)

    return close


def test_what_cannot_be_seen_is_not_there(
    admin: Client, failed: Notification, blind: Callable[..., None]
) -> None:
    receipt = receipt_of(state="failed")
    blind()
    for one in DESKS:
        if one.only is None:
            assert rows(admin.get(list_of(one.model._meta.model_name))) == []
    assert list(admin.get(index("notification")).context["cl"].result_list) == []
    assert admin.get(page_of(failed)).status_code == 404
    assert act(admin, failed, "resend").status_code == 404
    assert admin.get(f"{page_of(receipt)}body/").status_code == 404
    assert admin.get(f"{index('receipt')}{receipt.pk}/body/").status_code == 404
    assert said(many(admin, [failed], "close")) == ["Nothing of this can be done to them."]
    assert log() == []


def test_what_cannot_be_seen_is_neither_counted_nor_proposed_nor_attached_to(
    admin: Client, failed: Notification, blind: Callable[..., None]
) -> None:
    note_incident(Incident.Kind.SENDER, subject="sparkpost")
    receipt, event = receipt_of(state="failed"), parked(recipient=failed.address)
    Event.objects.filter(pk=event.pk).update(receipt=receipt)
    assert "1 incident is open." in admin.get(list_of("notification")).content.decode()
    for row, leads_to in ((event, failed), (receipt, event)):
        assert page_of(leads_to) in admin.get(page_of(row)).content.decode()
    blind(Notification, Incident)
    assert "1 incident is open." not in admin.get(list_of("event")).content.decode()
    assert page_of(failed) not in admin.get(page_of(event)).content.decode()
    assert act(admin, event, "attach", f"#{failed.pk}").context["refused"].why == (
        f"“#{failed.pk}” names no notification."
    )
    blind(Event)
    assert page_of(event) not in admin.get(page_of(receipt)).content.decode()


def test_a_story_has_no_more_than_may_be_seen(
    admin: Client, failed: Notification, janet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = api.resend(failed, by=janet)
    monkeypatch.setattr(read, "visible", lambda found, user: found.exclude(pk=again.pk))
    page = admin.get(page_of(failed))
    assert [one.pk for one, _url in page.context["chain"]] == [failed.pk]


@pytest.mark.parametrize(
    ("flags", "may"),
    [
        ({"is_superuser": True, "is_staff": False}, True),
        ({"is_superuser": False, "is_staff": True}, False),
        ({"is_staff": True}, True),
        ({"is_staff": False}, False),
        ({}, False),
        ({"is_superuser": True, "is_active": False}, False),
        ({"is_superuser": True, "pk": None}, False),
        ({"has_perm": lambda name: name == "crm_notify.view_receipt"}, True),
        ({"has_perm": lambda name: False, "is_superuser": True}, False),
    ],
)
def test_a_user_model_may_know_no_permissions(flags: dict[str, Any], may: bool) -> None:
    user = SimpleNamespace(**{"pk": 1, "is_active": True, **flags})
    assert has(user, "view_receipt") is may


def test_the_page_of_the_warnings_leads_on_whoever_may_see_more(
    staff: Callable[..., Client], failed: Notification, janet: Any, admin: Client
) -> None:
    words = "Who was told, and who was not"
    page = staff().get("/notify/alerts/").content.decode()
    assert words not in page
    assert f'<a href="{index("notification")}">{words}</a>' in (
        admin.get("/notify/alerts/").content.decode()
    )
    # Django's admin would not let her in.
    janet.is_superuser = True
    janet.save()
    client = Client()
    client.force_login(janet)
    assert f'<a href="{list_of("notification")}">{words}</a>' in (
        client.get("/notify/alerts/").content.decode()
    )
