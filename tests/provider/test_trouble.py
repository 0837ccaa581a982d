"""The controls: the provider misbehaves when asked to, once or so many times, and no longer."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from anymail.exceptions import AnymailAPIError, AnymailRequestsAPIError

from project.provider import Provider
from tests.provider.conftest import Run, Send, settle
from tests.provider.receiver import Receiver


def test_events_can_be_posted_before_the_sender_has_his_answer(
    run: Run, receiver: Receiver
) -> None:
    provider = run(webhook=receiver.url, speed=0.01)
    provider.answer_next(early=True)
    body = {
        "recipients": [{"address": "unknown@acme.example"}],
        "content": {"from": "notify@crm.example", "subject": "A call", "text": "Ready."},
    }
    url = f"{provider.api_url}transmissions/"
    answer = requests.post(url, json=body, headers={"Authorization": "a key"}).json()
    told_by_then = [(event["type"], event["transmission_id"]) for event in receiver.events]
    sent = answer["results"]["id"]
    assert told_by_then == [("injection", sent), ("bounce", sent)]
    assert provider.letters[0].refused(time.time())


@pytest.mark.parametrize("status", [420, 429, 500, 503])
def test_so_many_sends_are_refused_and_the_next_one_is_taken(
    provider: Provider, send: Send, status: int
) -> None:
    provider.answer_next(2, status=status)
    for _ in range(2):
        with pytest.raises(AnymailAPIError) as raised:
            send()
        assert raised.value.status_code == status
    assert provider.messages == ()
    assert send().anymail_status.status == {"queued"}


def test_the_connection_can_break_after_the_mail_is_taken(provider: Provider, send: Send) -> None:
    provider.answer_next(drop=True)
    with pytest.raises(AnymailRequestsAPIError):
        send()
    assert len(provider.messages) == 1


def test_an_answer_can_be_late(provider: Provider, send: Send) -> None:
    provider.answer_next(seconds=0.2)
    began = time.monotonic()
    send()
    assert time.monotonic() - began >= 0.2


def control(provider: Provider, verb: str, **options: Any) -> requests.Response:
    return requests.post(f"{provider.url}/control/{verb}", json=options)


def test_every_control_works_over_http(provider: Provider, receiver: Receiver, send: Send) -> None:
    assert control(provider, "hold").ok
    assert control(provider, "break", count=2).ok
    send("late@acme.example")
    assert provider.wait_for(lambda: provider.posters[0].waiting == 3)
    assert provider.held
    assert control(provider, "release", reverse=True).ok
    settle(provider)
    assert [event.get("type") for event in receiver.events] == [
        "out_of_band",
        None,
        None,
        "delivery",
        "injection",
    ]
    assert control(provider, "repeat", times=2).ok
    settle(provider)
    assert len(receiver.posts) == 3
    assert control(provider, "answer", count=1, status=429).ok
    with pytest.raises(AnymailAPIError):
        send()


def test_a_friday_night_works_over_http(provider: Provider, receiver: Receiver, send: Send) -> None:
    receiver.answers.extend([503] * 1000)
    assert control(provider, "empty", count=9).ok
    send("silent@acme.example")
    assert provider.wait_for(lambda: receiver.posts)
    assert control(provider, "hold").ok
    assert provider.wait_for(lambda: provider.batches[0].state == "retrying")
    assert control(provider, "give_up", batches=1).ok
    assert control(provider, "mend").ok
    receiver.answers.clear()
    assert control(provider, "release").ok
    send("bob@acme.example")
    settle(provider)
    lost, *others = provider.batches
    assert (lost.state, receiver.posts[0].body) == ("given up", b"")
    assert {batch.state for batch in others} == {"taken"}
    assert not any(batch.denied for batch in others)


@pytest.mark.parametrize(
    ("verb", "options", "status"),
    [
        ("explode", {}, 404),
        ("hold", {"firmly": True}, 400),
        ("repeat", {"times": 0}, 400),
        ("repeat", {"times": "2"}, 400),
        ("repeat", {"times": True}, 400),
        ("release", {"reverse": 1}, 400),
        ("answer", {"seconds": -1}, 400),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(
    provider: Provider, verb: str, options: dict[str, Any], status: int
) -> None:
    answer = control(provider, verb, **options)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_a_page_of_another_origin_cannot_reach_the_controls(provider: Provider) -> None:
    form = requests.post(f"{provider.url}/control/hold", data={"a": "b"})
    assert form.status_code == 415
    assert not provider.held
    text = requests.post(
        f"{provider.url}/control/hold", data="[]", headers={"Content-Type": "text/plain"}
    )
    assert text.status_code == 415
