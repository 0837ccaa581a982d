"""Acts on one row: POST only, with CSRF, with a permission, and an entry in the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client

from crm_notify import api
from crm_notify.admin.base import DeskAdmin
from crm_notify.exceptions import NotAllowed
from crm_notify.models import Event, Notification
from tests.edges.admin.conftest import act_on, bounce, page_of, said

pytestmark = pytest.mark.django_db

ACTS = {
    "correct": {"text": "jon@example.com"},
    "resend": {},
    "resend_elsewhere": {"text": "jon@example.com"},
    "told": {"text": "I phoned him"},
    "close": {"text": "He has left"},
}


def log_of(notification: Notification) -> list[tuple[str, str]]:
    entries = LogEntry.objects.filter(object_id=str(notification.pk)).order_by("pk")
    return [(entry.user.get_username(), entry.change_message) for entry in entries]


def nothing_happened(failed: Notification) -> bool:
    failed.refresh_from_db()
    return (
        failed.outcome == "failed"
        and not failed.resends.exists()
        and Event.objects.count() == 1
        and not LogEntry.objects.exists()
    )


def test_send_again(admin: Client, failed: Notification) -> None:
    response = admin.post(act_on(failed, "resend"), follow=True)
    again = failed.resends.get()
    assert response.redirect_chain == [(page_of(failed), 302)]
    assert said(response) == [f"Sent again to john@example.com (#{again.pk})."]
    assert log_of(failed) == [("alice", f"Sent again to john@example.com (#{again.pk}).")]
    assert (again.previous, again.dispatch) == (failed, "queued")


def test_send_again_to_a_corrected_address(admin: Client, failed: Notification) -> None:
    admin.post(act_on(failed, "resend_elsewhere"), {"text": " jon@example.com "})
    again = failed.resends.get()
    assert again.address == "jon@example.com"
    assert log_of(failed) == [("alice", f"Sent again to jon@example.com (#{again.pk}).")]


def test_a_correction_is_for_his_record_and_all_that_he_missed(
    admin: Client, failures: Callable[[int], list[Notification]], john: Any
) -> None:
    failed, other = failures(2)
    response = admin.post(act_on(failed, "correct"), {"text": " jon@example.com "}, follow=True)
    assert said(response) == ["The address is now jon@example.com; 2 mails are sent again."]
    assert log_of(failed) == [("alice", said(response)[0])]
    john.refresh_from_db()
    assert john.email == "jon@example.com"
    assert {row.resends.get().address for row in (failed, other)} == {"jon@example.com"}


def test_an_address_that_may_have_been_meant_is_one_click(
    admin: Client, failed: Notification
) -> None:
    get_user_model().objects.create_user("jon", "jon@example.com")
    page = admin.get(page_of(failed)).content.decode()
    (value, words) = re.findall(r'name="text" value="(.*?)" formnovalidate>(.*?)</button>', page)[0]
    assert (value, re.sub("<.*?>", "", words)) == (
        "jon@example.com",
        "jon@example.com is spelled almost alike",
    )
    # As a browser sends it: the field, which is empty, and then the button.
    admin.post(act_on(failed, "correct"), {"text": ["", value]})
    assert failed.resends.get().address == "jon@example.com"


def test_where_no_address_is_to_blame_none_is_suggested(
    admin: Client, notification: Notification
) -> None:
    get_user_model().objects.create_user("jon", "jon@example.com")
    page = admin.get(page_of(bounce(notification, blame="server"))).content.decode()
    assert "formnovalidate" not in page


def test_state_how_he_was_told(admin: Client, failed: Notification, janet: Any) -> None:
    admin.post(act_on(failed, "told"), {"text": "I phoned him"})
    failed.refresh_from_db()
    assert failed.outcome == "told"
    assert log_of(failed) == [("alice", "Told: I phoned him")]
    assert not api.open_alerts(janet).exists()


def test_close_with_a_reason(admin: Client, failed: Notification, janet: Any) -> None:
    admin.post(act_on(failed, "close"), {"text": "He has left"})
    failed.refresh_from_db()
    assert failed.outcome == "closed"
    assert log_of(failed) == [("alice", "Closed: He has left")]
    assert not api.open_alerts(janet).exists()


@pytest.mark.parametrize("name", ACTS)
def test_a_link_can_do_nothing(name: str, admin: Client, failed: Notification) -> None:
    assert admin.get(act_on(failed, name)).status_code == 405
    assert nothing_happened(failed)


@pytest.mark.parametrize("name", ACTS)
def test_another_site_can_do_nothing(name: str, failed: Notification, alice: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(act_on(failed, name), ACTS[name]).status_code == 403
    assert nothing_happened(failed)


@pytest.mark.parametrize("name", ACTS)
def test_nobody_unknown_can_do_anything(name: str, client: Client, failed: Notification) -> None:
    response = client.post(act_on(failed, name), ACTS[name])
    assert "/admin/login/" in response["Location"]
    assert nothing_happened(failed)


@pytest.mark.parametrize("name", ACTS)
def test_who_may_only_look_can_do_nothing(
    name: str, staff: Callable[..., Client], failed: Notification
) -> None:
    client = staff("view_notification", "resend_elsewhere")
    page = client.get(page_of(failed))
    assert page.status_code == 200
    assert page.context["acts"] == []
    assert client.post(act_on(failed, name), ACTS[name]).status_code == 403
    assert nothing_happened(failed)


def test_another_address_needs_its_own_permission(
    staff: Callable[..., Client], failed: Notification
) -> None:
    client = staff("change_notification")
    acts = client.get(page_of(failed)).context["acts"]
    assert [act.name for act in acts] == ["resend", "told", "close"]
    for name in ("correct", "resend_elsewhere"):
        assert client.post(act_on(failed, name), ACTS[name]).status_code == 403
    assert nothing_happened(failed)


def test_the_acting_user_may_act_on_his_own_where_he_may_look(
    staff: Callable[..., Client], failed: Notification
) -> None:
    client = staff("view_notification")
    failed.activity.actor = get_user_model().objects.latest("pk")
    failed.activity.save()
    acts = client.get(page_of(failed)).context["acts"]
    assert [act.name for act in acts] == ["resend", "told"]
    assert client.post(act_on(failed, "close"), {"text": "x"}).status_code == 403


def test_who_may_see_no_notifications_acts_on_none(
    staff: Callable[..., Client], failed: Notification
) -> None:
    client = staff("view_activity")
    failed.activity.actor = get_user_model().objects.latest("pk")
    failed.activity.save()
    assert client.get(page_of(failed)).status_code == 403
    assert client.post(act_on(failed, "resend")).status_code == 403


@pytest.mark.parametrize("name", ["resend_elsewhere", "told", "close"])
def test_a_blank_field_does_nothing(name: str, admin: Client, failed: Notification) -> None:
    response = admin.post(act_on(failed, name), {"text": "  "}, follow=True)
    assert said(response)[0].startswith("Nothing was done: fill in")
    assert nothing_happened(failed)


def test_what_is_no_address_is_refused(admin: Client, failed: Notification) -> None:
    path = act_on(failed, "resend_elsewhere")
    response = admin.post(path, {"text": "jon@example.com\nBcc: x@example.com"}, follow=True)
    assert "is not an address" in said(response)[0]
    assert nothing_happened(failed)


def test_a_second_click_sends_nothing_and_logs_nothing(admin: Client, failed: Notification) -> None:
    admin.post(act_on(failed, "resend"))
    response = admin.post(act_on(failed, "resend"), follow=True)
    assert said(response)[-1] == "Nothing was done: it is not needed any more."
    assert failed.resends.count() == 1
    assert len(log_of(failed)) == 1


def test_a_click_that_crosses_another_one_sends_nothing_and_logs_nothing(
    admin: Client, failed: Notification, janet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Read before Janet's click, so the row does not know of it.
    monkeypatch.setattr(DeskAdmin, "get_queryset", ModelAdmin.get_queryset)
    again = api.resend(failed, by=janet)
    response = admin.post(act_on(failed, "resend"), follow=True)
    assert said(response) == [f"It is on its way already (#{again.pk})."]
    assert failed.resends.count() == 1
    assert log_of(failed) == []


def test_what_the_core_forbids_is_forbidden_here(
    admin: Client, failed: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotAllowed("The permission was taken away a moment ago.")

    monkeypatch.setattr(api, "close", refuse)
    assert admin.post(act_on(failed, "close"), {"text": "x"}).status_code == 403
    assert nothing_happened(failed)


def test_an_act_or_a_row_that_does_not_exist(admin: Client, failed: Notification) -> None:
    assert admin.post(act_on(failed, "explode")).status_code == 404
    failed.pk = 4711
    assert admin.post(act_on(failed, "resend")).status_code == 404


def test_what_was_told_offers_nothing_more(admin: Client, failed: Notification) -> None:
    admin.post(act_on(failed, "told"), {"text": "I phoned him"})
    page = admin.get(page_of(failed))
    assert page.context["acts"] == []
    assert "What can be done" not in page.content.decode()


def test_the_log_of_a_notification_can_be_read(admin: Client, failed: Notification) -> None:
    admin.post(act_on(failed, "close"), {"text": "He has left"})
    page = admin.get(f"/admin/crm_notify/notification/{failed.pk}/history/")
    assert "Closed: He has left" in page.content.decode()
