"""Whatever provider tells of it: a bounce of the mail to John is heard, with all its clues."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from pytest_django import Settings

from crm_notify.channels.webhooks import parse
from crm_notify.channels.webhooks.heard import plain
from crm_notify.exceptions import SettingsError
from crm_notify.rules.evidence import Kind
from crm_notify.rules.news import Posted
from tests.channels.webhooks import posts
from tests.channels.webhooks.posts import AT, BOUNCES, JOHN, TOKEN, as_json, post

pytestmark = pytest.mark.filterwarnings(
    # Anymail says at each reading that it no longer tests SendGrid.
    "ignore::anymail.exceptions.AnymailNotSupportedWarning"
)


@pytest.mark.parametrize(("posted", "message_id"), BOUNCES.values(), ids=BOUNCES)
def test_a_bounce_is_heard_with_all_its_clues(posted: Posted, message_id: str) -> None:
    parsed = parse(posted)
    assert parsed.unreadable == ()
    assert parsed.mails == ()
    (heard,) = parsed.heard
    assert heard.reading.kind in posts.FAILED
    assert heard.message_id == message_id
    assert heard.recipient == JOHN
    assert heard.occurred_at == datetime.fromtimestamp(AT, UTC)
    by_tag = posted.provider in {"mailersend", "postal"}
    assert heard.metadata_token == ("" if by_tag else TOKEN)
    assert heard.tag_tokens == ((TOKEN,) if by_tag else ())


def test_the_providers_word_and_the_servers_are_kept() -> None:
    (heard,) = parse(post("sparkpost", as_json([posts.SPARKPOST_BOUNCE]))).heard
    assert heard.reading.raw_kind == "bounce/10"
    assert heard.reading.code == "5.1.1"
    assert "user unknown" in heard.reading.text


@pytest.mark.parametrize(
    ("provider", "event", "changes"),
    [
        ("postal", posts.POSTAL_BOUNCE["payload"]["original_message"], {"tag": None}),
        ("mailersend", posts.MAILERSEND_BOUNCE["data"]["email"], {"tags": None}),
        ("sendgrid", posts.SENDGRID_BOUNCE, {"category": f"x {TOKEN}", "crm_notify": 5}),
        ("sparkpost", posts.SPARKPOST_BOUNCE["msys"]["message_event"], {"campaign_id": ""}),
        ("mailjet", posts.MAILJET_BOUNCE, {"Payload": "[1]"}),
        ("brevo", posts.BREVO_BOUNCE, {"X-Mailin-custom": "null", "tags": {"a": 1}}),
        ("postmark", posts.POSTMARK_BOUNCE, {"Email": None, "Details": {"odd": 1}, "Tag": True}),
    ],
)
def test_fields_of_an_odd_type_lose_no_event(
    monkeypatch: pytest.MonkeyPatch, provider: str, event: dict[str, Any], changes: dict[str, Any]
) -> None:
    for name, value in changes.items():
        monkeypatch.setitem(event, name, value)
    whole = {
        "postal": posts.POSTAL_BOUNCE,
        "mailersend": posts.MAILERSEND_BOUNCE,
        "sendgrid": [posts.SENDGRID_BOUNCE],
        "sparkpost": [posts.SPARKPOST_BOUNCE],
        "mailjet": [posts.MAILJET_BOUNCE],
        "brevo": posts.BREVO_BOUNCE,
        "postmark": posts.POSTMARK_BOUNCE,
    }[provider]
    parsed = parse(post(provider, as_json(whole)))
    (heard,) = parsed.heard
    assert heard.tag_tokens == ((TOKEN,) if provider == "sendgrid" else ())
    assert parsed.unreadable == ()


def test_words_are_cut_to_their_columns_and_hold_nothing_that_a_database_refuses() -> None:
    hostile = "x\x00\ud800\u202e" + "y" * 5000
    event = {
        **posts.BREVO_BOUNCE,
        "email": hostile,
        "message-id": hostile,
        "reason": hostile,
        "event": hostile,
        "tags": [TOKEN.upper(), f"{TOKEN[:-1]}2", *(f"{TOKEN[:-2]}{n}2" for n in "abcdefgh")],
    }
    (heard,) = parse(post("brevo", as_json(event))).heard
    assert len(heard.recipient) == 320
    assert len(heard.message_id) == 255
    assert len(heard.reading.raw_kind) <= 100
    assert len(heard.reading.text) <= 1000
    assert len(heard.tag_tokens) == 5
    for text in [heard.recipient, heard.message_id, heard.reading.raw_kind, heard.reading.text]:
        assert "\x00" not in text
        text.encode()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2025-10-09T10:53:20+02:00", datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        ("2025-10-09T08:53:20", datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday", None),
    ],
)
def test_times_are_utc_or_unknown(given: str, expected: datetime | None) -> None:
    (heard,) = parse(post("postmark", as_json({**posts.POSTMARK_BOUNCE, "BouncedAt": given}))).heard
    assert heard.occurred_at == expected


def test_a_users_variable_does_not_overrule_mailguns_own_field() -> None:
    form = QueryDict("code=550&code=250&event=bounced")
    assert plain(form) == {"code": "550", "event": "bounced"}


def test_one_ses_message_tells_of_every_recipient_that_it_names() -> None:
    bounce = json.loads(json.dumps(posts.SES_BOUNCE))
    bounce["bounce"]["bouncedRecipients"].append({"emailAddress": "jane@example.com"})
    parsed = parse(post("amazon_ses", as_json(posts.sns(bounce))))
    assert [heard.recipient for heard in parsed.heard] == [JOHN, "jane@example.com"]


def test_reading_confirms_no_subscription_but_shows_it() -> None:
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    message = posts.sns("confirm", "SubscriptionConfirmation", Token="t", SubscribeURL=url)
    parsed = parse(post("amazon_ses", as_json(message)))
    (heard,) = parsed.heard
    assert heard.reading.kind == Kind.OTHER
    assert heard.reading.own_id == "sns-1"
    assert url in heard.reading.text


def test_what_asks_and_tells_nothing_is_nothing() -> None:
    silent = "Successfully validated SNS topic for Amazon SES event publishing."
    assert parse(post("amazon_ses", as_json(posts.sns(silent)))).heard == ()
    assert parse(post("sparkpost", b'[{"msys":{}}]')).heard == ()


def test_a_thousand_events_are_read_in_well_under_a_second() -> None:
    delivery = {**posts.SPARKPOST_BOUNCE["msys"]["message_event"], "type": "delivery"}
    posted = post("sparkpost", as_json([{"msys": {"message_event": delivery}}] * 1000))
    # Processor time, for the machine may be busy with other tests.
    started = time.process_time()
    assert len(parse(posted).heard) == 1000
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("provider", "via", "setting"),
    [
        ("brevo", "inbound", "BREVO_API_KEY"),
        ("mailersend", "tracking", "MAILERSEND_SIGNING_SECRET"),
        ("mailersend", "inbound", "MAILERSEND_INBOUND_SECRET"),
        ("mailgun", "tracking", "MAILGUN_WEBHOOK_SIGNING_KEY"),
        ("mailtrap", "inbound", "MAILTRAP_API_TOKEN"),
        ("postal", "tracking", "POSTAL_WEBHOOK_KEY"),
        ("resend", "inbound", "RESEND_API_KEY"),
        ("unisender_go", "tracking", "UNISENDER_GO_API_KEY"),
    ],
)
def test_only_what_the_view_itself_needs_must_be_set(
    settings: Settings, provider: str, via: str, setting: str
) -> None:
    settings.ANYMAIL = {}
    with pytest.raises(SettingsError, match=setting):
        parse(post(provider, b"{}", via=via))


@pytest.mark.parametrize("provider", ["amazon_ses", "brevo", "mailjet", "resend", "sparkpost"])
def test_a_host_that_sets_nothing_is_still_heard(settings: Settings, provider: str) -> None:
    settings.ANYMAIL = {}
    posted, message_id = BOUNCES[provider]
    assert parse(posted).heard[0].message_id == message_id
