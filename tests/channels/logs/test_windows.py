"""A window of a log is read whole, in steps, and never says more than it knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from crm_notify.channels.logs import LOGS, NoAnswer, Page
from tests.channels.logs.records import (
    AT,
    EASTERN,
    SINCE,
    UNTIL,
    Answer,
    documents,
    mailgun,
    postmark,
    read,
    sparkpost,
)
from tests.channels.logs.server import Asked, Said, Served

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def delivered(at: datetime, number: int = 0) -> dict[str, Any]:
    """One of Mailgun's events."""
    return {"event": "delivered", "id": str(number), "timestamp": at.timestamp()}


def delivery(at: datetime, number: int = 0) -> dict[str, Any]:
    """One of SparkPost's events."""
    return {"type": "delivery", "event_id": str(number), "timestamp": at.isoformat()}


def bounce(at: datetime, number: int = 0) -> dict[str, Any]:
    """One of Postmark's bounces, of a message that it keeps no longer."""
    local = at.astimezone(EASTERN).isoformat()
    return {"ID": number, "Type": "HardBounce", "MessageID": "gone", "BouncedAt": local}


def message(sent: datetime, *happened: datetime, **changes: Any) -> dict[str, Any]:
    """One of Postmark's messages, delivered as often as is said."""
    events = [
        {"Type": "Delivered", "Recipient": "john@example.com", "ReceivedAt": at.isoformat()}
        for at in happened
    ]
    return {
        "MessageID": f"sent-{sent:%H-%M}",
        "Metadata": {"crm_notify": "x"},
        "ReceivedAt": sent.astimezone(EASTERN).isoformat(),
        "MessageEvents": events,
        **changes,
    }


def events_of(provider: str, *moments: datetime) -> list[dict[str, Any]]:
    make = {"mailgun": delivered, "postmark": bounce, "sparkpost": delivery}[provider]
    return [make(at, number) for number, at in enumerate(moments)]


LOGGED: dict[str, Callable[..., Answer]] = {
    "mailgun": mailgun,
    "postmark": postmark,
    "sparkpost": sparkpost,
}


@pytest.mark.parametrize("provider", LOGS)
def test_only_the_window_is_read(served: Served, provider: str) -> None:
    second = timedelta(seconds=1)
    moments = [SINCE - second, SINCE, AT, UNTIL, UNTIL + second]
    served.answer = LOGGED[provider](events_of(provider, *moments))
    # What lies on the border of two steps may come twice.
    assert len({post.body for post in read(provider)}) == 3


@pytest.mark.parametrize("provider", LOGS)
def test_what_ends_in_the_first_second_of_a_minute_is_read_to_its_end(
    served: Served, provider: str
) -> None:
    minute = AT.replace(second=0, microsecond=0)
    at, until = minute + timedelta(seconds=0.25), minute + timedelta(seconds=0.5)
    served.answer = LOGGED[provider](events_of(provider, at))
    assert len(read(provider, minute - MINUTE, until)) == 1


@pytest.mark.parametrize("provider", LOGS)
def test_a_broken_run_goes_on_from_where_everything_has_been_read(
    served: Served, provider: str
) -> None:
    since, until = AT, AT + 3 * HOUR
    moments = [AT + 20 * MINUTE * number for number in range(9)]
    whole = LOGGED[provider](events_of(provider, *moments))
    served.answer = whole
    all_posts = {post.body for post in read(provider, since, until)}
    assert len(all_posts) == 9

    pages: list[Page] = []

    def breaking(asked: Asked) -> Said:
        broken = pages and pages[-1].reached >= AT + HOUR
        return Said(status=400) if broken else whole(asked)

    served.answer = breaking
    with pytest.raises(NoAnswer):
        pages.extend(LOGS[provider].pages(since, until))
    first = {post.body for page in pages for post in page.posts}
    assert pages[-1].reached == AT + HOUR
    assert 0 < len(first) < 9

    served.answer = whole
    rest = {post.body for post in read(provider, pages[-1].reached, until)}
    assert all_posts == first | rest
    assert len(rest) < 9


