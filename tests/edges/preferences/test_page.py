"""The page of preferences saves what its user typed, tells what is wrong, and is his alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Activity, Preference, Reach, Subscription
from crm_notify.steps.prefer import Said, prefer, said_by
from crm_notify.views.preferences.zones import zone_of
from tests.crm.models import Customer
from tests.edges.preferences.form import PAGE, SMS, fields, problems, words
from tests.people import Clock

pytestmark = pytest.mark.django_db

Change = Callable[..., None]
Send = Callable[..., Any]


def day(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


def test_it_is_for_whoever_is_logged_in(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={PAGE}")
    assert client.post(PAGE).status_code == 302


def test_it_is_kept_by_no_cache_and_needs_its_token(tab: Client) -> None:
    answer = tab.get(PAGE)
    assert "private" in answer["Cache-Control"]
    assert tab.post(PAGE, {"hear": "on"}).status_code == 403
    assert tab.put(PAGE).status_code in {403, 405}


def test_the_form_as_it_stands_changes_nothing(send: Send, janet: Any, bob: Any, sms: None) -> None:
    said = Said(
        ways=(("chat", "@janet"), ("sms", "+4930")),
        away_from=timezone.now() - timedelta(hours=5),
        away_until=timezone.now() + timedelta(days=5, hours=3),
        stand_in=bob,
        time_zone="Europe/Berlin",
        quiet_from=time(22),
        quiet_until=time(7),
    )
    prefer(janet, said)
    assert send().status_code == 302
    assert said_by(janet) == said
    assert not Subscription.objects.exists()


def test_all_is_saved_and_said(
    send: Send, tab: Client, janet: Any, bob: Any, sms: None, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS=SMS, OWNERS="tests.crm.models.owners")
    answer = send(
        **{
            "hear": None,
            "owned": "on",
            "away_from": day(1),
            "away_until": day(3),
            "stand_in": "BOB@crm.example",
            "time_zone": "Europe/Berlin",
            "quiet_from": "22:00",
            "quiet_until": "07:00",
            "ways-0-channel": "chat",
            "ways-0-address": "@janet",
            "ways-1-channel": "sms",
            "ways-1-address": " +49 30 901820 ",
        }
    )
    assert answer.status_code == 302
    assert "Saved." in words(tab.get(answer["Location"]))
    assert api.wants(janet) is False
    assert api.wants(janet, owned=True) is True
    said = said_by(janet)
    assert said.ways == (("chat", "@janet"), ("sms", "+49 30 901820"))
    assert (said.stand_in, said.time_zone) == (bob, "Europe/Berlin")
    assert (said.quiet_from, said.quiet_until) == (time(22), time(7))
    berlin = zone_of("Europe/Berlin")
    assert said.away_from == datetime.combine(date.fromisoformat(day(1)), time(), berlin)
    assert said.away_until == datetime.combine(date.fromisoformat(day(4)), time(), berlin)
    page = tab.get(PAGE).content.decode()
    assert fields(page)["away_until"] == day(3)
    assert "Our chat" in page
    assert ">SMS<" in page


def test_one_way_can_be_taken_out(send: Send, janet: Any, sms: None) -> None:
    prefer(janet, Said(ways=(("chat", "@janet"), ("sms", "+4930"))))
    send(**{"ways-0-channel": "", "ways-0-address": ""})
    assert said_by(janet).ways == (("sms", "+4930"),)


def test_what_the_host_has_no_use_for_is_not_asked_and_stays(
    send: Send, tab: Client, janet: Any
) -> None:
    Preference.objects.create(user=janet, quiet_from=time(22), quiet_until=time(7))
    Reach.objects.create(user=janet, channel="sms", address="+4930")
    page = words(tab.get(PAGE))
    assert "When a mail does not reach you" not in page
    assert "that I own" not in page
    assert send(time_zone="Europe/Rome").status_code == 302
    row = Preference.objects.get(user=janet)
    assert (row.quiet_from, row.time_zone) == (time(22), "Europe/Rome")
    assert Reach.objects.get().address == "+4930"


def test_where_the_host_knows_how_people_are_reached_they_are_not_asked(
    send: Send, tab: Client, janet: Any, crm_notify_settings: Change
) -> None:
    crm_notify_settings(CHANNELS=SMS, ADDRESSES="crm.people.addresses")
    Reach.objects.create(user=janet, channel="sms", address="+4930")
    assert "Acme CRM knows by itself how else you are reached." in words(tab.get(PAGE))
    assert send(quiet_from="22:00", quiet_until="07:00").status_code == 302
    assert said_by(janet).quiet_from == time(22)
    assert Reach.objects.get().address == "+4930"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"away_from": "{1}"}, "Last day: Say until when: nobody is away for ever."),
        (
            {"away_from": "{3}", "away_until": "{1}"},
            "Last day: The last day comes before the first.",
        ),
        ({"away_from": "{-9}", "away_until": "{-3}"}, "Last day: This day is over."),
        (
            {"away_from": "{1}", "away_until": "9999-12-31"},
            "Last day: Type a day within two years of today.",
        ),
        (
            {"away_from": "0001-01-01", "away_until": "{1}"},
            "First day: Type a day within two years of today.",
        ),
        ({"away_from": "soon"}, "First day: Enter a valid date."),
        ({"stand_in": "nobody"}, "Who acts in my place: No active user is called “nobody”."),
        ({"stand_in": "Janet"}, "Who acts in my place: That is you: choose somebody else."),
        ({"stand_in": "gone"}, "Who acts in my place: No active user is called “gone”."),
        ({"quiet_from": "22:00"}, "Until: Type both times, or none."),
        ({"quiet_until": "22:00"}, "From: Type both times, or none."),
        (
            {"quiet_from": "22:00", "quiet_until": "22:00"},
            "Until: The two times must differ.",
        ),
        ({"quiet_from": "late"}, "From: Enter a valid time."),
        (
            {"ways-0-channel": "sms"},
            "Number or address 1: Type the number or the address, or choose nothing.",
        ),
        (
            {"ways-1-address": "+4930"},
            "By 2: Choose by what you are reached there.",
        ),
        (
            {"ways-0-channel": "sms", "ways-0-address": "1\n2"},
            "Number or address 1: Type it on one line, in ordinary characters.",
        ),
        (
            {
                "ways-0-channel": "sms",
                "ways-0-address": "1",
                "ways-1-channel": "sms",
                "ways-1-address": "1",
            },
            "Number or address 2: This stands above already.",
        ),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_nothing_is_saved(
    send: Send, janet: Any, sms: None, changes: dict[str, str], problem: str, alice: Any
) -> None:
    alice.username, alice.is_active = "gone", False
    alice.save()
    typed = {
        name: re.sub(r"\{(-?\d+)\}", lambda found: day(int(found[1])), text)
        for name, text in changes.items()
    }
    answer = send(hear=None, **typed)
    assert problems(answer) == [problem]
    html = answer.content.decode()
    (where,) = re.findall(r'<li><a href="#([\w-]+)">', html)
    (tag,) = re.findall(rf'<(?:input|select) [^>]*id="{where}"[^>]*>', html)
    assert 'aria-invalid="true"' in tag
    assert f"{where}_error" in tag
    assert f'id="{where}_error"' in html
    assert said_by(janet) == Said()
    assert api.wants(janet) is None
    kept = fields(html)
    assert all(kept[name] == text for name, text in typed.items() if "\n" not in text)


def test_a_channel_or_zone_that_does_not_exist_is_refused(send: Send, sms: None) -> None:
    first, second = problems(
        send(
            **{"time_zone": "Mars/Base", "ways-0-channel": "fax", "ways-0-address": "1"},
        )
    )
    assert first.startswith("Time zone: Select a valid choice.")
    assert second.startswith("By 1: Select a valid choice.")


def test_a_form_without_its_count_of_rows_is_refused(send: Send, sms: None) -> None:
    (problem,) = problems(send(**{"ways-TOTAL_FORMS": None}))
    assert "ManagementForm" in problem


def test_from_today_is_meant_where_only_the_end_is_said(send: Send, janet: Any) -> None:
    assert send(away_until=day(2)).status_code == 302
    said = said_by(janet)
    assert said.away_from is not None
    assert said.away_from <= timezone.now()


def test_an_absence_is_taken_back_by_emptying_it(send: Send, janet: Any) -> None:
    send(away_from=day(0), away_until=day(2))
    send(away_from="", away_until="")
    assert said_by(janet) == Said()


def test_an_absence_that_is_over_is_not_shown(send: Send, tab: Client, clock: Clock) -> None:
    send(away_from=day(0), away_until=day(2))
    clock.forward(days=4)
    tab.get(PAGE)
    assert fields(tab.get(PAGE).content.decode())["away_from"] == ""
    assert send(stand_in="").status_code == 302


def test_a_zone_that_is_no_place_of_the_list_stays_chosen(
    send: Send, tab: Client, janet: Any
) -> None:
    Preference.objects.create(user=janet, time_zone="Etc/GMT+3")
    assert send(away_from=day(0), away_until=day(1)).status_code == 302
    assert said_by(janet).time_zone == "Etc/GMT+3"
    Preference.objects.update(time_zone="Nowhere/Gone")
    assert tab.get(PAGE).status_code == 200


def test_a_record_that_he_follows_can_be_followed_no_more(
    tab: Client, janet: Any, call: Callable[..., Activity], contoso: Customer
) -> None:
    call()
    api.set_wanted(janet, True, target=contoso)
    page = tab.get(PAGE).content.decode()
    assert 'href="/customers/' in page
    assert "Contoso you follow it Stop" in words(tab.get(PAGE))
    (action,) = re.findall(r'action="([^"]*/forget/)"', page)
    token = fields(page)["csrfmiddlewaretoken"]
    answer = tab.post(action, {"csrfmiddlewaretoken": token})
    assert "Taken back." in words(tab.get(answer["Location"]))
    assert "You follow none." in words(tab.get(PAGE))
    assert api.wants(janet, target=contoso) is None
    assert tab.post(action, {"csrfmiddlewaretoken": token}).status_code == 404
    assert tab.get(action).status_code == 405


def test_a_record_that_nobody_has_touched_is_named_all_the_same(
    tab: Client, janet: Any, contoso: Customer
) -> None:
    api.set_wanted(janet, False, target=contoso)
    assert f"customer {contoso.pk} you hear nothing of it Take back" in words(tab.get(PAGE))
    Subscription.objects.update(target_id="x" * 255)
    assert tab.get(PAGE).status_code == 200


def test_a_records_name_and_link_are_hostile(
    tab: Client, janet: Any, call: Callable[..., Activity], contoso: Customer
) -> None:
    contoso.name = "<script>Con\u202etoso"
    call(target=contoso, url="javascript:alert(1)")
    api.set_wanted(janet, True, target=contoso)
    page = tab.get(PAGE).content.decode()
    assert "&lt;script&gt;Contoso" in page
    assert "javascript:" not in page
    assert "\u202e" not in page


def test_nobody_elses_is_shown_or_changed(
    send: Send, tab: Client, bob: Any, contoso: Customer, sms: None
) -> None:
    prefer(bob, Said(ways=(("sms", "+4931"),), time_zone="Europe/Rome"))
    api.set_wanted(bob, True, target=contoso)
    assert "+4931" not in tab.get(PAGE).content.decode()
    send(**{"ways-0-channel": "sms", "ways-0-address": "+4930", "time_zone": "Europe/Berlin"})
    wish = Subscription.objects.get(user=bob)
    token = fields(tab.get(PAGE).content.decode())["csrfmiddlewaretoken"]
    answer = tab.post(f"{PAGE}records/{wish.pk}/forget/", {"csrfmiddlewaretoken": token})
    assert answer.status_code == 404
    assert api.wants(bob, target=contoso) is True
    assert said_by(bob) == Said(ways=(("sms", "+4931"),), time_zone="Europe/Rome")


def test_it_costs_as_much_for_many_records_as_for_one(
    tab: Client,
    janet: Any,
    sms: None,
    call: Callable[..., Activity],
    django_assert_num_queries: Any,
) -> None:
    tab.get(PAGE)
    for number in range(3):
        customer = Customer.objects.create(name=f"Customer {number}")
        call(target=customer)
        api.set_wanted(janet, True, target=customer)
        session, said, ways, wishes, records = 2, 1, 1, 2, 1
        with django_assert_num_queries(session + said + ways + wishes + records):
            tab.get(PAGE)


def test_the_page_of_the_warnings_leads_here(tab: Client) -> None:
    assert f'href="{PAGE}"' in tab.get("/notify/alerts/").content.decode()
