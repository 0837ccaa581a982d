"""Acts on many rows: counted before, done one by one, counted after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.test import Client

from crm_notify import api
from crm_notify.desk import bulk
from crm_notify.models import Activity, Notification
from tests.edges.admin.conftest import NOTIFICATIONS, bounce, said

pytestmark = pytest.mark.django_db

Failures = Callable[[int], list[Notification]]


def pick(
    client: Client, action: str, rows: list[Notification], query: str = "", **fields: str
) -> Any:
    data = {"action": action, "index": "0", ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(NOTIFICATIONS + query, {**data, **fields}, follow=True)


def confirm(client: Client, action: str, rows: list[Notification], **fields: str) -> Any:
    data = {"action": action, "confirmed": "yes", ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(NOTIFICATIONS, {**data, **fields}, follow=True)


def test_it_asks_before_it_sends_and_says_how_many(admin: Client, failures: Failures) -> None:
    rows = failures(12)
    page = pick(admin, "resend", rows)
    text = page.content.decode()
    assert "<strong>12</strong>" in text
    assert "and 2 more" in text
    assert "John &lt;john@example.com&gt;: Janet Smith logged a call: Contoso" in text
    assert Notification.objects.count() == 12

    response = confirm(admin, "resend", rows)
    assert said(response) == ["Send again: done for 12 of 12."]
    assert Notification.objects.filter(chain__in=rows).count() == 12
    assert LogEntry.objects.count() == 12


def test_what_needs_nothing_is_left_alone_and_counted(
    admin: Client, failures: Failures, janet: Any
) -> None:
    told, under_way, failed = failures(3)
    api.state_told(told, by=janet, how="I phoned him")
    api.resend(under_way, by=janet)
    page = pick(admin, "resend", [told, under_way, failed], "?outcome=all")
    assert "<strong>1</strong>" in page.content.decode()
    assert "2 of those that you picked are left alone" in page.content.decode()


def test_one_chain_is_sent_again_once(admin: Client, failed: Notification, janet: Any) -> None:
    again = bounce(api.resend(failed, by=janet))
    page = pick(admin, "resend", [failed, again])
    assert "1 of those that you picked is left alone" in page.content.decode()
    response = confirm(admin, "resend", [again])
    assert said(response) == ["Send again: done for 1 of 1."]
    assert Notification.objects.filter(chain=failed).count() == 2


def test_where_nothing_can_be_done_it_says_so(
    admin: Client, failed: Notification, janet: Any
) -> None:
    api.state_told(failed, by=janet, how="I phoned him")
    response = pick(admin, "close", [failed], "?outcome=all")
    assert said(response) == ["Nothing of this can be done to them."]


def test_one_failure_stops_no_other_and_each_is_named(
    admin: Client, failures: Failures, call: Callable[..., Activity], bob: Any
) -> None:
    bob.email = ""
    bob.save()
    call(recipients=[bob])
    rows = [bounce(call(recipients=[bob]).notifications.get()), *failures(2)]
    response = confirm(admin, "resend", rows)
    first, second = said(response)
    assert first == "Send again: done for 2 of 3."
    assert second.startswith("Bob <>: Janet Smith logged a call: Contoso: ")
    assert "is not an address" in second
    assert LogEntry.objects.count() == 2


def test_many_failures_are_named_in_part(
    admin: Client, failures: Failures, john: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = failures(3)
    john.email = "nonsense"
    john.save()
    Notification.objects.update(address="nonsense")
    monkeypatch.setattr(bulk, "NAMED", 2)
    response = confirm(admin, "resend", rows)
    assert said(response)[0] == "Send again: done for 0 of 3."
    assert said(response)[-1] == "And 1 more could not be done."
    assert len(said(response)) == 4


def test_what_has_been_settled_since_the_question_is_counted_as_not_done(
    admin: Client, failures: Failures, janet: Any
) -> None:
    rows = failures(2)
    api.state_told(rows[0], by=janet, how="I phoned him")
    response = confirm(admin, "resend", rows)
    assert said(response) == ["Send again: done for 1 of 2."]


def test_many_can_be_closed_with_one_reason(admin: Client, failures: Failures) -> None:
    rows = failures(2)
    assert 'name="text"' in pick(admin, "close", rows).content.decode()
    response = confirm(admin, "close", rows, text="The company is gone")
    assert said(response) == ["Close with a reason: done for 2 of 2."]
    assert set(Notification.objects.values_list("outcome", flat=True)) == {"closed"}
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {
        "Closed: The company is gone"
    }


def test_no_reason_asks_again(admin: Client, failures: Failures) -> None:
    rows = failures(2)
    response = confirm(admin, "close", rows, text=" ")
    assert said(response) == ["Nothing was done: fill in “Reason”."]
    assert "<strong>2</strong>" in response.content.decode()
    assert set(Notification.objects.values_list("outcome", flat=True)) == {"failed"}


def test_one_request_takes_no_more_than_it_can(
    admin: Client, failures: Failures, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = failures(3)
    monkeypatch.setattr(bulk, "MOST", 2)
    page = pick(admin, "resend", rows, select_across="1")
    assert "You picked more than 2; the first 2 were looked at." in page.content.decode()
    assert page.content.decode().count(f'name="{ACTION_CHECKBOX_NAME}"') == 2


@pytest.mark.parametrize("number", [1, 50])
def test_the_question_costs_the_same_for_1_and_for_50(
    number: int, admin: Client, failures: Failures, django_assert_num_queries: Any
) -> None:
    rows = failures(number)
    data = {"action": "resend", "index": "0", ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    # The session and its user, the list (five) and its notices (two), and those that were picked.
    with django_assert_num_queries(10):
        admin.post(NOTIFICATIONS, data)


def test_who_may_only_look_is_offered_nothing(
    staff: Callable[..., Client], failures: Failures
) -> None:
    rows = failures(1)
    client = staff("view_notification")
    assert b'name="action"' not in client.get(NOTIFICATIONS).content
    confirm(client, "resend", rows)
    confirm(client, "close", rows, text="x")
    assert Notification.objects.get().outcome == "failed"
    assert not LogEntry.objects.exists()


def test_another_site_can_do_nothing(failures: Failures, alice: Any) -> None:
    rows = failures(1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert confirm(client, "resend", rows).status_code == 403
    assert Notification.objects.count() == 1
