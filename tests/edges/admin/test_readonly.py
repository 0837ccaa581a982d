"""Every page of the admin: read-only, permissioned, at the same cost however many rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.models import (
    Activity,
    Alert,
    Correction,
    Event,
    Incident,
    Notification,
    Subscription,
    Suppression,
)
from crm_notify.rules.evidence import Kind
from crm_notify.steps.incident import note_incident
from tests.edges.admin.conftest import attempt_of, hear, index, receipt_of, rows

pytestmark = pytest.mark.django_db

MODELS = (
    "activity",
    "alert",
    "correction",
    "event",
    "incident",
    "installation",
    "notification",
    "receipt",
    "subscription",
    "suppression",
)


@pytest.fixture
def one_of_each(failed: Notification, janet: Any, john: Any, contoso: Any) -> dict[str, list[int]]:
    """A row of every model, with all that can be empty both empty and not."""
    receipt = receipt_of(state="failed", error="<b>boom</b>")
    Event.objects.update(receipt=receipt)
    Event.objects.create(
        kind="bounced", recorded_at=timezone.now(), fingerprint="parked", due_at=timezone.now()
    )
    note_incident(Incident.Kind.SENDER, subject="sparkpost")
    api.installation()
    api.set_wanted(john, True, owned=True)
    api.set_wanted(john, False, target=contoso)
    correction = Correction.objects.create(
        notification=failed, old="john@", new="jon@example.com", proposed_at=timezone.now()
    )
    return {
        "activity": [failed.activity_id],
        "alert": [Alert.objects.get().pk],
        "correction": [correction.pk],
        "event": list(Event.objects.order_by("pk").values_list("pk", flat=True)),
        "incident": [Incident.objects.get().pk],
        "installation": [1],
        "notification": [failed.pk],
        "receipt": [receipt.pk],
        "subscription": list(Subscription.objects.values_list("pk", flat=True)),
        "suppression": [Suppression.objects.get().pk],
    }


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted_by_hand(
    model: str, admin: Client, one_of_each: dict[str, list[int]]
) -> None:
    assert admin.get(index(model) + "add/").status_code == 403
    for pk in one_of_each[model]:
        page = admin.get(f"{index(model)}{pk}/change/")
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert b"/delete/" not in page.content
        assert admin.post(f"{index(model)}{pk}/change/", {}).status_code == 403
        assert admin.post(f"{index(model)}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert b"delete_selected" not in admin.get(index(model), follow=True).content


@pytest.mark.parametrize("model", MODELS)
def test_every_page_has_its_own_permission(
    model: str, staff: Callable[..., Client], one_of_each: dict[str, list[int]]
) -> None:
    other = "receipt" if model != "receipt" else "incident"
    pages = [index(model), f"{index(model)}{one_of_each[model][0]}/change/"]
    for page in pages:
        assert staff(f"view_{other}").get(page).status_code == 403
        assert staff(f"view_{model}").get(page, follow=True).status_code == 200


def test_the_index_lists_them_and_a_user_goes_with_his_alerts_and_wishes(
    admin: Client, one_of_each: dict[str, list[int]], janet: Any, john: Any
) -> None:
    assert b"/admin/crm_notify/notification/" in admin.get("/admin/").content
    for user in (janet, john):
        path = f"/admin/auth/user/{user.pk}/delete/"
        assert b"your account doesn't have permission" not in admin.get(path).content
        assert admin.post(path, {"post": "yes"}).status_code == 302
    assert not get_user_model().objects.filter(pk__in=[janet.pk, john.pk]).exists()
    assert not Alert.objects.exists()


@pytest.mark.parametrize("model", ["activity", "alert", "event", "receipt", "subscription"])
@pytest.mark.parametrize("number", [1, 50])
def test_a_list_costs_the_same_with_1_row_and_with_50(
    model: str,
    number: int,
    admin: Client,
    call: Callable[..., Activity],
    django_assert_num_queries: Any,
) -> None:
    for count in range(number):
        notification = call().notifications.get()
        hear(attempt_of(notification), Kind.BOUNCED, receipt=receipt_of(count))
        user = get_user_model().objects.create_user(f"user{count}")
        api.set_wanted(user, True, target=notification)
    # The session and its user, the count and the rows; above what comes in, the notices.
    noticed = 2 if model in {"event", "receipt"} else 0
    with django_assert_num_queries(4 + noticed) as queries:
        page = admin.get(index(model))
    assert len(rows(page)) == number
    texts = ('"crm_notify_receipt"."body"', '"crm_notify_activity"."text"')
    assert not [q for q in queries if any(text in q["sql"] for text in texts)]


def test_an_activity_names_whom_it_told(admin: Client, one_of_each: dict[str, list[int]]) -> None:
    page = admin.get(f"{index('activity')}{one_of_each['activity'][0]}/change/").content.decode()
    for text in ("They are ready to close today.", "Contoso (customer", "John", "failed</span>"):
        assert text in page


def test_a_record_whose_kind_is_gone_still_has_a_page(admin: Client, failed: Notification) -> None:
    Activity.objects.update(target_type=None)
    assert admin.get(index("activity")).status_code == 200
