"""Janet is on leave when her mails bounce: what everybody sees on his screen, until it is over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from crm_notify.models import Activity, Notification, Reach
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from tests.browser.conftest import Window
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of
from tests.support.send_api import Reply, SendApi

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/customers/1/"
RIGHT = "jon@example.com"

Call = Callable[..., Activity]


def contacts(user: Any) -> list[str]:
    """The customers' people, as a CRM knows them."""
    return [RIGHT, "sales@example.com"]


@pytest.fixture
def gateway(crm_notify_settings: Callable[..., None], john: Any) -> Iterator[SendApi]:
    """It takes every SMS; John has a telephone."""
    Reach.objects.create(user=john, channel="sms", address="+49 30 901820")
    with SendApi(lambda call: Reply()) as api:
        url = f"json://us:token@{api.url.removeprefix('http://')}/sms/{{to}}"
        apprise = "crm_notify.channels.apprise.AppriseMessenger"
        crm_notify_settings(CHANNELS={"sms": {"CLASS": apprise, "OPTIONS": {"url": url}}})
        yield api


@pytest.fixture
def sit_down(settings: Any, window: Window, live_server: LiveServer) -> Callable[[Any], Page]:
    """Somebody's own browser at the CRM, with its admin."""
    settings.ROOT_URLCONF = "tests.browser.screens.host"
    return lambda user: window(user, live_server.url)


def hear(post: Callable[..., Any], kind: str, rows: Iterable[Notification], **said: Any) -> None:
    """The provider reports on the last mail of each of these."""
    events = [sparkpost(token_of(row), kind, recipient=row.address, **said) for row in rows]
    assert post(events).status_code == 200
    assert interpret() == 1


def pass_by(clock: Clock, **time: float) -> None:
    """The sweep and the worker go on meanwhile."""
    clock.forward(**time)
    for _ in range(3):
        sweep()
        deliver()


def go_on_leave(page: Page, **fields: str) -> None:
    """Janet says so on her own page."""
    page.goto("/notify/preferences/")
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")


def warnings(page: Page) -> Locator:
    return page.get_by_role("heading", name="John was not told")


def to(address: str) -> list[Any]:
    return [message for message in mail.outbox if address in message.to[0]]


def test_a_bounce_does_not_rest_until_somebody_has_acted(
    sit_down: Callable[[Any], Page],
    gateway: SendApi,
    call: Call,
    post: Callable[..., Any],
    clock: Clock,
    crm_notify_settings: Callable[..., None],
    janet: Any,
    bob: Any,
    alice: Any,
) -> None:
    crm_notify_settings(DIGEST_TO=[alice.email], CONTACTS=f"{__name__}.contacts")
    hers, his, admins = sit_down(janet), sit_down(bob), sit_down(alice)

    # She says who acts in her place, logs three calls, and leaves with a page of the CRM open.
    go_on_leave(hers, Who_acts_in_my_place="Bob")
    hers.goto(PAGE)
    his.goto(PAGE)
    missed = [
        call(text=text, urgency=urgency).notifications.get()
        for text, urgency in [("First", "normal"), ("Second", "urgent"), ("Third", "normal")]
    ]
    deliver()
    hear(post, "bounce", missed, **UNKNOWN_USER)
    expect(warnings(hers)).to_have_count(3)
    deliver()
    assert [sms.path for sms in gateway.calls] == ["/sms/+49%2030%20901820"]

    # Nobody acknowledges; after a quarter of an hour it stands before Bob, and not before.
    pass_by(clock, minutes=14)
    with his.expect_response("**/alerts.json"):
        pass
    expect(warnings(his)).to_have_count(0)
    pass_by(clock, minutes=2)
    expect(warnings(his)).to_have_count(3)
    expect(his.get_by_text("Janet Smith logged a call: Contoso").first).to_be_visible()
    expect(his.get_by_role("dialog", name="This is urgent")).to_be_visible()
    expect(his).to_have_title("(3) Contoso")

    # After four hours Alice reads it in her mail, and goes where that leads.
    pass_by(clock, hours=3, minutes=40)
    assert not to(alice.email)
    pass_by(clock, minutes=10)
    (digest,) = to(alice.email)
    assert digest.body.count("John was not told: Janet Smith logged a call: Contoso") == 3
    (link, *_) = re.findall(r"https://crm\.example(/admin/\S+/change/)", digest.body)
    admins.goto(link)
    admins.get_by_role("button", name=f"{RIGHT} is spelled almost alike").click()
    expect(
        admins.get_by_text(f"The address is now {RIGHT}; 3 mails are sent again.")
    ).to_be_visible()

    # What he missed goes to the right address, in its order.
    deliver()
    again = list(Notification.objects.filter(address=RIGHT).order_by("pk"))
    assert [row.previous for row in again] == missed
    texts = [message.body.split("\n\n")[1].strip() for message in to(RIGHT)]
    assert texts == ["First", "Second", "Third"]
    for page in (hers, his):
        progress = page.locator(".crm-notify-progress", has_text=f"sent again to {RIGHT}")
        expect(progress).to_have_count(3)

    # He has it, and everybody sees why there is nothing to do any more.
    hear(post, "delivery", again)
    for page in (hers, his):
        why = page.locator(".crm-notify-headline", has_text=f"John has it: delivered to {RIGHT} at")
        expect(why).to_have_count(3)
        expect(page).to_have_title("Contoso")
        page.goto("/notify/alerts/")
        expect(page.get_by_text("Nothing needs your attention")).to_be_visible()
    admins.goto("/admin/crm_notify/alert/")
    expect(admins.get_by_text("0 alerts")).to_be_visible()
    admins.goto(link)
    expect(admins.get_by_text("No longer in front of the admins")).to_be_visible()
    assert (len(gateway.calls), len(to(alice.email)), len(to(RIGHT))) == (1, 1, 3)


def test_whose_leave_is_on_record_is_stood_in_for_at_once(
    sit_down: Callable[[Any], Page], call: Call, post: Callable[..., Any], janet: Any, bob: Any
) -> None:
    today = timezone.localdate().isoformat()
    go_on_leave(sit_down(janet), First_day=today, Last_day=today, Who_acts_in_my_place="Bob")
    his = sit_down(bob)
    his.goto(PAGE)
    rows = call().notifications.all()
    deliver()
    hear(post, "bounce", rows, **UNKNOWN_USER)
    expect(warnings(his)).to_have_count(1)
