"""The tag: one line in a template, and whoever was not heard of stands on the page in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.template import Context, RequestContext, Template
from django.test import Client

from crm_notify import api
from crm_notify.models import Activity, Alert, Notification, Reach
from tests.crm.models import Customer
from tests.edges.alerts.conftest import PAGE, Words, in_words
from tests.edges.alerts.failing import arrive, bounce

pytestmark = pytest.mark.django_db

TAG = Template("{% load crm_notify %}{% crm_notify_alerts %}")

Call = Callable[..., Activity]


def failed(call: Call, name: str, **given: Any) -> Alert:
    activity = call(target=Customer.objects.create(name=name), **given)
    return bounce(activity.notifications.get())


def test_it_says_who_was_not_told_of_what_at_which_address_and_why(
    warning: Alert, words: Words
) -> None:
    said = words()
    assert "1 warning needs your attention" in said
    assert "John was not told You logged a call: Contoso" in said
    assert "john@example.com: There is no such mailbox." in said
    assert "SparkPost (Bird): 550 5.1.1 <john@example.com>: Recipient address rejected" in said


def test_whoever_else_is_warned_reads_who_did_it(
    client: Client, alice: Any, warning: Alert
) -> None:
    Alert.objects.update(person=alice)
    client.force_login(alice)
    assert "Janet Smith logged a call: Contoso" in in_words(client.get(PAGE).content.decode())
    Activity.objects.update(actor=None, actor_name="")
    assert "logged a call: Contoso" in in_words(client.get(PAGE).content.decode())


def test_whoever_is_not_logged_in_sees_nothing(client: Client, warning: Alert) -> None:
    assert b"crm-notify" not in client.get(PAGE).content


def test_a_template_without_a_request_shows_nothing(warning: Alert) -> None:
    assert TAG.render(Context()).strip() == ""


def test_somebody_elses_warning_is_not_shown(client: Client, bob: Any, warning: Alert) -> None:
    client.force_login(bob)
    assert b"John" not in client.get(PAGE).content


def test_a_page_without_warnings_shows_none_and_is_ready_for_one(tab: Client) -> None:
    page = tab.get(PAGE).content.decode()
    assert "data-crm-notify-warnings hidden" in page
    assert 'data-crm-notify-url="/notify/alerts.json"' in page
    assert 'src="/static/crm_notify/alerts.js" defer' in page


def test_only_urgent_ones_interrupt_a_screen_reader(
    call: Call, tab: Client, warning: Alert, janet: Any
) -> None:
    assert 'role="alert"' not in tab.get(PAGE).content.decode()
    urgent = failed(call, "Fabrikam", urgency="urgent")
    assert tab.get(PAGE).content.decode().count('role="alert"') == 1
    api.acknowledge(urgent, by=janet)
    assert 'role="alert"' not in tab.get(PAGE).content.decode()


def test_urgent_ones_stand_first_and_then_the_newest(call: Call, words: Words) -> None:
    for name, urgency in [("Alpha", "normal"), ("Beta", "urgent"), ("Gamma", "normal")]:
        failed(call, name, urgency=urgency)
    said = words()
    assert said.index("Beta") < said.index("Gamma") < said.index("Alpha")


def test_many_are_folded_and_none_is_lost(call: Call, words: Words, tab: Client) -> None:
    for number in range(7):
        failed(call, f"Customer {number}")
    said = words()
    assert "7 warnings need your attention" in said
    assert said.count("was not told") == 5
    assert "and 2 more" in said
    assert words("/notify/alerts/").count("was not told") == 7


def test_the_number_of_queries_does_not_depend_on_the_number_of_warnings(
    call: Call, tab: Client, django_assert_num_queries: Any
) -> None:
    session, permissions, warnings, folded, users, reasons, settled = 2, 2, 1, 1, 1, 2, 1
    expected = session + permissions + warnings + folded + users + reasons + settled
    failed(call, "First")
    for number in range(4):
        with django_assert_num_queries(expected):
            tab.get(PAGE)
        failed(call, f"Customer {number}")


def test_a_page_without_warnings_costs_three_queries(
    tab: Client, django_assert_num_queries: Any
) -> None:
    session, warnings, folded, settled = 2, 1, 1, 1
    with django_assert_num_queries(session + warnings + folded + settled):
        tab.get(PAGE)


@pytest.mark.parametrize(
    "hostile",
    [
        "550 <script>alert(1)</script>",
        '550 "><img src=x onerror=alert(1)>',
        "550 <a href='https://evil.example'>click</a>",
        "550 javascript:alert(1) https://evil.example/",
    ],
)
def test_script_and_links_in_a_bounce_text_stay_text(
    hostile: str, notification: Notification, tab: Client
) -> None:
    bounce(notification, hostile)
    page = tab.get(PAGE).content.decode()
    shown = re.search(r"<samp[^>]*>([^<]*)</samp>", page)
    assert shown is not None
    assert unescape(shown[1]) == hostile
    assert page.count(shown[1]) == 1


def test_control_characters_and_a_turned_reading_direction_are_taken_out(
    notification: Notification, words: Words, tab: Client
) -> None:
    bounce(notification, "550 5.1.1\r\n\x1b[31m\u202egnp.exe\u2066 gone")
    assert "550 5.1.1 [31mgnp.exe gone" in words()
    page = tab.get(PAGE).content.decode()
    assert not {"\x1b", "\u202e", "\u2066"} & set(page)


def test_a_long_bounce_text_is_cut_with_a_mark(notification: Notification, words: Words) -> None:
    bounce(notification, "550 " + "x" * 900)
    said = words()
    assert "x" * 200 in said
    assert "x…" in said
    assert "x" * 300 not in said


def test_hostile_names_stay_text(call: Call, john: Any, tab: Client) -> None:
    john.first_name = "<b>John</b>"
    john.save()
    failed(call, "<script>alert(2)</script>", verb="logged <i>a call</i>")
    page = tab.get(PAGE).content.decode()
    for tag in ("<b>", "<script>alert", "<i>"):
        assert tag not in page


@pytest.mark.parametrize(
    "url",
    [
        "javascript:void",
        " JavaScript:void",
        "java\tscript:void",
        "\x01javascript:void",
        "data:text/html,void",
        "http://[void",
        "https://crm.example/\x01void",
    ],
)
def test_a_link_that_no_page_should_follow_is_none(url: str, call: Call, tab: Client) -> None:
    bounce(call(url=url).notifications.get())
    page = tab.get(PAGE).content.decode()
    assert "Contoso" in page
    assert "void" not in page


def test_a_corrected_address_is_offered_only_to_who_may(
    warning: Alert, words: Words, janet: Any, request: pytest.FixtureRequest
) -> None:
    assert "Correct the address" not in words()
    assert "Propose another address" in words()
    assert "Whoever may correct addresses will see it and decide." in words()
    request.getfixturevalue("may_correct")
    assert "Correct the address" in words()
    assert "Propose another address" not in words()


def test_it_says_where_it_was_sent_again(
    warning: Alert, words: Words, alice: Any, tab: Client
) -> None:
    again = api.resend(warning.notification, by=alice, address="jon@example.com")
    assert "John has not been told yet" in words()
    assert "It is about to be sent again to jon@example.com" in words()
    Notification.objects.filter(pk=again.pk).update(dispatch="done")
    assert "Sent again to jon@example.com at" in words()
    assert "waiting for news" in words()
    # What is under way is not sent a second time.
    assert "/resend/" not in tab.get(PAGE).content.decode()


def test_a_short_message_under_way_takes_nothing_from_the_warning(
    call: Call, john: Any, tab: Client, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(CHANNELS={"sms": {"CLASS": "tests.steps.test_fallback.Phone"}})
    Reach.objects.create(user=john, channel="sms", address="+4930901820")
    bounce(call(urgency="urgent").notifications.get())
    (alert,) = tab.get("/notify/alerts.json").json()["alerts"]
    assert (alert["headline"], alert["state"]) == ("John was not told", "failed")
    assert alert["progress"] == "It is about to be sent again to +4930901820"
    assert alert["calls_out"]
    assert "/resend/" in tab.get(PAGE).content.decode()


def test_it_says_that_it_failed_again(warning: Alert, words: Words, alice: Any, janet: Any) -> None:
    api.acknowledge(warning, by=janet)
    assert "You have seen this at" in words()
    bounce(api.resend(warning.notification, by=janet))
    assert "Sent again at" in words()
    assert "failed again" in words()
    bounce(api.resend(warning.chain, by=alice, address="jan@example.com"))
    said = words()
    assert "jan@example.com: There is no such mailbox." in said
    assert "Failed for john@example.com first; sent again at" in said
    # A new failure is news.
    assert "You have seen this" not in said


def test_an_address_that_was_corrected_elsewhere_is_where_it_would_go(
    warning: Alert, words: Words, john: Any
) -> None:
    assert "Send again" in words()
    john.email = "jon@example.com"
    john.save()
    assert "Send to jon@example.com" in words()


def test_without_any_address_there_is_nothing_to_send_again(
    call: Call, john: Any, words: Words, tab: Client
) -> None:
    john.email = ""
    john.save()
    bounce(call().notifications.get(), "There is no address on file.", code="", provider="")
    assert "No address is on file." in words()
    assert "/resend/" not in tab.get(PAGE).content.decode()


def test_news_that_somebody_has_it_stands_for_a_while(
    warning: Alert, words: Words, alice: Any, clock: Any
) -> None:
    again = api.resend(warning.notification, by=alice, address="jon@example.com")
    arrive(again)
    said = words()
    assert "Nothing needs your attention" in said
    assert "John has it: delivered to jon@example.com at" in said
    clock.forward(minutes=11)
    assert "John has it" not in words()
    assert "John has it" in words("/notify/alerts/")


def test_a_form_leads_back_to_its_page_but_never_to_a_post(
    client: Client, janet: Any, warning: Alert
) -> None:
    client.force_login(janet)
    there = f"{PAGE}?tab=2"
    assert f'name="next" value="{there}"' in client.get(there).content.decode()
    assert 'name="next"' not in client.post(there).content.decode()


@pytest.mark.parametrize("where", ["context", "request"])
def test_a_script_carries_the_nonce_that_the_hosts_policy_demands(
    where: str, rf: Any, janet: Any
) -> None:
    request = rf.get(PAGE)
    request.user = janet
    context = RequestContext(request)
    if where == "context":
        context["csp_nonce"] = "n0nce"
    else:
        request.csp_nonce = "n0nce"
    assert 'nonce="n0nce"' in TAG.render(context)
