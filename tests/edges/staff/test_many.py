"""Acts on many rows of our own lists: counted before, done one by one, counted after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.desk import bulk
from crm_notify.models import Alert, Notification
from tests.edges.admin.conftest import log, receipt_of
from tests.edges.staff.conftest import list_of, many, rows, said

pytestmark = pytest.mark.django_db

Failures = Callable[[int], list[Notification]]


def test_it_asks_before_it_sends_and_says_how_many(admin: Client, failures: Failures) -> None:
    made = failures(12)
    page = many(admin, made, "resend")
    text = page.content.decode()
    assert "<strong>12</strong>" in text
    assert "and 2 more" in text
    assert text.count('name="picked"') == 12
    assert Notification.objects.count() == 12

    page = many(admin, made, "resend", confirmed="yes")
    assert said(page) == ["Send again: done for 12 of 12."]
    assert Notification.objects.filter(chain__in=made).count() == 12
    assert len(log()) == 12
    assert page.redirect_chain[0][0] == list_of("notification") + "?"


def test_all_that_the_list_holds_is_more_than_the_page_and_not_more_than_the_filter(
    admin: Client, failures: Failures, janet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = failures(4)
    api.state_told(made[0], by=janet, how="I phoned him")
    page = many(admin, made[:1], "close", all="yes")
    assert [row.pk for row in page.context["question"].ready] == [row.pk for row in made[:0:-1]]
    monkeypatch.setattr(bulk, "MOST", 2)
    page = many(admin, made[:1], "close", all="yes")
    assert "You picked more than 2; the first 2 were looked at." in page.content.decode()


def test_who_confirms_gets_what_was_counted_and_not_what_has_come_since(
    admin: Client, failures: Failures
) -> None:
    counted, since = failures(1), failures(1)
    many(admin, counted, "close", confirmed="yes", all="yes", text="The company is gone")
    assert list(Notification.objects.filter(outcome="failed")) == since


def test_what_needs_nothing_is_left_alone_and_counted(
    admin: Client, failures: Failures, janet: Any
) -> None:
    under_way, failed = failures(2)
    api.resend(under_way, by=janet)
    page = many(admin, [under_way, failed], "resend")
    assert "1 of those that you picked is left alone" in page.content.decode()


def test_where_nothing_can_be_done_it_says_so_and_the_list_is_as_it_was(
    admin: Client, failures: Failures
) -> None:
    (failed,) = failures(1)
    page = many(admin, [failed], "close", "?outcome=told", text="x")
    assert said(page) == ["Nothing of this can be done to them."]
    assert page.redirect_chain == [(list_of("notification") + "?outcome=told", 302)]


def test_no_reason_asks_again(admin: Client, failures: Failures) -> None:
    made = failures(2)
    page = many(admin, made, "close", confirmed="yes", text=" ")
    assert page.status_code == 400
    assert "Nothing was done: fill in “Reason”." in page.content.decode()
    assert "<strong>2</strong>" in page.content.decode()


def test_more_reasons_than_a_cookie_holds_leave_the_count(
    admin: Client, failures: Failures, john: Any
) -> None:
    made = failures(12)
    john.email = "nonsense" * 30
    john.save()
    Notification.objects.update(address="nonsense" * 30)
    page = many(admin, made, "resend", confirmed="yes")
    assert said(page)[0] == "Send again: done for 0 of 12."
    assert len(said(page)) > 1


def test_numbers_that_are_none_pick_nothing(admin: Client, failures: Failures) -> None:
    path = f"{list_of('notification')}bulk/"
    given = {"action": "close", "picked": ["x", "-1", "9" * 30]}
    assert said(admin.post(path, given, follow=True)) == ["Nothing of this can be done to them."]


def test_an_act_that_is_none_is_not_found(admin: Client, failures: Failures) -> None:
    assert many(admin, failures(1), "explode").status_code == 404


def test_who_may_only_look_is_offered_nothing(
    staff: Callable[..., Client], failures: Failures
) -> None:
    made = failures(1)
    client = staff("view_notification")
    assert b'name="picked"' not in client.get(list_of("notification")).content
    assert many(client, made, "close", confirmed="yes", text="x").status_code == 403
    assert log() == []


def test_many_receipts_and_many_warnings(admin: Client, failures: Failures) -> None:
    failures(2)
    receipts = [receipt_of(number, state="failed") for number in range(2)]
    page = many(admin, receipts, "read_again", confirmed="yes")
    assert said(page) == ["Read again: done for 2 of 2."]
    page = many(admin, list(Alert.objects.all()), "acknowledge", confirmed="yes")
    assert said(page) == ["Acknowledge: done for 2 of 2."]
    assert len(rows(page)) == 2


@pytest.mark.parametrize("number", [1, 50])
def test_the_question_costs_the_same_for_1_and_for_50(
    number: int, admin: Client, failures: Failures, django_assert_num_queries: Any
) -> None:
    made = failures(number)
    # The session and its user, those that were picked, and the notices (two).
    with django_assert_num_queries(5):
        many(admin, made, "resend")
