"""The page of preferences, for everybody: without scripts, narrow, right to left, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crm_notify import api
from crm_notify.models import Activity
from crm_notify.steps.prefer import said_by
from tests.crm.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)

OWN = "/notify/preferences/"


@pytest.fixture(autouse=True)
def _something_to_show(
    _janet_is_logged_in: None,
    janet: Any,
    call: Callable[..., Activity],
    crm_notify_settings: Callable[..., None],
) -> None:
    crm_notify_settings(
        OWNERS="crm.people.owners",
        CHANNELS={"sms": {"CLASS": "crm.sms.Gateway"}, "chat": {"CLASS": "crm.chat.Gateway"}},
    )
    for name in ("Contoso", "Fabrikam of the Northern Provinces and all the Islands"):
        customer = Customer.objects.create(name=name)
        call(target=customer)
        api.set_wanted(janet, name == "Contoso", target=customer)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_all_of_it_works(page: Page, janet: Any, bob: Any) -> None:
    page.goto("/notify/alerts/")
    page.get_by_role("link", name="Preferences").click()
    page.get_by_label("Who acts in my place").fill("nobody")
    first = page.get_by_role("group", name="Way 1")
    first.get_by_label("By").select_option("SMS")
    first.get_by_label("Number or address").fill("+49 30 901820")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("No active user is called “nobody”.")
    page.get_by_role("link", name="Who acts in my place").click()
    page.get_by_label("Who acts in my place").fill("Bob")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    said = said_by(janet)
    assert (said.stand_in, said.ways) == (bob, (("sms", "+49 30 901820"),))
    contoso = page.get_by_role("listitem").filter(has_text="Contoso")
    contoso.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status")).to_have_text("Taken back.")
    expect(page.get_by_text("you follow it")).to_have_count(0)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_on_a_narrow_screen_nothing_is_cut_off(page: Page, direction: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(OWN)
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for box in page.locator("input:not([type=hidden]), select, button").all():
        placed = box.bounding_box()
        assert placed is not None
        assert placed["x"] >= 0
        assert placed["x"] + placed["width"] <= 320


def test_the_keyboard_reaches_all_of_it_in_order(page: Page) -> None:
    page.goto(OWN)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.innerText")
        if name not in reached:
            reached.append(name)
    wanted = ["hear", "owned", "away_from", "stand_in", "time_zone", "quiet_from", "Save", "Stop"]
    assert [name for name in reached if name in wanted] == wanted
