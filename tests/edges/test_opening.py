"""The link in a mail: it lands on the record, and only its recipient's own opening counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Activity, Event, Notification
from crm_notify.rules.token import Purpose
from crm_notify.steps.deliver import deliver

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]


@pytest.fixture
def link(notification: Notification) -> str:
    return path(notification)


def path(notification: Notification) -> str:
    return f"/notify/open/{sign(notification.pk, Purpose.OPEN, get_settings())}/"


def counted() -> int:
    return Event.objects.filter(kind="seen").count()


def test_the_mail_leads_through_it_to_the_record(
    notification: Notification, john: Any, client: Client
) -> None:
    deliver()
    link = path(notification)
    assert f"Open it: https://crm.example{link}" in mail.outbox[0].body
    client.force_login(john)
    answer = client.get(link)
    assert (answer.status_code, answer["Location"]) == (302, notification.activity.url)
    assert counted() == 1
    notification.refresh_from_db()
    assert notification.outcome == "told"
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))


def test_opening_it_again_says_nothing_new(link: str, john: Any, client: Client) -> None:
    client.force_login(john)
    for _ in range(2):
        assert client.get(link).status_code == 302
    assert counted() == 1


def test_whoever_is_not_logged_in_is_asked_to_and_comes_back_to_it(
    link: str, client: Client
) -> None:
    answer = client.get(link)
    assert answer["Location"] == f"/accounts/login/?next={link}"
    assert counted() == 0


def test_somebody_else_lands_on_the_record_and_nothing_is_counted(
    link: str, client: Client, janet: Any, alice: Any
) -> None:
    for user in (janet, alice):
        client.force_login(user)
        assert client.get(link).status_code == 302
    assert counted() == 0


@pytest.mark.parametrize(
    "header", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_a_prefetch_is_refused_so_that_the_browser_asks_again(
    header: dict[str, str], link: str, john: Any, client: Client
) -> None:
    client.force_login(john)
    assert client.get(link, headers=header).status_code == 403
    assert counted() == 0
    assert client.get(link).status_code == 302
    assert counted() == 1


def test_whoever_asks_for_the_head_only_has_seen_nothing(
    link: str, john: Any, client: Client
) -> None:
    client.force_login(john)
    assert client.head(link).status_code == 302
    assert client.post(link).status_code == 405
    assert counted() == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example/deals/7/",
        "http://testserver/deals/7/",
        "/deals/7/?tab=2#note",
    ],
)
def test_it_leads_to_this_site_and_to_the_base_url(
    url: str, call: Call, john: Any, client: Client
) -> None:
    client.force_login(john)
    assert client.get(path(call(url=url).notifications.get()))["Location"] == url


def test_a_path_without_its_first_stroke_is_one_of_this_site(
    call: Call, john: Any, client: Client
) -> None:
    client.force_login(john)
    answer = client.get(path(call(url="deals/7/").notifications.get()))
    assert answer["Location"] == "/deals/7/"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "https://crm.example@evil.example/",
        "https://[/",
        "",
    ],
)
def test_it_is_no_way_to_another_site_but_shows_him_the_text(
    url: str, call: Call, john: Any, janet: Any, client: Client
) -> None:
    row = call(text="<b>They are ready</b>").notifications.get()
    Activity.objects.update(url=url)
    client.force_login(john)
    answer = client.get(path(row))
    assert answer.status_code == 200
    assert "&lt;b&gt;They are ready&lt;/b&gt;" in answer.text
    assert "Janet Smith logged a call" in answer.text
    assert 'href="javascript' not in answer.text
    assert counted() == 1
    # What was written to him is nobody else's to read here.
    client.force_login(janet)
    assert client.get(path(row)).status_code == 404


def test_without_a_base_url_only_this_site_is_led_to(
    call: Call, john: Any, client: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(BASE_URL="")
    client.force_login(john)
    assert client.get(path(call(url="/x/").notifications.get()))["Location"] == "/x/"
    assert client.get(path(call(url="https://crm.example/").notifications.get())).status_code == 200


def test_another_kind_of_token_is_no_key(
    notification: Notification, john: Any, client: Client
) -> None:
    client.force_login(john)
    for purpose in (Purpose.NOTIFICATION, Purpose.MESSAGE, Purpose.UNSUBSCRIBE):
        name = sign(notification.pk, purpose, get_settings())
        assert client.get(f"/notify/open/{name}/").status_code == 404
    assert client.get("/notify/open/nonsense/").status_code == 404
    too_long = sign(2**63, Purpose.OPEN, get_settings())
    assert client.get(f"/notify/open/{too_long}/").status_code == 404
    assert counted() == 0


def test_a_link_outlives_what_it_led_to(link: str, john: Any, client: Client) -> None:
    Notification.objects.all().delete()
    client.force_login(john)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://front.example/deals/7/", "Open it: https://front.example/deals/7/"),
        ("https://[/", ""),
    ],
)
def test_a_record_of_another_site_is_linked_from_the_mail_as_it_is(
    url: str, words: str, call: Call
) -> None:
    call(url=url)
    deliver()
    body = mail.outbox[0].body
    assert words in body
    assert "/notify/open/" not in body


def test_where_nothing_is_mounted_the_mail_leads_to_the_record(call: Call, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.channels.email.no_urls"
    call(url="/customers/1/")
    deliver()
    assert "Open it: https://crm.example/customers/1/" in mail.outbox[0].body


def test_news_without_a_record_of_its_own_has_a_page_to_open(
    call: Call, john: Any, client: Client
) -> None:
    row = call().notifications.get()
    Activity.objects.update(url="")
    deliver()
    assert f"Open it: https://crm.example{path(row)}" in mail.outbox[0].body
