"""The element of docs/screen.md in a page that Django does not render, under a strict policy."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from crm_notify.models import Alert, Event, Notification
from crm_notify.rules.evidence import Kind
from tests.edges.alerts.failing import bounce

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/single-page/"
HEADING = "John was not told"


@pytest.fixture
def warning(notification: Notification) -> Alert:
    return bounce(notification)


def alter(page: Page, change: str) -> None:
    page.locator("crm-notify-alerts").evaluate(f"(element) => {{ {change} }}")


def say_that_he_knows(page: Page) -> None:
    page.get_by_text("John has been told").click()
    page.get_by_label("How was John told?").fill("I phoned him")
    page.get_by_role("button", name="Put on record").click()


def test_the_documented_page_shows_the_warnings_and_acts_on_them(
    page: Page, warning: Alert
) -> None:
    page.goto(PAGE)
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    expect(page).to_have_title("(1) Acme CRM")
    # What it opens with is not announced as if it had just come.
    expect(page.locator("[data-crm-notify-news]")).to_be_empty()

    say_that_he_knows(page)

    expect(page.locator("[data-crm-notify-news]")).to_have_text("Noted how John was told.")
    expect(page).to_have_title("Acme CRM")
    assert page.url.endswith(PAGE)
    assert Event.objects.filter(kind=Kind.STATED, text="I phoned him").count() == 1


def test_it_is_alive(page: Page, notification: Notification) -> None:
    page.goto(PAGE)
    expect(page.locator("[data-crm-notify-warnings]")).to_be_hidden()
    bounce(notification)
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    expect(page.locator("[data-crm-notify-news]")).to_contain_text(HEADING)


def test_it_comes_and_goes_with_the_rest_of_the_page(page: Page, warning: Alert) -> None:
    page.goto(PAGE)
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    page.evaluate(
        """() => {
          window.kept = document.querySelector("crm-notify-alerts");
          window.kept.remove();
        }"""
    )
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(500)
    assert asked == []
    page.evaluate("() => document.body.append(window.kept)")
    expect(page.get_by_role("heading", name=HEADING)).to_have_count(1)


def test_another_address_is_read_from_then_on(page: Page, warning: Alert) -> None:
    page.goto(PAGE)
    expect(page.get_by_role("link", name="All warnings")).to_be_visible()
    alter(page, 'element.setAttribute("src", "/notify/alerts.json?unfolded=1")')
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    expect(page.get_by_role("link", name="All warnings")).to_have_count(0)
    alter(page, 'element.removeAttribute("src")')
    expect(page.get_by_role("heading")).to_have_count(0)


def test_a_token_goes_with_every_request(page: Page, warning: Alert) -> None:
    page.goto(PAGE)
    alter(page, 'element.setAttribute("header", "X-Host: Bearer a:b")')
    with page.expect_request("**/alerts.json") as asked:
        pass
    assert asked.value.headers["x-host"] == "Bearer a:b"
    with page.expect_request("**/told/") as sent:
        say_that_he_knows(page)
    assert sent.value.headers["x-host"] == "Bearer a:b"


def test_what_a_form_cannot_carry_is_not_sent_without_it(page: Page, warning: Alert) -> None:
    page.goto(PAGE)
    alter(page, 'element.setAttribute("header", "X-Host: token")')
    page.route("**/told/", lambda route: route.abort())
    say_that_he_knows(page)
    problem = page.locator(".crm-notify-problem", has_text="this may not have been sent")
    expect(problem).to_be_visible()
    # It stays beside the form while the page hears from the server again.
    for _ in range(2):
        page.wait_for_event("response", lambda answer: "alerts.json" in answer.url)
    expect(problem).to_be_visible()
    expect(page.get_by_label("How was John told?")).to_have_value("I phoned him")
    assert page.url.endswith(PAGE)


def test_a_csrf_token_may_be_given_where_the_cookie_is_out_of_reach(
    page: Page, warning: Alert
) -> None:
    page.goto(PAGE)
    (token,) = [c["value"] for c in page.context.cookies() if c["name"] == "csrftoken"]
    alter(page, 'element.setAttribute("csrf-cookie", "another")')
    alter(page, f'element.setAttribute("csrf-token", "{token}")')
    say_that_he_knows(page)
    expect(page.locator("[data-crm-notify-news]")).to_have_text("Noted how John was told.")


def test_a_form_that_was_refused_for_its_token_can_be_sent_once_it_has_one(
    page: Page, warning: Alert
) -> None:
    page.goto(PAGE)
    answered: list[int] = []

    def stop(route: Route) -> None:
        answered.append(1)
        route.fulfill(status=403, json={"error": "Log in anew."})

    page.route("**/told/", stop)
    say_that_he_knows(page)
    expect(page.get_by_role("alert")).to_have_text("Log in anew.")
    page.unroute("**/told/")
    page.get_by_role("button", name="Put on record").click()
    expect(page.locator("[data-crm-notify-news]")).to_have_text("Noted how John was told.")
    assert answered == [1]


def test_whoever_is_not_logged_in_is_told_so(page: Page, context: Any) -> None:
    context.clear_cookies()
    page.goto(PAGE)
    expect(page.locator(".crm-notify-stale", has_text="You are not logged")).to_be_visible()