@pytest.mark.parametrize("provider", LOGS)
def test_reached_never_goes_back_and_ends_at_the_end(served: Served, provider: str) -> None:
    since, until = AT - 5 * HOUR, AT
    served.answer = LOGGED[provider](events_of(provider, AT - 3 * HOUR))
    pages = list(LOGS[provider].pages(since, until))
    reached = [page.reached for page in pages]
    assert reached == sorted(reached)
    assert reached[0] <= since + HOUR
    assert reached[-1] == until


@pytest.mark.parametrize("provider", LOGS)
def test_what_is_too_young_to_be_complete_is_read_but_not_called_complete(
    served: Served, provider: str
) -> None:
    now = timezone.now().replace(microsecond=0)
    young = now - MINUTE
    served.answer = LOGGED[provider](events_of(provider, young))
    pages = list(LOGS[provider].pages(now - 2 * HOUR, now + HOUR))
    assert sum(len(page.posts) for page in pages) == 1
    assert pages[-1].reached <= young
    assert pages[-1].reached > now - HOUR


@pytest.mark.parametrize("provider", LOGS)
def test_the_same_event_is_the_same_bytes_each_time(served: Served, provider: str) -> None:
    (event,) = events_of(provider, AT)
    served.answer = LOGGED[provider]([event])
    (once,) = read(provider)
    served.answer = LOGGED[provider]([dict(reversed(event.items()))])
    (again,) = read(provider, SINCE - MINUTE, UNTIL + 3 * MINUTE)
    assert once == again


@pytest.mark.parametrize("provider", ["mailgun", "sparkpost"])
def test_all_pages_of_a_step_are_read(served: Served, provider: str) -> None:
    moments = [AT + timedelta(seconds=number) for number in range(25)]
    served.answer = LOGGED[provider](events_of(provider, *moments), size=10)
    assert len(read(provider)) == 25


def test_an_event_without_a_time_is_not_lost(served: Served) -> None:
    def answer(asked: Asked) -> Said:
        pages: dict[str, Any] = {
            "/v3/crm.example/events": {"items": [{"id": "1", "timestamp": "soon"}]},
            "/api/v1/events/message": {
                "results": [{"type": "bounce", "timestamp": "2026-99-99T10:30:00Z"}]
            },
            "/messages/outbound": {"Messages": [], "TotalCount": 0},
            "/bounces": {"Bounces": [{"ID": 1, "BouncedAt": "soon"}], "TotalCount": 1},
        }
        if asked.query.get("done"):
            return Said(body={"items": []})
        body = pages.get(asked.path)
        if body is None:
            return Said(status=404)
        return Said(body={**body, "paging": {"next": f"{served.url}v3/x?done=1"}})

    served.answer = answer
    assert documents(read("mailgun")) == [{"event-data": {"id": "1", "timestamp": "soon"}}]
    assert len(read("sparkpost")) == 1
    assert len(set(documents_of_postmark())) == 1


def documents_of_postmark() -> list[bytes]:
    return [post.body for post in read("postmark")]


def test_a_time_without_a_zone_is_taken_for_utc(served: Served) -> None:
    naive = AT.replace(tzinfo=None).isoformat()
    late = (UNTIL + HOUR).replace(tzinfo=None).isoformat()
    events = [{"type": "delivery", "timestamp": said} for said in (naive, late)]
    served.answer = lambda asked: Said(body={"results": events})
    (document,) = documents(read("sparkpost"))
    assert document[0]["msys"]["message_event"]["timestamp"] == str(int(AT.timestamp()))


def test_mail_that_came_in_by_a_route_is_left_out(served: Served) -> None:
    routed = {**delivered(AT), "flags": {"is-routed": True}}
    served.answer = mailgun([routed, delivered(AT, 2)])
    (document,) = documents(read("mailgun"))
    assert document["event-data"]["id"] == "2"


