"""Two people in two windows, web and worker in two processes: each sees his own, in an instant."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from crm_notify import api
from crm_notify.models import Activity, Notification
from tests.browser.conftest import Window
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive, bounce

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PAGE = "/customers/1/"
STREAM = "**/notify/alerts/stream/"
#: Seconds from the commit until it is seen.
SOON = 1.0
CUT = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'crm_notify news'"
)


def opened(window: Window, user: Any, site: str) -> Page:
    """His window, once its stream is open and what that hints at has been read."""
    page = window(user, site)
    with page.expect_response("**/alerts.json"):
        page.goto(f"{site}{PAGE}")
    return page


def look(page: Page, state: str) -> None:
    page.evaluate(
        """(state) => {
          const now = { value: state, configurable: true };
          Object.defineProperty(document, "visibilityState", now);
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


@pytest.fixture
def calls(call: Callable[..., Activity]) -> list[Notification]:
    """Calls of Janet's at three customers, of which John is to be told."""
    names = ("Contoso", "Fabrikam", "Tailspin")
    customers = [Customer.objects.create(name=name) for name in names]
    return [call(target=customer).notifications.get() for customer in customers]


def test_a_warning_appears_in_under_a_second_without_a_reload(
    window: Window, site: str, janet: Any, calls: list[Notification]
) -> None:
    page = opened(window, janet, site)
    took = []
    for place, notification in enumerate(calls, start=1):
        bounce(notification)
        committed = time.monotonic()
        expect(page).to_have_title(f"({place}) Contoso")
        took.append(time.monotonic() - committed)
    expect(page.get_by_role("heading", name="John was not told")).to_have_count(3)
    assert median(took) < SOON


def test_two_people_in_two_windows_never_see_each_others(
    window: Window, site: str, janet: Any, bob: Any, call: Callable[..., Activity]
) -> None:
    hers, his = opened(window, janet, site), opened(window, bob, site)
    asked: list[str] = []
    his.on("request", lambda request: asked.append(request.url))

    bounce(call().notifications.get())
    expect(hers.get_by_role("heading", name="John was not told")).to_be_visible()
    his.wait_for_timeout(500)
    # He was not even told that there is something.
    assert asked == []

    bounce(call(actor=bob, verb="wrote a note", key="his").notifications.get())
    expect(his.get_by_role("heading", name="John was not told")).to_be_visible()
    expect(his.get_by_text("You wrote a note", exact=True)).to_be_visible()
    expect(his.get_by_text("logged a call")).to_have_count(0)
    expect(hers.get_by_text("wrote a note")).to_have_count(0)
    expect(hers).to_have_title("(1) Contoso")


def test_what_one_window_settles_goes_from_the_other_too(
    window: Window, site: str, janet: Any, notification: Notification
) -> None:
    one, other = opened(window, janet, site), opened(window, janet, site)
    alert = bounce(notification)
    expect(one.get_by_role("heading", name="John was not told")).to_be_visible()
    expect(other.get_by_role("heading", name="John was not told")).to_be_visible()
    arrive(api.resend(alert.notification, by=janet))
    for page in (one, other):
        expect(page.locator(f"#crm-notify-{alert.pk}")).to_contain_text("John has it")
        expect(page).to_have_title("Contoso")


def test_a_page_that_nobody_looks_at_holds_no_stream(
    window: Window, site: str, janet: Any, notification: Notification
) -> None:
    page = opened(window, janet, site)
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    look(page, "hidden")
    page.wait_for_timeout(200)
    assert [url for url in ended if url.endswith("/alerts/stream/")]
    bounce(notification)
    page.wait_for_timeout(500)
    expect(page).to_have_title("Contoso")
    look(page, "visible")
    expect(page).to_have_title("(1) Contoso")


def test_a_stream_that_ends_is_opened_again(
    window: Window, site: str, janet: Any, notification: Notification
) -> None:
    page = opened(window, janet, site)
    with page.expect_request(STREAM), connection.cursor() as cursor:
        # Lost twice within a second it is not made again, and every stream ends.
        for _ in range(3):
            cursor.execute(CUT)
            page.wait_for_timeout(50)
    page.wait_for_timeout(500)
    bounce(notification)
    committed = time.monotonic()
    expect(page).to_have_title("(1) Contoso")
    assert time.monotonic() - committed < 2 * SOON


def test_under_wsgi_the_page_asks_as_ever(
    window: Window, wsgi_site: str, janet: Any, notification: Notification
) -> None:
    page = window(janet, wsgi_site)
    with page.expect_response(STREAM) as refused:
        page.goto(f"{wsgi_site}{PAGE}")
    assert refused.value.status == 204
    again: list[str] = []
    page.on("request", lambda request: again.append(request.url))
    bounce(notification)
    expect(page).to_have_title("(1) Contoso")
    page.wait_for_timeout(1_000)
    assert not [url for url in again if url.endswith("/alerts/stream/")]
