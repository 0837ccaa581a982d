"""The pages of single rows: all that is known of each, harmless, to whoever may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.desk.desks import DESKS
from crm_notify.models import Activity, Correction, Event, Incident, Notification, Receipt
from crm_notify.rules.evidence import Kind
from crm_notify.steps.incident import note_incident
from tests.edges.admin.conftest import attempt_of, hear, parked, receipt_of
from tests.edges.staff.conftest import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def one_of_each(failed: Notification, john: Any, contoso: Any) -> list[Any]:
    """A row of every kind."""
    receipt = receipt_of(
        state="failed", error="<b>boom</b>", headers={"X-Odd": "<script>"}, read_at=timezone.now()
    )
    Event.objects.update(receipt=receipt)
    note_incident(Incident.Kind.SENDER, subject="sparkpost", sample="<i>no</i>\nno")
    api.installation()
    api.set_wanted(john, False, target=contoso)
    now = timezone.now()
    Correction.objects.create(notification=failed, old="a", new="b@c.example", proposed_at=now)
    return [desk.model._default_manager.order_by("-pk").first() for desk in DESKS]


def test_every_row_has_a_page_with_a_permission_of_its_own(
    staff: Callable[..., Client], one_of_each: list[Any]
) -> None:
    assert len(one_of_each) == 10
    for row in one_of_each:
        model = row._meta.model_name
        other = "receipt" if model != "receipt" else "incident"
        assert staff(f"view_{other}").get(page_of(row)).status_code == 403
        page = staff(f"view_{model}").get(page_of(row))
        assert page.status_code == 200
        assert page.context["acts"] == []
        for markup in ("<script", "<b>", "<i>"):
            assert markup not in page.content.decode(), model


def test_a_story_is_told_as_in_the_admin(admin: Client, failed: Notification) -> None:
    here = admin.get(page_of(failed))
    there = admin.get(f"/admin/crm_notify/notification/{failed.pk}/change/")
    told = [[line.entry for line in page.context["lines"]] for page in (here, there)]
    assert told[0] == told[1] != []
    assert "550 5.1.1 user unknown" in here.content.decode()
    links = [url for line in here.context["lines"] for url, _words in line.links]
    assert links == [page_of(failed.activity)]


@pytest.mark.parametrize("number", [1, 50])
def test_a_story_costs_the_same_however_long(
    number: int,
    staff: Callable[..., Client],
    failed: Notification,
    janet: Any,
    django_assert_num_queries: Any,
) -> None:
    for _ in range(number):
        hear(attempt_of(failed), Kind.OPENED)
        api.resend(failed, by=janet, address=failed.address)
    client = staff("view_notification")
    # The session, the user and his permissions (four), the row, the story (four), whether he is
    # warned himself, and the notices (two).
    with django_assert_num_queries(12):
        page = client.get(page_of(failed))
    assert len(page.context["story"].entries) > number


def test_raw_receipts_are_for_those_who_may_see_them(
    staff: Callable[..., Client], failed: Notification
) -> None:
    receipt = receipt_of()
    Event.objects.update(receipt=receipt)
    body = f"{page_of(receipt)}body/"
    both = staff("view_notification", "view_receipt")
    assert page_of(receipt).encode() in both.get(page_of(failed)).content
    only = staff("view_notification")
    assert page_of(receipt).encode() not in only.get(page_of(failed)).content
    assert only.get(body).status_code == 403
    answer = both.get(body)
    assert answer.content == b'{"a": "<script>alert(1)</script>"}'
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{receipt.pk}.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert body.encode() in both.get(page_of(receipt)).content


def test_what_came_of_a_receipt_leads_to_events_for_those_who_may_see_them(
    staff: Callable[..., Client], failed: Notification
) -> None:
    receipt = receipt_of(read_at=timezone.now(), new=1)
    Event.objects.update(receipt=receipt)
    (event,) = Event.objects.all()
    page = page_of(event).encode()
    assert page not in staff("view_receipt").get(page_of(receipt)).content
    assert page in staff("view_receipt", "view_event").get(page_of(receipt)).content


def test_a_parked_event_names_what_it_may_be_about(admin: Client, failed: Notification) -> None:
    event = parked(recipient="John@example.com")
    text = admin.get(page_of(event)).content.decode()
    assert page_of(failed) in text
    assert page_of(failed) not in admin.get(page_of(parked(recipient="x@y.z"))).content.decode()


def test_headers_and_what_is_empty_are_shown_too(admin: Client) -> None:
    receipt = receipt_of(headers={"User-Agent": "SparkPost"})
    facts = {
        str(label): str(value)
        for _title, shown in admin.get(page_of(receipt)).context["sections"]
        for label, value in shown
    }
    assert "SparkPost" in facts["Headers"]
    assert facts["Digest"] == "-"
    assert facts["Signature"] == "shared secret only"
    Receipt.objects.update(headers={})
    page = admin.get(page_of(receipt))
    assert ("Headers", "-") in page.context["sections"][-1][1]


def test_an_activity_names_whom_it_told(admin: Client, call: Callable[..., Activity]) -> None:
    activity = call()
    text = admin.get(page_of(activity)).content.decode()
    assert "They are ready to close today." in text
    assert page_of(activity.notifications.get()) in text
