"""The page of a notification: its whole story, in order of time, at the same cost however long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.text import capfirst

from crm_notify import api
from crm_notify.admin.story import read, story_of
from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Alert, Attempt, Event, Notification, Receipt
from crm_notify.rules.evidence import Kind
from crm_notify.rules.token import Purpose
from crm_notify.steps.settle import settle
from tests.edges.admin.conftest import attempt_of, bounce, hear, page_of
from tests.people import Clock

pytestmark = pytest.mark.django_db

SCRIPT = "550 <script>alert(1)</script><img src=x onerror=alert(2)> & \"'"


def titles(notification: Notification) -> list[str]:
    return [str(entry.title) for entry in story_of(notification, user=None).entries]


@pytest.fixture
def receipt(db: None) -> Receipt:
    return Receipt.objects.create(
        provider="sparkpost", via="tracking", body=b"[]", state="read", received_at=timezone.now()
    )


def test_the_story_is_told_in_order_of_time_over_the_whole_chain(
    notification: Notification, janet: Any, alice: Any, clock: Clock
) -> None:
    attempt = attempt_of(notification)
    clock.forward(seconds=1)
    hear(attempt, Kind.SENT)
    clock.forward(seconds=1)
    hear(attempt, Kind.BOUNCED, blame="address")
    clock.forward(minutes=1)
    api.acknowledge(api.open_alerts(janet).get(), by=janet)
    clock.forward(minutes=1)
    notification.refresh_from_db()
    again = api.resend(notification, by=alice, address="jon@example.com")
    clock.forward(seconds=1)
    hear(attempt_of(again), Kind.DELIVERED)

    told = [
        "Janet Smith logged a call: Contoso",
        "Handed to SparkPost (Bird), which took it",
        "Sent",
        "Bounced",
        "Stands in front of Janet Smith",
        "The warning was acknowledged",
        "To be sent again",
        "Handed to SparkPost (Bird), which took it",
        "Delivered",
        "No longer in front of Janet Smith",
    ]
    assert titles(notification) == told
    assert titles(again) == told


def test_what_is_heard_late_stands_where_we_heard_it_and_says_when_it_happened(
    admin: Client, notification: Notification
) -> None:
    attempt = attempt_of(notification)
    hear(attempt, Kind.BOUNCED)
    before = timezone.now() - timedelta(days=1)
    hear(attempt, Kind.DELIVERED, occurred_at=before)
    assert titles(notification)[-2:] == ["Stands in front of Janet Smith", "Delivered"]
    assert f"{before:%Y-%m-%d %H:%M:%S}" in admin.get(page_of(notification)).content.decode()


def test_everything_that_is_known_stands_on_the_page(
    admin: Client, notification: Notification, receipt: Receipt
) -> None:
    attempt = attempt_of(
        notification, message_id="7041", code="250", detail="queued as 7041", settled=False
    )
    hear(
        attempt,
        Kind.BOUNCED,
        receipt=receipt,
        blame="address",
        code="5.1.1",
        text="user unknown",
        raw_kind="out_of_band",
        recipient="jon@elsewhere.example",
        message_id="66",
    )
    name = sign(attempt.pk, Purpose.NOTIFICATION, get_settings())
    page = admin.get(page_of(notification)).content.decode()
    for text in (
        "They are ready to close today.",
        "John &lt;john@example.com&gt;",
        f"{name}@bounces.crm.example",
        "7041",
        "queued as 7041",
        "lease until",
        "5.1.1",
        "user unknown",
        "out_of_band",
        "jon@elsewhere.example",
        "the address does not exist",
        "metadata",
        f"/admin/crm_notify/receipt/{receipt.pk}/change/",
        f"/admin/crm_notify/activity/{notification.activity_id}/change/",
    ):
        assert text in page, text


@override_settings(
    CRM_NOTIFY={
        "INSTALLATION": "tests",
        "RETURN_PATH_DOMAIN": "bounces.crm.example",
        "RETURN_PATH_KEYS": {"b": "b" * 32, "a": "a" * 32},
    }
)
def test_while_keys_rotate_each_possible_envelope_sender_is_shown(
    notification: Notification,
) -> None:
    attempt_of(notification)
    (entry,) = [e for e in story_of(notification, user=None).entries if "took it" in str(e.title)]
    senders = [str(fact.value) for fact in entry.facts if fact.label == "envelope sender"]
    assert [sender[:9] for sender in senders] == ["bounce-nb", "bounce-na"]


def test_a_provider_that_takes_no_envelope_sender_has_a_token_only(
    notification: Notification,
) -> None:
    attempt = attempt_of(notification, provider="sendgrid")
    (entry,) = [e for e in story_of(notification, user=None).entries if "took it" in str(e.title)]
    shown = {str(fact.label): fact.value for fact in entry.facts}
    assert shown["token"] == sign(attempt.pk, Purpose.NOTIFICATION, get_settings())
    assert "envelope sender" not in shown


def test_resends_are_linked_both_ways(admin: Client, failed: Notification, alice: Any) -> None:
    again = api.resend(failed, by=alice)
    assert page_of(again) in admin.get(page_of(failed)).content.decode()
    page = admin.get(page_of(again)).content.decode()
    assert page_of(failed) in page
    assert f"Instead of #{failed.pk}" in page


def test_words_from_outside_are_never_markup(
    admin: Client, call: Callable[..., Activity], john: Any, contoso: Any
) -> None:
    john.first_name = "<b>John</b>"
    john.save()
    contoso.name = "<i>Contoso</i>"
    contoso.save()
    notification = bounce(
        call(verb="<u>logged</u>", text="<script>alert(0)</script>").notifications.get(),
        text=SCRIPT,
        code="<b>550</b>",
        raw_kind="<script>",
        recipient="<script>@example.com",
    )
    attempt_of(notification, result="refused", detail=SCRIPT)
    pages = [
        page_of(notification),
        "/admin/crm_notify/notification/",
        "/admin/crm_notify/event/",
        f"/admin/crm_notify/event/{notification.events.get().pk}/change/",
        "/admin/crm_notify/activity/",
        f"/admin/crm_notify/activity/{notification.activity_id}/change/",
        "/admin/crm_notify/alert/",
        f"/admin/crm_notify/alert/{Alert.objects.get().pk}/change/",
    ]
    for path in pages:
        page = admin.get(path).content.decode()
        for markup in ("<script>a", "<script>@", "<img", "<b>J", "<i>C", "<u>l", "<b>5"):
            # Django's own search box has a picture; theirs has an x for its source.
            assert markup not in page.replace('<img src="/static/', ""), (path, markup)
    assert "&lt;script&gt;alert(1)" in admin.get(page_of(notification)).content.decode()


@pytest.mark.parametrize("number", [1, 50])
def test_a_long_story_costs_as_much_as_a_short_one(
    number: int, admin: Client, failed: Notification, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        hear(attempt_of(failed), Kind.DEFERRED, code="451")
    # The session and its user, the notification, its chain, attempts, events and alerts; and for
    # the addresses that may be meant the recipient and all users.
    with django_assert_num_queries(9):
        page = admin.get(page_of(failed))
    assert len(page.context["story"].entries) == 2 * number + 4


def test_a_story_that_is_too_long_for_a_page_says_so(
    admin: Client, failed: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"more than a page can hold" not in admin.get(page_of(failed)).content
    monkeypatch.setattr(read, "MOST", 1)
    assert b"more than a page can hold" in admin.get(page_of(failed)).content


def test_raw_receipts_are_linked_for_those_who_may_see_them(
    staff: Callable[..., Client], notification: Notification, receipt: Receipt
) -> None:
    hear(attempt_of(notification), Kind.BOUNCED, receipt=receipt)
    link = f"/receipt/{receipt.pk}/change/".encode()
    page = page_of(notification)
    assert link not in staff("view_notification").get(page).content
    assert link in staff("view_notification", "view_receipt").get(page).content


@pytest.mark.parametrize("result", Attempt.Result.values)
def test_every_result_of_a_call_has_words(result: str, notification: Notification) -> None:
    attempt_of(notification, result=result, provider="carrier_pigeon")
    assert "carrier_pigeon" in titles(notification)[-1]


@pytest.mark.parametrize(
    ("kind", "fields", "tone", "by"),
    [
        (Kind.DELIVERED, {}, "good", "SparkPost (Bird)"),
        (Kind.BOUNCED, {}, "bad", "SparkPost (Bird)"),
        (Kind.OPENED, {}, "quiet", "SparkPost (Bird)"),
        (Kind.UNCLEAR, {}, "doubt", "SparkPost (Bird)"),
        (Kind.SEEN, {"provider": "", "author_name": "John"}, "good", "John"),
        (Kind.STATED, {"provider": "", "author_name": "Janet"}, "good", "Janet"),
        (Kind.UNCONFIRMED, {"provider": ""}, "doubt", "the sweep, by the time that has passed"),
    ],
)
def test_each_piece_of_evidence_says_where_it_came_from(
    kind: Kind, fields: dict[str, Any], tone: str, by: str, notification: Notification
) -> None:
    hear(attempt_of(notification), kind, **fields)
    (entry,) = [e for e in story_of(notification, user=None).entries if e.title == _word(kind)]
    assert (entry.tone, entry.by) == (tone, by)


def _word(kind: Kind) -> str:
    return capfirst(Event(kind=kind.value).get_kind_display())


def test_what_people_did_stands_in_the_story(failed: Notification, alice: Any) -> None:
    api.state_told(failed, by=alice, how="I phoned him")
    *_, stated, closed = story_of(failed, user=None).entries
    assert (stated.by, stated.quote) == ("Alice", "I phoned him")
    assert [fact.value for fact in closed.facts] == ["the recipient was told"]


def test_a_failure_without_an_actor_is_in_front_of_the_admins(
    admin: Client, call: Callable[..., Activity], alice: Any
) -> None:
    failed = bounce(call(actor=None).notifications.get())
    assert titles(failed)[-1] == "Stands in front of the admins"
    api.close(failed, by=alice, reason="The customer has left")
    assert titles(failed)[-1] == "No longer in front of the admins"


def test_a_recipient_without_name_or_address_has_a_page(
    admin: Client, notification: Notification
) -> None:
    Notification.objects.update(recipient_name="", address="")
    notification.refresh_from_db()
    assert b"no address" in admin.get(page_of(notification)).content
    settle([notification.pk])


def test_a_notification_that_is_gone_leads_back_to_the_index(admin: Client, db: None) -> None:
    response = admin.get("/admin/crm_notify/notification/4711/change/")
    assert response.status_code == 302
