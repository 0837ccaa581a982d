"""For everybody: without scripts, by keyboard alone, as light or dark as the page around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from crm_notify import api
from crm_notify.models import Activity, Notification
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive, bounce

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/customers/1/"


@pytest.fixture(autouse=True)
def _everything_at_once(
    _janet_is_logged_in: None,
    janet: Any,
    call: Callable[..., Activity],
    crm_notify_settings: Callable[..., None],
) -> None:
    """One warning of every kind: urgent, acknowledged, sent again, told, folded."""

    def failed(name: str, text: str = "550 5.1.1 User unknown", **given: Any) -> Notification:
        row = call(target=Customer.objects.create(name=name), **given).notifications.get()
        return bounce(row, text).notification

    told = failed("Northwind")
    arrive(api.resend(told, by=janet))
    api.resend(failed("Tailspin"), by=janet, address="jon@example.com")
    api.acknowledge(api.open_alerts(janet).get(chain=failed("Fabrikam", "5" * 800)), by=janet)
    failed("Contoso", urgency="urgent")
    get_user_model().objects.create_user("jon", "jon@example.com")
    crm_notify_settings(FOLD_ABOVE=2)
    for number in range(3):
        row = call(target=Customer.objects.create(name=f"Outage {number}")).notifications.get()
        bounce(row, blame="sender")


def visit(page: Page, where: str) -> None:
    """Go there, and close what is urgent and stands in front, as the keyboard does it."""
    page.goto(where)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_forms_do_it(page: Page) -> None:
    page.goto(PAGE)
    urgent = page.get_by_role("listitem").filter(has_text="urgent")
    urgent.get_by_text("Correct the address").click()
    address = urgent.get_by_label("Where John can be reached")
    address.fill("jon@")
    urgent.get_by_role("button", name="Correct and send again").click()
    expect(page.get_by_text("Nothing was done: “jon@” is not an address.")).to_be_visible()
    address = page.get_by_label("Where John can be reached").first
    expect(address).to_have_value("jon@")
    address.fill("jon@example.com")
    page.get_by_role("button", name="Correct and send again").first.click()
    expect(page.get_by_text("The address is now jon@example.com; 5 messages")).to_be_visible()
    assert page.url.endswith(PAGE)
    # Nothing offers what only a script could do.
    expect(page.get_by_role("button", name="Dismiss")).to_be_hidden()


def test_by_keyboard_alone(page: Page) -> None:
    visit(page, PAGE)
    keys = page.keyboard

    def focused() -> str:
        return str(page.evaluate("document.activeElement.textContent.trim()"))

    while focused() != "Correct the address":
        keys.press("Tab")
    keys.press("Enter")
    keys.press("Tab")
    assert " ".join(focused().split()) == "jon@example.com is spelled almost alike"
    keys.press("Tab")
    expect(page.get_by_label("Where John can be reached").first).to_be_focused()
    keys.press("Control+A")
    keys.type("jon@example.com")
    keys.press("Enter")
    urgent = page.get_by_role("listitem").filter(has_text="urgent")
    expect(urgent).to_contain_text("sent again to jon@example.com")
    # The focus has not been thrown back to the top of the page.
    expect(urgent).to_be_focused()
    keys.press("Tab")
    assert focused() == "Contoso"


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_it_is_put_off_and_handed_over(page: Page, bob: Any) -> None:
    page.goto(PAGE)
    urgent = page.get_by_role("listitem").filter(has_text="urgent")
    urgent.get_by_text("More").click()
    urgent.get_by_role("button", name="For 4 hours").click()
    expect(urgent).to_contain_text("Put off until")
    urgent.get_by_text("More").click()
    urgent.get_by_label("Hand it over to a colleague").fill("rob")
    urgent.get_by_role("button", name="Hand over").click()
    expect(urgent).to_contain_text("No active user is called “rob”.")
    urgent.get_by_label("Hand it over to a colleague").fill("bob")
    urgent.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Handed over to Bob.")).to_be_visible()
    expect(urgent).to_have_count(0)


@pytest.mark.parametrize(
    ("scheme", "theme", "dark"),
    [
        ("light", "", False),
        ("dark", "", True),
        ("light", "dark", True),
        ("dark", "light", False),
    ],
)
def test_it_is_as_light_or_dark_as_the_page_around_it(
    scheme: Literal["light", "dark"], theme: str, dark: bool, page: Page
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{PAGE}?theme={theme}")
    ink = page.get_by_role("heading", name="John was not told").first.evaluate(
        "(heading) => getComputedStyle(heading).color"
    )
    assert (ink == "rgb(231, 236, 239)") is dark
