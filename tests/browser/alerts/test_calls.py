"""What is urgent stands in front of the page once; outside the window nobody is told unasked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from crm_notify import api
from crm_notify.models import Activity, Alert, Notification
from tests.edges.alerts.failing import bounce

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/customers/1/"
OWN = "/notify/alerts/"
#: Stands in for the browser's own: what would be shown outside the window, and the answer of the
#: person who is asked.
OUTSIDE = """(answer) => {
  window.told = [];
  window.asked = 0;
  window.Notification = class extends EventTarget {
    static permission = sessionStorage.answered ?? "default";
    static async requestPermission() {
      window.asked += 1;
      sessionStorage.answered = Notification.permission = answer;
      return answer;
    }
    constructor(title, options) {
      super();
      window.told.push([title, options.tag]);
      window.last = this;
    }
  };
}"""

Call = Callable[..., Activity]


@pytest.fixture
def urgent(call: Call) -> Notification:
    """Janet's urgent call, of which John is to be told."""
    return call(urgency="urgent").notifications.get()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="This is urgent")


def test_an_urgent_one_stands_in_front_and_gives_the_focus_back(
    page: Page, urgent: Notification
) -> None:
    page.goto(PAGE)
    search = page.get_by_label("Search")
    search.fill("Northwind")
    bounce(urgent)
    expect(dialog(page).get_by_role("listitem").get_by_role("paragraph")).to_have_text(
        [
            "John was not told",
            "You logged a call: Contoso",
            "john@example.com: There is no such mailbox.",
        ]
    )
    # No key that was meant for the field does anything here.
    expect(dialog(page).get_by_role("heading")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    expect(search).to_be_focused()
    expect(search).to_have_value("Northwind")


def test_it_comes_once_wherever_the_page_is_opened(
    page: Page, urgent: Notification, context: BrowserContext
) -> None:
    bounce(urgent)
    page.goto(PAGE)
    dialog(page).get_by_role("button", name="Close").click()
    page.reload()
    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()
    expect(dialog(page)).to_be_hidden()
    page.goto(OWN)
    expect(dialog(page)).to_be_hidden()
    other = context.new_page()
    other.goto(PAGE)
    expect(other.get_by_role("heading", name="John was not told")).to_be_visible()
    expect(dialog(other)).to_be_hidden()


def test_it_comes_anew_when_it_is_asked_anew(page: Page, urgent: Notification, janet: Any) -> None:
    alert = bounce(urgent)
    page.goto(PAGE)
    dialog(page).get_by_role("button", name="Close").click()
    later = timezone.now() + timedelta(minutes=1)
    Alert.objects.filter(pk=alert.pk).update(opened_at=later)
    expect(dialog(page)).to_be_visible()


def test_it_leads_to_the_warning(page: Page, urgent: Notification) -> None:
    alert = bounce(urgent)
    page.goto(PAGE)
    dialog(page).get_by_role("button", name="Show the warning").click()
    expect(dialog(page)).to_be_hidden()
    expect(page.locator(f"#crm-notify-{alert.pk}")).to_be_focused()


def test_two_at_once_are_in_one(page: Page, call: Call) -> None:
    page.goto(PAGE)
    bounce(call(urgency="urgent", text="1").notifications.get())
    expect(dialog(page).get_by_role("listitem")).to_have_count(1)
    bounce(call(urgency="urgent", text="2").notifications.get())
    expect(dialog(page).get_by_role("listitem")).to_have_count(2)


def test_what_is_not_urgent_or_seen_already_stays_where_it_is(
    page: Page, call: Call, urgent: Notification, janet: Any
) -> None:
    api.acknowledge(bounce(urgent), by=janet)
    page.goto(PAGE)
    search = page.get_by_label("Search")
    search.focus()
    bounce(call(text="2").notifications.get())
    expect(page.get_by_role("heading", name="John was not told")).to_have_count(2)
    expect(dialog(page)).to_be_hidden()
    expect(search).to_be_focused()


def test_hostile_words_stay_words_in_it(page: Page, call: Call) -> None:
    bounce(call(urgency="urgent", verb="<img src=x onerror=alert(1)>").notifications.get())
    page.goto(PAGE)
    expect(dialog(page)).to_contain_text("<img src=x onerror=alert(1)>")


def outside(page: Page, answer: str) -> Locator:
    page.add_init_script(f"({OUTSIDE})('{answer}')")
    page.goto(OWN)
    return page.get_by_role("button", name="Tell me outside this window too")


def look_away(page: Page) -> None:
    page.evaluate("document.hasFocus = () => false")


def test_nobody_is_asked_or_told_outside_unless_he_wants_it(
    page: Page, notification: Notification
) -> None:
    button = outside(page, "granted")
    expect(button).to_have_attribute("aria-pressed", "false")
    look_away(page)
    bounce(notification)
    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()
    assert page.evaluate("[asked, told]") == [0, []]


def test_whoever_asked_is_told_when_he_looks_elsewhere_and_only_then(
    page: Page, notification: Notification, call: Call
) -> None:
    button = outside(page, "granted")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    bounce(notification)
    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()
    assert page.evaluate("told") == []
    page.goto(PAGE)
    look_away(page)
    alert = bounce(call(text="2").notifications.get())
    expect(page.get_by_role("heading", name="John was not told")).to_have_count(2)
    # Who, and nothing of what: it may stand on a locked screen.
    ((title, tag),) = page.evaluate("told")
    assert title == "John was not told"
    assert tag.startswith(f"crm-notify-{alert.pk}-")
    page.evaluate("last.dispatchEvent(new Event('click'))")
    expect(page.locator(f"#crm-notify-{alert.pk}")).to_be_focused()


def test_it_is_taken_back_by_the_same_button(page: Page, notification: Notification) -> None:
    button = outside(page, "granted")
    button.click()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    look_away(page)
    bounce(notification)
    expect(page.get_by_role("heading", name="John was not told")).to_be_visible()
    assert page.evaluate("[asked, told]") == [1, []]


def test_a_browser_that_does_not_allow_it_is_said_so(page: Page) -> None:
    button = outside(page, "denied")
    button.click()
    expect(page.get_by_text("Your browser does not let this site tell you")).to_be_visible()
    expect(button).to_be_hidden()


def test_whoever_asked_is_told_while_the_page_is_hidden(
    page: Page, notification: Notification
) -> None:
    page.clock.install()
    outside(page, "granted").click()
    look_away(page)
    page.evaluate(
        """() => {
          const now = { value: "hidden", configurable: true };
          Object.defineProperty(document, "visibilityState", now);
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    bounce(notification)
    page.clock.run_for(59_000)
    assert page.evaluate("told") == []
    with page.expect_response("**/alerts.json*"):
        page.clock.run_for(2_000)
    page.wait_for_function("told.length === 1")
