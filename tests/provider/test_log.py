"""The log: all events so far, in pages, in SparkPost's form."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from project.provider import Provider
from tests.provider.conftest import Run, Send, settle
from tests.provider.receiver import Receiver


def ask(provider: Provider, path: str = "/api/v1/events/message", **query: Any) -> Any:
    headers = {"Authorization": "a key"}
    return requests.get(f"{provider.url}{path}", params=query, headers=headers, timeout=5)


def test_the_log_has_what_the_webhooks_had(
    provider: Provider, send: Send, receiver: Receiver
) -> None:
    send("unknown@acme.example")
    send("jon@acme.example")
    settle(provider)
    answer = ask(provider).json()
    posted = {event["event_id"]: event for event in receiver.events}
    assert answer["total_count"] == len(posted) == 4
    assert answer["links"] == {}
    for event in answer["results"]:
        told = posted.pop(event["event_id"])
        at = datetime.fromisoformat(event["timestamp"])
        assert event | {"timestamp": str(int(at.timestamp()))} == told


def test_the_latest_comes_first(provider: Provider, send: Send) -> None:
    send("slow@acme.example")
    settle(provider)
    kinds = [event["type"] for event in ask(provider).json()["results"]]
    assert kinds[0] == "delivery"
    assert kinds[-1] == "injection"


def test_what_has_not_happened_yet_is_not_there(run: Run) -> None:
    provider = run(speed=0.001)
    body = {
        "recipients": [{"address": "slow@acme.example"}],
        "content": {"from": "notify@crm.example", "subject": "A call", "text": "Ready."},
    }
    url = f"{provider.api_url}transmissions/"
    requests.post(url, json=body, headers={"Authorization": "a key"}, timeout=5)
    assert [event["type"] for event in ask(provider).json()["results"]] == ["injection"]


def test_pages_are_linked_and_do_not_shift(provider: Provider, send: Send) -> None:
    for number in range(3):
        send(f"jon{number}@acme.example")
    settle(provider)
    answer = ask(provider, per_page=4, cursor="initial").json()
    seen = [event["event_id"] for event in answer["results"]]
    send("late@acme.example")
    settle(provider)
    while "next" in answer["links"]:
        answer = ask(provider, answer["links"]["next"]).json()
        seen += [event["event_id"] for event in answer["results"]]
    assert len(seen) == len(set(seen)) == answer["total_count"] == 6


def test_a_window_and_kinds_can_be_asked_for(provider: Provider, send: Send) -> None:
    send("unknown@acme.example")
    settle(provider)
    only = ask(provider, events="bounce,delivery").json()["results"]
    assert [event["type"] for event in only] == ["bounce"]
    now = datetime.now(UTC)
    later = f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    earlier = f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    assert ask(provider, **{"from": later}).json()["total_count"] == 0
    assert ask(provider, to=earlier).json()["total_count"] == 0
    window = {"from": earlier, "to": later, "timezone": "UTC"}
    assert ask(provider, **window).json()["total_count"] == 2


def test_a_spent_limit_is_said_with_when_to_come_again(provider: Provider) -> None:
    control = f"{provider.url}/control/limit"
    assert requests.post(control, json={"count": 2, "seconds": 0.5}, timeout=5).ok
    limited = [ask(provider) for _ in range(2)]
    assert [answer.status_code for answer in limited] == [429, 429]
    assert {answer.headers["Retry-After"] for answer in limited} == {"1"}
    assert limited[0].json()["errors"] == [{"message": "Too many requests"}]
    assert ask(provider).ok


def test_nobody_reads_it_without_a_key(run: Run) -> None:
    provider = run(api_keys=["the key"])
    assert ask(provider).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"to": "2026-01-02T10:30", "timezone": "Europe/Paris"},
        {"per_page": "0"},
        {"per_page": "10001"},
        {"per_page": "many"},
        {"cursor": "!"},
        {"cursor": "bm9uZQ=="},
    ],
)
def test_what_cannot_be_searched_is_refused(provider: Provider, query: dict[str, str]) -> None:
    answer = ask(provider, **query)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "1300"


def test_what_is_older_than_ten_days_is_gone(
    provider: Provider, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    settle(provider)
    eleven_days = time.time() + 11 * 86_400
    monkeypatch.setattr("project.provider.log.time.time", lambda: eleven_days)
    assert ask(provider, **{"from": "2020-01-01T00:00"}).json()["total_count"] == 0
