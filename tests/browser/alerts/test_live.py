"""The warnings come alive: they come and go on an open page, and never get in anybody's way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Request, Route, expect

from crm_notify import api
from crm_notify.models import Activity, Alert, Notification
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive, bounce

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/customers/1/"


@pytest.fixture
def other(call: Callable[..., Activity]) -> Notification:
    """Another call of Janet's, of which John is to be told."""
    return call(target=Customer.objects.create(name="Fabrikam")).notifications.get()


def item(page: Page, alert: Alert) -> Any:
    return page.locator(f"#crm-notify-{alert.pk}")


def news(page: Page) -> Any:
    return page.locator("[data-crm-notify-news]")


def test_a_warning_appears_without_a_reload(page: Page, notification: Notification) -> None:
    page.goto(PAGE)
    search = page.get_by_label("Search")
    search.fill("Nothing wrong so far")
    expect(page.get_by_text("need your attention")).to_be_hidden()

    bounce(notification)

    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()
    expect(page.get_by_role("heading", name="1 warning needs your attention")).to_be_visible()
    expect(page).to_have_title("(1) Contoso")
    expect(news(page)).to_have_text("John was not told. You logged a call: Contoso.")
    # She goes on typing where she was.
    expect(search).to_be_focused()
    expect(search).to_have_value("Nothing wrong so far")


def test_an_urgent_one_interrupts_a_screen_reader(
    page: Page, call: Callable[..., Activity]
) -> None:
    page.goto(PAGE)
    bounce(call(urgency="urgent").notifications.get())
    expect(page.get_by_role("alert")).to_contain_text("John was not told")
    expect(news(page)).to_be_empty()


def test_a_correction_ends_with_the_news_that_he_has_it(
    page: Page, notification: Notification
) -> None:
    alert = bounce(notification)
    page.goto(PAGE)
    item(page, alert).get_by_text("Correct the address").click()
    address = page.get_by_label("Where John can be reached")
    address.fill("jon@example.com")
    page.get_by_role("button", name="Correct and send again").click()
    expect(item(page, alert)).to_contain_text("It is about to be sent again to jon@example.com")
    expect(news(page)).to_have_text("The address is now jon@example.com; it is on its way there.")
    assert page.url.endswith(PAGE)

    arrive(Notification.objects.get(address="jon@example.com"))

    expect(item(page, alert)).to_contain_text("John has it: delivered to jon@example.com at")
    expect(news(page)).to_contain_text("John has it")
    expect(page).to_have_title("Contoso")
    page.wait_for_timeout(500)
    expect(item(page, alert)).to_be_visible()

    item(page, alert).get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("list").get_by_text("John has it")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("John has it")).to_be_hidden()


def test_what_is_being_typed_outlives_all_news(
    page: Page, notification: Notification, other: Notification, alice: Any
) -> None:
    alert = bounce(notification)
    page.goto(PAGE)
    item(page, alert).get_by_text("John has been told").click()
    how = item(page, alert).get_by_label("How was John told?")
    how.press_sequentially("I phon")

    urgent = bounce(other)
    expect(item(page, urgent)).to_be_visible()
    again = api.resend(alert.notification, by=alice, address="jon@example.com")
    expect(item(page, alert)).to_contain_text("sent again to jon@example.com")
    arrive(again)
    expect(item(page, alert)).to_contain_text("John has it")

    expect(how).to_be_focused()
    how.press_sequentially("ed him")
    expect(how).to_have_value("I phoned him")
    how.press("Enter")
    expect(news(page)).to_have_text("This was settled already.")
    expect(how).to_be_hidden()


def test_the_focus_stays_in_its_place_when_a_warning_changes(
    page: Page, notification: Notification, other: Notification, alice: Any
) -> None:
    alert = bounce(notification)
    page.goto(PAGE)
    told = item(page, alert).get_by_text("John has been told")
    told.focus()
    bounce(other)
    api.resend(alert.notification, by=alice, address="jon@example.com")
    expect(item(page, alert)).to_contain_text("sent again to jon@example.com")
    expect(told).to_be_focused()


def test_a_refusal_stands_beside_what_was_typed(page: Page, notification: Notification) -> None:
    alert = bounce(notification)
    page.goto(PAGE)
    item(page, alert).get_by_text("Correct the address").click()
    address = page.get_by_label("Where John can be reached")
    address.fill("jon@")
    address.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("“jon@” is not an address.")
    expect(address).to_be_focused()
    expect(address).to_have_value("jon@")
    expect(address).to_have_accessible_description("“jon@” is not an address.")
    address.fill("jon@example.com")
    address.press("Enter")
    expect(item(page, alert)).to_contain_text("sent again to jon@example.com")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_acknowledging_keeps_the_focus_at_the_warning(
    page: Page, notification: Notification
) -> None:
    alert = bounce(notification)
    page.goto(PAGE)
    item(page, alert).get_by_role("button", name="I have seen this").press("Enter")
    expect(item(page, alert)).to_contain_text("You have seen this at")
    expect(item(page, alert)).to_be_focused()


def test_a_suggestion_is_one_click(page: Page, notification: Notification) -> None:
    get_user_model().objects.create_user("jon", "jon@example.com")
    alert = bounce(notification)
    page.goto(PAGE)
    item(page, alert).get_by_text("Correct the address").click()
    item(page, alert).get_by_role("button", name="jon@example.com is spelled almost alike").click()
    expect(item(page, alert)).to_contain_text("It is about to be sent again to jon@example.com")
    assert page.url.endswith(PAGE)


