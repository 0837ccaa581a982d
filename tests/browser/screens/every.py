"""Every screen of ours: whose it is, where it is, and what has to be opened on it to see it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Page

from crm_notify.desk.desks import DESKS
from crm_notify.models import Notification


@dataclass(frozen=True, kw_only=True)
class Links:
    """The addresses of what is not to be found without knowing it."""

    record: str
    opened: str
    unsubscribe: str
    incident: str
    missed: Notification


def _as_it_is(page: Page) -> None:
    """Nothing on it is folded."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """``look`` does what a person does to see all of it."""

    name: str
    who: str
    path: str
    look: Callable[[Page], None] = _as_it_is
    #: What of the page is ours, where the rest is somebody else's.
    part: str = "html"


def close_dialog(page: Page) -> None:
    """What is urgent may stand in front."""
    dialog = page.get_by_role("dialog")
    if dialog.is_visible():
        page.keyboard.press("Escape")


def unfold(page: Page) -> None:
    """Open one form of each kind, each in a warning of its own."""
    close_dialog(page)
    for number, form in enumerate(("correct", "told", "more")):
        page.locator(f"[data-crm-notify-form={form}] > summary").nth(number).click()
    names = page.locator("[data-crm-notify-form=names] > summary")
    for line in names.all():
        line.click()


def has_scripts(page: Page) -> bool:
    return page.locator("html[data-crm-notify-script]").count() == 1


def wait_for_dialog(page: Page) -> None:
    """It opens by itself, once; without scripts there is none."""
    if has_scripts(page):
        page.get_by_role("dialog").wait_for()


def wait_for_element(page: Page) -> None:
    """It reads what it shows; without scripts it shows nothing."""
    if has_scripts(page):
        page.locator(".crm-notify-item").first.wait_for()


def refuse_address(page: Page) -> None:
    """A correction that is refused, and why, beside what was typed."""
    close_dialog(page)
    form = page.locator("[data-crm-notify-form=correct]").first
    form.locator("> summary").click()
    form.locator("[type=email]").fill("jon@")
    form.locator("form").last.get_by_role("button").click()
    page.locator(".crm-notify-problem").first.wait_for()


def refuse_preferences(page: Page) -> None:
    """Two fields that are refused."""
    page.locator("[name=away_from]").fill("2020-01-01")
    page.locator("[name=stand_in]").fill("nobody")
    page.locator(".crm-notify-primary").click()
    page.get_by_role("alert").wait_for()


def confirm_unsubscribing(page: Page) -> None:
    page.get_by_role("button").click()
    page.get_by_role("heading", name="Done").wait_for()


def pick_all(page: Page) -> None:
    """The page that asks before many are acted on."""
    for box in page.locator("[name=_selected_action]").all():
        box.check()
    page.locator("[name=action]").select_option("close")
    page.locator("[name=index]").click()
    page.locator("[name=confirmed]").wait_for(state="attached")


def count_window(page: Page) -> None:
    """What reading a window again would give."""
    page.locator("[name=since]").fill("2020-01-01T00:00")
    page.get_by_role("button", name="Count first").click()
    page.locator("#crm-notify-count").wait_for()


def _ours(links: Links) -> list[Screen]:
    return [
        Screen(name="what is urgent", who="janet", path="/customers/1/", look=wait_for_dialog),
        Screen(name="a host's page", who="janet", path="/customers/1/", look=unfold),
        Screen(name="the warnings", who="janet", path="/notify/alerts/", look=unfold),
        Screen(name="one by one", who="janet", path=links.incident, look=close_dialog),
        Screen(name="refused", who="janet", path="/notify/alerts/", look=refuse_address),
        Screen(name="nothing wrong", who="alice", path="/notify/alerts/"),
        Screen(
            name="the element",
            who="janet",
            path="/single-page/",
            look=wait_for_element,
            part="crm-notify-alerts",
        ),
        Screen(name="what was missed, and who knows", who="john", path=links.record),
        Screen(name="what was opened", who="john", path=links.opened),
        Screen(name="preferences", who="janet", path="/notify/preferences/"),
        Screen(
            name="refused preferences",
            who="janet",
            path="/notify/preferences/",
            look=refuse_preferences,
        ),
        Screen(name="no more mail?", who="", path=links.unsubscribe),
        Screen(name="no more mail", who="", path=links.unsubscribe, look=confirm_unsubscribing),
    ]


def _admins(links: Links) -> list[Screen]:
    found = [Screen(name="admin", who="alice", path=reverse("admin:app_list", args=["crm_notify"]))]
    for model in admin.site._registry:
        if model._meta.app_label != "crm_notify":
            continue
        place = f"admin:crm_notify_{model._meta.model_name}"
        name = str(model._meta.verbose_name_plural)
        row = links.missed if model is Notification else model._default_manager.first()
        assert row is not None, f"There are no {name} to be looked at."
        one = reverse(f"{place}_change", args=[row.pk])
        found += [
            Screen(name=name, who="alice", path=reverse(f"{place}_changelist")),
            Screen(name=f"one of the {name}", who="alice", path=one),
        ]
    replay = reverse("admin:crm_notify_receipt_replay")
    return [
        *found,
        Screen(
            name="many at once",
            who="alice",
            path=reverse("admin:crm_notify_notification_changelist"),
            look=pick_all,
        ),
        Screen(name="reading again", who="alice", path=replay),
        Screen(name="reading again, counted", who="alice", path=replay, look=count_window),
    ]


def close_all(page: Page) -> None:
    """The question about all of a list, on our own page."""
    page.locator("[name=all]").check()
    page.locator("[name=action][value=close]").click()
    page.locator("[name=confirmed]").wait_for(state="attached")


def open_filters(page: Page) -> None:
    """Every filter, one after another; the last one stays open."""
    for one in page.locator(".crm-notify-filter > summary").all():
        one.click()


def refuse_act(page: Page) -> None:
    """An address that is none, and why, beside what was typed."""
    page.locator("td > a").first.click()
    form = page.locator("#crm-notify-correct-form")
    form.locator("[name=text]").first.fill("jon@example")
    form.locator("button").first.click()
    page.locator("#crm-notify-correct-problem").wait_for()


def _staff(links: Links) -> list[Screen]:
    found = []
    for desk in DESKS:
        place, name = f"crm_notify:staff-{desk.model._meta.model_name}", f"staff: {desk.slug}"
        row = links.missed if desk.model is Notification else desk.model._default_manager.first()
        assert row is not None, f"There are no {desk.slug} to be looked at."
        every = "" if desk.only is not None else "?state=all"
        found += [
            Screen(name=name, who="alice", path=reverse(f"{place}-list") + every),
            Screen(name=f"{name}, one", who="alice", path=reverse(place, args=[row.pk])),
        ]
    failed, replay = reverse("crm_notify:staff-notification-list"), "staff: reading again"
    wrong = f"{failed}?outcome=failing&blame=address"
    window = reverse("crm_notify:staff-receipt-replay")
    return [
        Screen(name="staff: the door", who="alice", path=reverse("crm_notify:staff-index")),
        *found,
        Screen(name="staff: nothing", who="alice", path=f"{failed}?q=nobody"),
        Screen(name="staff: filters", who="alice", path=failed, look=open_filters),
        Screen(name="staff: many at once", who="alice", path=failed, look=close_all),
        Screen(name="staff: refused", who="alice", path=wrong, look=refuse_act),
        Screen(name=replay, who="alice", path=window),
        Screen(name=f"{replay}, counted", who="alice", path=window, look=count_window),
    ]


def screens(links: Links) -> list[Screen]:
    return [*_ours(links), *_staff(links), *_admins(links)]