def test_mailgun_is_asked_about_every_domain_that_we_send_from(
    served: Served, settings: Settings
) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_SENDER_DOMAIN": None}
    settings.CRM_NOTIFY = {
        **settings.CRM_NOTIFY,
        "SENDER": "Acme <notify@Mail.crm.example>",
        "SENDER_DOMAINS": ["crm.example", "mail.crm.example"],
    }
    served.answer = mailgun([delivered(AT)])
    assert len(read("mailgun")) == 2
    assert [asked.path for asked in served.asked if "begin" in asked.query][::2] == [
        "/v3/mail.crm.example/events",
        "/v3/crm.example/events",
    ]


def test_a_late_delivery_is_found_by_its_message(served: Served) -> None:
    sent = SINCE - 20 * HOUR + MINUTE
    too_late = UNTIL + MINUTE
    served.answer = postmark([], [message(sent, SINCE - MINUTE, AT, too_late)])
    (document,) = documents(read("postmark"))
    assert document["DeliveredAt"] == AT.isoformat()
    assert document["RecordType"] == "Delivery"


def test_the_details_of_others_messages_are_not_asked_for(served: Served) -> None:
    served.answer = postmark([], [message(SINCE, AT, Metadata={"shop": "1"})])
    assert read("postmark") == []
    assert not [asked for asked in served.asked if asked.path.endswith("/details")]


def test_a_bounce_has_the_metadata_of_its_message(served: Served) -> None:
    sent = message(SINCE, Tag="crm")
    served.answer = postmark([{**bounce(AT), "MessageID": sent["MessageID"]}], [sent])
    (document,) = documents(read("postmark"))
    assert document["Metadata"] == {"crm_notify": "x"}
    assert document["Tag"] == "crm"


def test_every_stream_that_mail_goes_out_by_is_read(served: Served, settings: Settings) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_MESSAGE_STREAM": None}
    logged = postmark([bounce(AT)])

    def answer(asked: Asked) -> Said:
        if asked.path == "/message-streams":
            streams = [("outbound", "Transactional"), ("news", "Broadcasts"), ("in", "Inbound")]
            listed = [{"ID": name, "MessageStreamType": kind} for name, kind in streams]
            return Said(body={"MessageStreams": listed})
        return logged(asked)

    served.answer = answer
    read("postmark")
    asked = {asked.query.get("messagestream") for asked in served.asked[1:]} - {None}
    assert asked == {"outbound", "news"}


def test_a_search_that_finds_too_much_is_made_in_halves(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_notify.channels.logs.postmark._SEARCH", 20)
    monkeypatch.setattr("crm_notify.channels.logs.postmark._PER_PAGE", 10)
    moments = [AT + timedelta(seconds=10 * number) for number in range(90)]
    served.answer = postmark(events_of("postmark", *moments))
    assert len(set(documents_of_postmark())) == 90
    assert max(int(asked.query.get("offset", 0)) for asked in served.asked) == 10


def test_more_than_a_search_can_give_in_one_second_is_said(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_notify.channels.logs.postmark._SEARCH", 20)
    monkeypatch.setattr("crm_notify.channels.logs.postmark._PER_PAGE", 10)
    served.answer = postmark([bounce(AT, number) for number in range(21)])
    with pytest.raises(NoAnswer, match="more than 20 bounces of one second"):
        read("postmark")


@pytest.mark.parametrize(
    ("moment", "first", "last"),
    [
        # Winter and summer.
        ("2026-01-02T10:30:00", "2026-01-02T05:30:00", "2026-01-02T05:30:01"),
        ("2026-07-02T10:30:00.9", "2026-07-02T06:30:00", "2026-07-02T06:30:01"),
        # 1:30 comes twice: with summer time, then without; each is asked for as both.
        ("2026-11-01T05:30:00", "2026-11-01T00:30:00", "2026-11-01T01:30:01"),
        ("2026-11-01T06:30:00", "2026-11-01T01:30:00", "2026-11-01T02:30:01"),
    ],
)
def test_postmark_is_asked_in_eastern_time(
    served: Served, moment: str, first: str, last: str
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    served.answer = postmark()
    list(LOGS["postmark"].pages(at, at + timedelta(milliseconds=50)))
    (asked,) = [asked for asked in served.asked if asked.path == "/bounces"][-1:]
    assert (asked.query["fromdate"], asked.query["todate"]) == (first, last)
