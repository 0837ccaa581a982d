"""Every screen of ours, for everybody: light, dark, narrow, right to left, without scripts.

All of them stand under a strict Content-Security-Policy; its refusals would be on the console.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import resolve
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from crm_notify.desk.desks import DESKS
from crm_notify.urls import urlpatterns
from tests.browser.conftest import Window
from tests.browser.screens.every import Links, Screen, screens

pytestmark = pytest.mark.django_db(transaction=True)

#: Django's own, which every page of its admin has: a search field with no more than a title, links
#: in the path that only their colour tells from its words, and a button that its script
#: names.
NOT_OURS = [["#searchbar"], [".breadcrumbs"], [".theme-toggle"]]
NARROW = 320
#: These answer scripts, providers and forms, and show nothing.
SHOWN_TO_NOBODY = {
    "crm_notify:alerts-json",
    "crm_notify:alerts-stream",
    "crm_notify:alert-acknowledge",
    "crm_notify:alert-resend",
    "crm_notify:alert-correct",
    "crm_notify:alert-told",
    "crm_notify:alert-snooze",
    "crm_notify:alert-hand-over",
    "crm_notify:webhook",
    "crm_notify:missed-json",
    "crm_notify:health",
    "crm_notify:preferences-forget",
    "crm_notify:staff-receipt-body",
    *(f"crm_notify:staff-{desk.model._meta.model_name}-act" for desk in DESKS),
    *(f"crm_notify:staff-{desk.model._meta.model_name}-bulk" for desk in DESKS),
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """How somebody looks at it; ``options`` are those of his browser, ``unchecked`` axe's rules.

    Where scripts do not arrive the page is as it is where they are off, and axe can still run.
    """

    name: str
    width: int = 1200
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict)
    scripts: bool = True
    unchecked: tuple[str, ...] = ()


CONDITIONS = [
    Condition(name="light"),
    Condition(
        name="dark, narrow, right to left",
        width=NARROW,
        language="ar",
        options={"color_scheme": "dark"},
    ),
    # No colour is a script's.
    Condition(
        name="narrow, no scripts",
        width=NARROW,
        scripts=False,
        unchecked=("color-contrast",),
    ),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
def test_nothing_is_wrong_on_any_screen(
    condition: Condition,
    links: Links,
    window: Window,
    live_server: LiveServer,
    settings: Any,
    janet: Any,
    john: Any,
    alice: Any,
) -> None:
    settings.LANGUAGE_CODE = condition.language
    options = {
        "viewport": {"width": condition.width, "height": 800},
        "reduced_motion": "reduce",
        **condition.options,
    }
    people = {"janet": janet, "john": john, "alice": alice, "": None}
    windows = {who: window(person, live_server.url, **options) for who, person in people.items()}
    if not condition.scripts:
        for page in windows.values():
            page.route("**/*.js", lambda route: route.abort())
    problems = []
    for screen in screens(links):
        page = windows[screen.who]
        page.goto(screen.path)
        if condition.language == "ar":
            page.evaluate("document.documentElement.dir = 'rtl'")
        screen.look(page)
        problems += [f"{screen.name}: {words}" for words in wrong(page, screen, condition)]
    assert not problems, "\n".join(problems)


def wrong(page: Page, screen: Screen, condition: Condition) -> list[str]:
    where = {"include": [screen.part], "exclude": NOT_OURS}
    options = {
        # It would read style sheets by adding them, which the policy refuses.
        "preload": False,
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in condition.unchecked},
    }
    found = Axe().run(page, context=where, options=options).response["violations"]
    said = [f"{one['id']} at {[node['target'] for node in one['nodes']]}" for one in found]
    if condition.width == NARROW:
        broad = page.evaluate("document.documentElement.scrollWidth")
        said += [f"it is {broad} px broad"] if broad > NARROW else []
    return said


def test_no_screen_is_left_out(links: Links) -> None:
    looked_at = {resolve(urlsplit(screen.path).path).view_name for screen in screens(links)}
    ours = {f"crm_notify:{one.name}" for one in urlpatterns if one.name} - SHOWN_TO_NOBODY
    assert ours <= looked_at
    lists = {
        f"admin:crm_notify_{model._meta.model_name}_changelist"
        for model in admin.site._registry
        if model._meta.app_label == "crm_notify"
    }
    assert lists <= looked_at
