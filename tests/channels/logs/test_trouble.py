"""A log that cannot be read says what to do, waits when it is told to, and shows no key."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pytest_django import Settings

from crm_notify.channels.http import Api, TooLarge, opened
from crm_notify.channels.logs import ELSEWHERE, LOGS, NoAnswer
from crm_notify.exceptions import SettingsError
from crm_notify.rules.providers import PROVIDERS
from tests.channels.logs.records import AT, mailgun, read
from tests.channels.logs.server import Asked, Said, Served

SETTINGS = {
    "mailgun": "MAILGUN_API_KEY",
    "postmark": "POSTMARK_SERVER_TOKEN",
    "sparkpost": "SPARKPOST_API_KEY",
}
KEYS = ("mailgun-key", "postmark-token", "sparkpost-key", "YXBpOm1haWxndW4ta2V5")


def api(served: Served, **changes: Any) -> Api:
    return Api(
        **{
            "label": "Acme",
            "url": served.url,
            "headers": {"Authorization": "acme-key"},
            "key": "Check it.",
            "pauses": (0, 0),
            **changes,
        }
    )


def in_turn(served: Served, answers: Iterable[Said]) -> None:
    """Answer with these, one after the other."""
    left: Iterator[Said] = iter(answers)
    served.answer = lambda asked: next(left)


@pytest.mark.parametrize("provider", LOGS)
def test_a_missing_key_is_named(settings: Settings, provider: str) -> None:
    settings.ANYMAIL = {}
    with pytest.raises(SettingsError, match=f'Set ANYMAIL."{SETTINGS[provider]}"'):
        read(provider)


@pytest.mark.parametrize("provider", LOGS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_named_but_not_shown(
    served: Served, provider: str, status: int
) -> None:
    served.answer = lambda asked: Said(status=status)
    with pytest.raises(SettingsError, match=SETTINGS[provider]) as caught:
        read(provider)
    assert not any(key in str(caught.value) for key in KEYS)


def test_a_key_is_sent_as_each_provider_wants_it(served: Served, settings: Settings) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "SPARKPOST_SUBACCOUNT": 7}
    for provider in LOGS:
        with pytest.raises((NoAnswer, SettingsError)):
            read(provider)
    by_mailgun, by_postmark, by_sparkpost = (asked.headers for asked in served.asked[:3])
    assert by_mailgun["Authorization"] == "Basic YXBpOm1haWxndW4ta2V5"
    assert by_postmark["X-Postmark-Server-Token"] == "postmark-token"
    assert by_sparkpost["Authorization"] == "sparkpost-key"
    assert by_sparkpost["X-MSYS-SUBACCOUNT"] == "7"


def test_the_key_of_our_own_mailer_comes_first(served: Served, settings: Settings) -> None:
    options = {"api_key": "our-own", "sender_domain": "ours.example"}
    backend = "anymail.backends.mailgun.EmailBackend"
    settings.CRM_NOTIFY = {
        **settings.CRM_NOTIFY,
        "MAILER": {"BACKEND": backend, "OPTIONS": options},
    }
    served.answer = mailgun([])
    read("mailgun")
    assert served.asked[0].headers["Authorization"] == "Basic YXBpOm91ci1vd24="
    assert served.asked[0].path == "/v3/ours.example/events"


def test_a_log_needs_no_mailer(served: Served, settings: Settings) -> None:
    settings.CRM_NOTIFY = {}
    served.answer = mailgun([{"id": "1", "timestamp": AT.timestamp()}])
    assert len(read("mailgun")) == 1


def test_a_domain_that_mailgun_does_not_know_is_named(served: Served) -> None:
    with pytest.raises(SettingsError, match=r"crm\.example.*MAILGUN_API_URL"):
        read("mailgun")


def test_without_any_domain_mailguns_log_cannot_be_found(settings: Settings) -> None:
    settings.ANYMAIL = {"MAILGUN_API_KEY": "mailgun-key"}
    settings.CRM_NOTIFY = {}
    with pytest.raises(SettingsError, match="MAILGUN_SENDER_DOMAIN"):
        read("mailgun")


@pytest.mark.parametrize("provider", LOGS)
@pytest.mark.parametrize("body", [{}, {"items": 1}, [], "none", {"results": ["x"]}])
def test_an_answer_of_another_form_is_said(served: Served, provider: str, body: Any) -> None:
    served.answer = lambda asked: Said(body=body)
    with pytest.raises(NoAnswer, match=r"gave no list|did not count"):
        read(provider)


def test_a_list_that_is_not_counted_is_said(served: Served) -> None:
    served.answer = lambda asked: Said(body={"Messages": []})
    with pytest.raises(NoAnswer, match="did not count"):
        read("postmark")


def test_a_link_to_another_host_is_not_followed_with_the_key(served: Served) -> None:
    event = {"id": "1", "timestamp": AT.timestamp()}
    elsewhere = {"next": "http://localhost:9/v3/crm.example/events"}
    served.answer = lambda asked: Said(body={"items": [event], "paging": elsewhere})
    with pytest.raises(NoAnswer, match="another host"):
        read("mailgun")


def test_a_redirect_is_not_followed_with_the_key(served: Served) -> None:
    served.answer = lambda asked: Said(status=302, headers={"Location": f"{served.url}else"})
    with opened(api(served)) as ask, pytest.raises(NoAnswer, match="answered 302"):
        ask("log")
    assert len(served.asked) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(served: Served, status: int) -> None:
    in_turn(served, [Said(status=status), Said(status=status), Said(body={"all": "well"})])
    with opened(api(served)) as ask:
        assert ask("log", page=1) == {"all": "well"}
    assert [asked.query for asked in served.asked] == [{"page": "1"}] * 3


def test_asking_again_has_an_end(served: Served) -> None:
    served.answer = lambda asked: Said(status=503)
    with opened(api(served)) as ask, pytest.raises(NoAnswer, match="answered 503"):
        ask("log")
    assert len(served.asked) == 3


def test_it_waits_for_as_long_as_it_is_told(served: Served) -> None:
    in_turn(served, [Said(status=429, headers={"Retry-After": "1"}), Said(body={})])
    started = time.monotonic()
    with opened(api(served)) as ask:
        ask("log")
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "Fri, 02 Jan 2026 10:30:00 GMT",
        # Neither: its own pause is taken.
        "soon",
        "Fri, 32 Jan 2026 10:30:00 GMT",
        "",
    ],
)
def test_when_to_come_again_may_be_said_in_any_form(served: Served, value: str) -> None:
    in_turn(served, [Said(status=429, headers={"Retry-After": value}), Said(body={})])
    with opened(api(served)) as ask:
        assert ask("log") == {}


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_it_does_not_wait_for_ever(served: Served, form: str) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    value = "7200" if form == "seconds" else later
    served.answer = lambda asked: Said(status=429, headers={"Retry-After": value})
    with opened(api(served)) as ask, pytest.raises(NoAnswer, match=r"alone for 7\d\d\d seconds"):
        ask("log")
    assert len(served.asked) == 1


def test_nobody_there_is_asked_again_and_then_said(served: Served) -> None:
    nowhere = api(served, url="http://127.0.0.1:9/acme-key/")
    with opened(nowhere) as ask, pytest.raises(NoAnswer, match="ConnectionError") as caught:
        ask("log")
    assert "acme-key" not in str(caught.value)


def test_an_answer_that_trickles_is_given_up(served: Served) -> None:
    served.answer = lambda asked: Said(body={})
    with opened(api(served, patience=-1)) as ask, pytest.raises(NoAnswer, match="too slow"):
        ask("log")


def test_an_answer_may_not_be_of_any_size(served: Served) -> None:
    served.answer = lambda asked: Said(body=b"[" + b" " * 2000)
    with opened(api(served, limit=1000)) as ask, pytest.raises(TooLarge, match="too large"):
        ask("log")


def test_an_answer_that_is_no_json_is_said(served: Served) -> None:
    served.answer = lambda asked: Said(body=b"Mailgun Magnificent API")
    with opened(api(served)) as ask, pytest.raises(NoAnswer, match="did not answer JSON"):
        ask("log")


def test_an_api_does_not_show_its_key(served: Served) -> None:
    assert "acme-key" not in repr(api(served))


def test_every_provider_has_a_log_here_or_elsewhere() -> None:
    ours = {name for name, row in PROVIDERS.items() if row.anymail and name != "anymail_test"}
    assert set(LOGS) | set(ELSEWHERE) == ours | {"smtp"}
    assert not set(LOGS) & set(ELSEWHERE)


def test_one_question_is_asked_once(served: Served) -> None:
    served.answer = lambda asked: Said(body={"asked": asked.path})
    with opened(api(served)) as ask:
        assert ask("log") == {"asked": "/log"}
    assert isinstance(served.asked[0], Asked)
    assert len(served.asked) == 1
