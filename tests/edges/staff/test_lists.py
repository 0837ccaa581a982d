"""The lists of our own pages: failed first, narrowed and turned at the same cost however many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.desk.desks import DESKS
from crm_notify.models import (
    Activity,
    Alert,
    Correction,
    Installation,
    Notification,
    Receipt,
    Suppression,
)
from crm_notify.rules.evidence import Kind
from crm_notify.steps.incident import note_incident
from crm_notify.views.staff import paging
from tests.edges.admin.conftest import attempt_of, bounce, hear, parked, receipt_of
from tests.edges.staff.conftest import act, list_of, page_of, rows

pytestmark = pytest.mark.django_db

Calls = Callable[..., Activity]
#: Desks with a list; the installation is one row.
LISTS = [desk.model._meta.model_name for desk in DESKS if desk.only is None]


def test_what_failed_comes_first_and_what_was_told_is_not_in_front_of_anybody(
    admin: Client, failed: Notification, call: Calls
) -> None:
    later, told = bounce(call().notifications.get()), call().notifications.get()
    hear(attempt_of(told), Kind.DELIVERED)
    assert rows(admin.get(list_of("notification"))) == [later.pk, failed.pk]
    everything = admin.get(list_of("notification") + "?outcome=all")
    assert rows(everything) == [told.pk, later.pk, failed.pk]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("outcome=failed", True),
        ("outcome=told", False),
        ("outcome=nonsense", True),
        ("blame=address", True),
        ("blame=mailbox", False),
        ("provider=sparkpost", True),
        ("provider=mailgun", False),
        ("dispatch=queued", False),
        ("q=john@exam", True),
        ("q=nobody", False),
        ("utm=1", True),
    ],
)
def test_it_is_narrowed(query: str, finds: bool, admin: Client, failed: Notification) -> None:
    found = rows(admin.get(f"{list_of('notification')}?{query}"))
    assert found == ([failed.pk] if finds else [])


def test_each_choice_keeps_the_other_filters_and_clears_what_makes_no_sense_beside_it(
    admin: Client, failed: Notification
) -> None:
    page = admin.get(list_of("notification") + "?outcome=failed&blame=address&q=john")
    outcomes, blames, providers, dispatches = page.context["filters"]
    assert [choice.words for choice in outcomes.choices if choice.is_set] == ["failed"]
    assert outcomes.choices[0].url == "?blame=address&q=john&outcome=failing"
    assert providers.choices[1].url.startswith("?blame=address&q=john&provider=")
    assert dispatches.choices[1].url == "?blame=address&q=john&dispatch=queued"
    assert (blames.is_preset, dispatches.is_preset) == (False, True)
    assert ("outcome", "failed") in page.context["kept"]


@pytest.mark.parametrize("query", ["?outcome=failing", "?outcome=all"])
def test_each_page_begins_where_the_one_before_ended(
    query: str,
    admin: Client,
    failures: Callable[[int], list[Notification]],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    made = [row.pk for row in failures(5)]
    # Two that failed at the same moment.
    now = timezone.now()
    Notification.objects.filter(pk__in=made[2:4]).update(changed_at=now)
    Notification.objects.filter(pk=made[4]).update(changed_at=timezone.now())
    monkeypatch.setattr(paging, "SIZE", 2)
    address, seen = query, []
    while address:
        with django_assert_num_queries(8) as queries:
            page = admin.get(list_of("notification") + address)
        ours = [q["sql"] for q in queries if 'FROM "crm_notify_notification"' in q["sql"]]
        assert not [sql for sql in ours if "OFFSET" in sql or "COUNT" in sql]
        seen += rows(page)
        address = page.context["older"]
    assert seen == made[::-1]
    assert page.context["latest"] == query
    assert "Latest" in page.content.decode()


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "9" * 30,
        "-1",
        "1_",
        "1_yesterday",
        "1_2026-13-45T00:00",
        "1_2026-11-01T00:00",
        "1_0001-01-01T00:00+14:00",
        "1_9999-12-31T23:59-14:00",
    ],
)
def test_a_page_that_cannot_be_is_not_found(given: str, admin: Client) -> None:
    assert admin.get(list_of("notification"), {"before": given}).status_code == 404


def test_a_number_turns_the_pages_of_what_is_ordered_by_number(
    admin: Client, failed: Notification
) -> None:
    pages = [f"{list_of('activity')}?before={failed.activity_id + more}" for more in (0, 1)]
    assert [len(rows(admin.get(page))) for page in pages] == [0, 1]


@pytest.mark.parametrize("number", [1, 50])
def test_a_list_costs_the_same_with_1_row_and_with_50(
    number: int,
    admin: Client,
    call: Calls,
    django_assert_num_queries: Any,
) -> None:
    for count in range(number):
        notification = call(key=str(count)).notifications.get()
        hear(attempt_of(notification), Kind.BOUNCED, receipt=receipt_of(count))
        note_incident("sender", subject=str(count))
        user = get_user_model().objects.create_user(f"user{count}")
        api.set_wanted(user, True, target=notification)
        now, about = timezone.now(), {"notification": notification}
        Suppression.objects.create(address=f"{count}@example.com", since=now, **about)
        Correction.objects.create(
            old="a@b.c", new="b@b.c", recipient=user, proposed_by=user, proposed_at=now, **about
        )
    # The session and its user, and the rows; above what comes in, the notices (two).
    costs = {"notification": 5, "event": 5, "receipt": 5}
    Suppression.objects.filter(address="john@example.com").delete()
    for model in LISTS[1:]:
        with django_assert_num_queries(costs.get(model, 3)) as queries:
            page = admin.get(list_of(model))
        assert len(rows(page)) == number
        texts = ('"crm_notify_receipt"."body"', '"crm_notify_activity"."text"')
        assert not [q for q in queries if any(text in q["sql"] for text in texts)]
    # What explains each row, and in front of whom it stands: three more.
    with django_assert_num_queries(8):
        assert len(rows(admin.get(list_of("notification")))) == number


def test_what_no_database_stores_is_looked_for_without_it(
    admin: Client, failed: Notification
) -> None:
    assert rows(admin.get(list_of("notification"), {"q": "john@\x00exam"})) == [failed.pk]
    assert rows(admin.get(list_of("notification"), {"q": "\x00"})) == [failed.pk]
    event = parked()
    page = act(admin, event, "attach", f"\x00#{failed.pk}\x00")
    assert page.context["said"][0].text == f"Attached to notification #{failed.pk}."


def test_every_list_can_be_empty_and_says_so(admin: Client) -> None:
    for model in LISTS:
        assert "There is nothing here." in admin.get(list_of(model)).content.decode()


def test_the_installation_is_one_row_so_its_list_is_its_page(admin: Client) -> None:
    page = admin.get(list_of("installation"), follow=True)
    assert page.redirect_chain == [(page_of(Installation(pk=1)), 302)]
    assert "Mail is being sent." in page.content.decode()


def test_every_list_has_its_own_permission(staff: Callable[..., Client]) -> None:
    for model in LISTS:
        other = "receipt" if model != "receipt" else "incident"
        assert staff(f"view_{other}").get(list_of(model)).status_code == 403
        assert staff(f"view_{model}").get(list_of(model)).status_code == 200
        assert staff(f"change_{model}").get(list_of(model)).status_code == 200


def test_the_menu_holds_what_he_may_see(staff: Callable[..., Client]) -> None:
    page = staff("view_receipt", "view_incident").get(list_of("receipt"))
    assert [(str(name), here) for _, name, here in page.context["menu"]] == [
        ("Incidents", False),
        ("Receipts", True),
    ]


def test_the_door_leads_to_the_first_list_that_he_may_see(
    client: Client, staff: Callable[..., Client], admin: Client
) -> None:
    door = "/notify/staff/"
    assert staff("view_receipt").get(door)["Location"] == list_of("receipt")
    assert (
        staff("view_receipt", "view_notification").get(door)["Location"].endswith("/notifications/")
    )
    assert staff().get(door).status_code == 403
    assert Client().get(door)["Location"] == f"/accounts/login/?next={door}"


def test_who_is_not_logged_in_comes_back_after_that(failed: Notification) -> None:
    page = list_of("notification") + "?outcome=all"
    answer = Client().get(page)
    assert (
        answer["Location"] == "/accounts/login/?next=/notify/staff/notifications/%3Foutcome%3Dall"
    )


def test_nobody_else_keeps_a_copy(admin: Client) -> None:
    assert "private" in admin.get(list_of("receipt"))["Cache-Control"]


def test_words_of_others_are_words_only(admin: Client, call: Calls) -> None:
    row = call(verb="<script>1</script>").notifications.get()
    bounce(row, text="<img src=x onerror=alert(1)>")
    parked(text="<b>bold</b>")
    Receipt.objects.create(**{**receipt_fields(), "error": "<i>slanted</i>", "state": "failed"})
    for model in ("notification", "alert", "activity", "event", "receipt", "suppression"):
        page = admin.get(list_of(model)).content.decode()
        for markup in ("<script", "<img", "<b>", "<i>"):
            assert markup not in page, (model, markup)


def receipt_fields() -> dict[str, Any]:
    return {"provider": "sparkpost", "via": "tracking", "body": b"", "received_at": timezone.now()}


def test_the_admins_warnings_can_be_told_from_those_of_one_person(
    admin: Client, failed: Notification, alice: Any, janet: Any
) -> None:
    (own,) = Alert.objects.filter(person=janet)
    api.hand_over(own, by=janet, to=alice)
    page = list_of("alert")
    assert len(rows(admin.get(page))) == 1
    assert len(rows(admin.get(f"{page}?person=mine"))) == 1
    assert rows(admin.get(f"{page}?person=admins")) == []
    assert rows(admin.get(f"{page}?state=past")) == [own.pk]