def test_put_off_and_handed_over_without_a_reload(
    page: Page, notification: Notification, bob: Any
) -> None:
    alert = bounce(notification)
    page.goto(PAGE)
    item(page, alert).get_by_text("More").click()
    item(page, alert).get_by_role("button", name="For 1 hour").click()
    expect(item(page, alert)).to_contain_text("Put off until")
    expect(news(page)).to_contain_text("Put off until")
    item(page, alert).get_by_text("More").click()
    to = item(page, alert).get_by_label("Hand it over to a colleague")
    to.fill("rob")
    to.press("Enter")
    expect(to).to_have_accessible_description("No active user is called “rob”.")
    expect(to).to_be_focused()
    to.fill("bob")
    to.press("Enter")
    expect(item(page, alert)).to_contain_text("Handed over at")
    expect(news(page)).to_contain_text("Handed over to Bob.")
    assert page.url.endswith(PAGE)


def test_many_of_one_cause_fold_themselves_on_an_open_page(
    page: Page, call: Callable[..., Activity], crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(FOLD_ABOVE=2)
    page.goto(PAGE)

    def fail(name: str) -> None:
        row = call(target=Customer.objects.create(name=name)).notifications.get()
        bounce(row, blame="sender")

    for number in range(2):
        fail(f"Customer {number}")
    expect(page.get_by_role("heading", name="John was not told")).to_have_count(2)
    fail("Customer 2")
    expect(page.get_by_role("heading", name="3 messages did not arrive")).to_be_visible()
    expect(page.get_by_role("heading", name="John was not told")).to_have_count(0)
    expect(page).to_have_title("(1) Contoso")
    expect(news(page)).to_contain_text("3 messages did not arrive")
    names = page.get_by_text("Who was not told")
    names.click()
    expect(page.get_by_text("Customer 1")).to_be_visible()
    # What is being read stays open when one more comes.
    fail("Customer 3")
    expect(page.get_by_text("Customer 3")).to_be_visible()
    expect(names).to_be_focused()


def test_a_form_that_no_script_can_send_is_sent_by_the_browser(
    page: Page, notification: Notification
) -> None:
    page.goto(PAGE)
    alert = bounce(notification)
    expect(item(page, alert)).to_be_visible()

    def refuse(route: Route, request: Request) -> None:
        if request.resource_type == "fetch":
            route.abort()
        else:
            route.continue_()

    page.route("**/acknowledge/", refuse)
    item(page, alert).get_by_role("button", name="I have seen this").click()
    expect(page.get_by_text("Noted that you have seen it.")).to_be_visible()
    assert page.url.endswith(PAGE)
    alert.refresh_from_db()
    assert alert.acknowledged_at is not None


def test_a_poll_without_news_is_answered_with_nothing(
    page: Page, notification: Notification
) -> None:
    bounce(notification)
    page.goto(PAGE)
    for _ in range(3):
        with page.expect_response("**/alerts.json") as polled:
            pass
        assert polled.value.status == 304


def test_a_server_that_does_not_answer_is_asked_more_slowly_and_the_page_says_so(
    page: Page, notification: Notification
) -> None:
    bounce(notification)
    page.goto(PAGE)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=502)

    page.route("**/alerts.json", refuse)
    old_news = page.locator(".crm-notify-stale", has_text="The server does not answer")
    expect(old_news).to_be_visible()
    so_far = len(asked)
    page.wait_for_timeout(1_500)
    # At the usual pace it would have been ten times.
    assert len(asked) - so_far <= 2
    page.unroute("**/alerts.json")
    expect(old_news).to_be_hidden()


@pytest.mark.parametrize("answer", ["401", "redirect"])
def test_whoever_was_logged_out_meanwhile_is_told_that_it_is_old_news(
    answer: str, page: Page, notification: Notification
) -> None:
    bounce(notification)
    page.goto(PAGE)
    if answer == "401":
        Session.objects.all().delete()
    else:
        page.route(
            "**/alerts.json", lambda route: route.fulfill(status=302, headers={"Location": "/icon"})
        )
    old_news = page.locator(".crm-notify-stale", has_text="You are no longer logged in")
    expect(old_news).to_be_visible()
    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()


def test_a_page_that_nobody_looks_at_does_not_ask(page: Page, notification: Notification) -> None:
    page.goto(PAGE)

    def look(state: str) -> None:
        page.evaluate(
            """(state) => {
              const now = { value: state, configurable: true };
              Object.defineProperty(document, "visibilityState", now);
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            state,
        )

    look("hidden")
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(600)
    assert asked == []
    bounce(notification)
    look("visible")
    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()


def test_the_page_of_the_warnings_is_alive_too(
    page: Page, notification: Notification, other: Notification, janet: Any
) -> None:
    page.goto("/notify/alerts/")
    expect(page.get_by_text("Nothing needs your attention")).to_be_visible()
    alert = bounce(notification)
    bounce(other)
    expect(page.get_by_role("heading", name="2 warnings need your attention")).to_be_visible()
    item(page, alert).get_by_text("John has been told").click()
    page.get_by_label("How was John told?").last.fill("I phoned him")
    item(page, alert).get_by_role("button", name="Put on record").click()
    expect(page.get_by_role("heading", name="1 warning needs your attention")).to_be_visible()
    expect(item(page, alert)).to_contain_text("You noted at")
    page.reload()
    expect(page.get_by_text("You noted at")).to_have_count(1)
