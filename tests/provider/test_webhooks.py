"""A batch is posted as SparkPost posts it, and kept until it is taken."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import requests

from project.provider import Provider
from project.provider.webhook_url import WebhookUrl
from tests.provider.conftest import Run, Send, settle
from tests.provider.receiver import NEVER, Receiver


def send_to(provider: Provider, *mailboxes: str) -> None:
    """One transmission for all of them, without Anymail's work for each."""
    body = {
        "recipients": [{"address": f"{each}@acme.example"} for each in mailboxes],
        "content": {"from": "notify@crm.example", "subject": "A call", "text": "Ready."},
    }
    url = f"{provider.api_url}transmissions/"
    assert requests.post(url, json=body, headers={"Authorization": "a key"}).ok


def send_batch(provider: Provider, count: int) -> None:
    """A mail whose events are a batch of their own, the provider's ``count``-th."""
    send_to(provider, "silent")
    assert provider.wait_for(lambda: len(provider.batches) == count)


def test_a_post_carries_the_secret_and_says_who_it_is(
    provider: Provider, receiver: Receiver, send: Send
) -> None:
    send()
    settle(provider)
    post = receiver.posts[0]
    assert post.path == "/webhooks/sparkpost/"
    assert post.headers["Authorization"] == "Basic amFuZXQ6czNjcmV0"
    assert post.headers["User-Agent"] == "SparkPost"
    assert post.headers["Content-Type"] == "application/json"
    assert post.batch_id == provider.batches[0].id


def test_anything_but_2xx_is_posted_again_under_the_same_id_until_taken(
    provider: Provider, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 301, 404, 204])
    send_to(provider, "silent")
    settle(provider)
    (batch,) = provider.batches
    assert [attempt.status for attempt in batch.attempts] == [500, 301, 404, 204]
    assert {(post.batch_id, post.body) for post in receiver.posts} == {
        (batch.id, receiver.posts[0].body)
    }


def test_the_pauses_between_attempts_grow(run: Run, receiver: Receiver) -> None:
    provider = run(webhook=receiver.url, speed=20.0)
    receiver.answers.extend([500, 500, 500, 200])
    send_to(provider, "silent")
    settle(provider)
    times = [attempt.at for attempt in provider.batches[0].attempts]
    first, second, third = (later - earlier for earlier, later in pairwise(times))
    assert first >= 1 / 20
    assert second >= 2 / 20
    assert third >= 4 / 20


def test_no_answer_in_time_is_no_answer(run: Run, receiver: Receiver) -> None:
    provider = run(webhook=receiver.url, timeout=0.1)
    receiver.answers.append(NEVER)
    send_to(provider, "silent")
    settle(provider)
    first, second = provider.batches[0].attempts
    assert (first.status, first.said) == (None, "no answer in 0.1 s")
    assert second.status == 200


def test_a_batch_waits_for_a_receiver_that_is_down(run: Run) -> None:
    with Receiver() as receiver:
        url, port = receiver.url, receiver.port
    provider = run(webhook=url)
    send_to(provider, "silent")
    assert provider.wait_for(lambda: provider.batches and len(provider.batches[0].attempts) > 1)
    assert provider.wait_for(lambda: provider.batches[0].state == "retrying")
    with Receiver(port) as receiver:
        settle(provider)
        assert len(receiver.posts) == 1


def test_a_taken_batch_is_posted_five_times_more(provider: Provider, receiver: Receiver) -> None:
    send_to(provider, "silent")
    settle(provider)
    provider.repeat(times=5)
    settle(provider)
    assert len(receiver.posts) == 6
    assert len({(post.batch_id, post.body) for post in receiver.posts}) == 1


def test_held_events_go_in_one_batch_when_released(provider: Provider, receiver: Receiver) -> None:
    provider.hold()
    send_to(provider, "jon", "unknown")
    assert provider.wait_for(lambda: provider.posters[0].waiting == 4)
    assert receiver.posts == []
    provider.release()
    settle(provider)
    assert [len(post.events) for post in receiver.posts] == [4]


def test_held_events_can_be_posted_latest_first(provider: Provider, receiver: Receiver) -> None:
    provider.hold()
    send_to(provider, "late")
    assert provider.wait_for(lambda: provider.posters[0].waiting == 3)
    provider.release(reverse=True)
    settle(provider)
    kinds = [event["type"] for event in receiver.events]
    assert kinds == ["out_of_band", "delivery", "injection"]


def test_one_broken_event_among_999_good_ones(provider: Provider, receiver: Receiver) -> None:
    provider.hold()
    provider.break_next()
    send_to(provider, *(f"silent.{number}" for number in range(999)))
    provider.release()
    settle(provider)
    (post,) = receiver.posts
    kinds = ["type" in event["msys"]["message_event"] for event in post.events]
    assert (kinds.count(True), kinds.count(False)) == (999, 1)
    assert kinds[0]
    assert kinds[-1]


def test_a_body_can_be_denied_again_and_again_until_that_is_mended(
    provider: Provider, receiver: Receiver
) -> None:
    receiver.answers.extend([503] * 1000)
    provider.empty_next()
    send_to(provider, "silent")
    assert provider.wait_for(lambda: provider.batches and len(provider.batches[0].attempts) > 1)
    provider.hold()
    assert provider.wait_for(lambda: provider.batches[0].state == "retrying")
    assert {post.headers["Content-Length"] for post in receiver.posts} == {"0"}
    receiver.answers.clear()
    provider.mend()
    provider.release()
    settle(provider)
    (batch,) = provider.batches
    assert [attempt.denied for attempt in batch.attempts] == [
        not attempt.taken for attempt in batch.attempts
    ]
    assert json.loads(receiver.posts[-1].body) == list(batch.events)


def test_only_so_many_batches_are_posted_empty(provider: Provider, receiver: Receiver) -> None:
    receiver.answers.append(503)
    provider.empty_next()
    for count in (1, 2):
        send_batch(provider, count)
    first, second = (batch.denied for batch in provider.batches)
    assert (first, second) == (True, False)
    provider.mend()
    settle(provider)


def test_what_was_not_taken_is_thrown_away_when_told_the_oldest_first(
    provider: Provider, receiver: Receiver
) -> None:
    receiver.answers.extend([503] * 1000)
    for count in (1, 2, 3):
        send_batch(provider, count)
    provider.hold()
    assert provider.wait_for(lambda: {batch.state for batch in provider.batches} == {"retrying"})
    assert provider.give_up(2) == 2
    receiver.answers.clear()
    provider.release()
    settle(provider)
    assert [batch.state for batch in provider.batches] == ["given up", "given up", "taken"]
    assert provider.give_up() == 0
    told = requests.get(f"{provider.url}/batches.json").json()["batches"]
    assert [each["next_attempt_at"] for each in told] == [None] * 3


def test_the_secret_is_not_shown(provider: Provider, receiver: Receiver) -> None:
    receiver.answers.append(500)
    send_to(provider, "jon")
    settle(provider)
    for path in ("/", "/batches.json"):
        shown = requests.get(provider.url + path).text
        assert f"127.0.0.1:{receiver.port}/webhooks/sparkpost/" in shown
        assert "s3cret" not in shown


def test_the_state_of_every_batch_is_told(provider: Provider, receiver: Receiver) -> None:
    receiver.answers.append(503)
    send_to(provider, "silent")
    settle(provider)
    told = requests.get(f"{provider.url}/batches.json").json()
    (batch,) = told["batches"]
    assert batch["id"] == receiver.posts[0].batch_id
    assert batch["state"] == "taken"
    assert batch["events"] == ["injection"]
    assert [attempt["status"] for attempt in batch["attempts"]] == [503, 200]
    assert [(each["held"], each["waiting"]) for each in told["webhooks"]] == [(False, 0)]


def test_the_provider_ends_at_once_in_the_middle_of_a_post(receiver: Receiver) -> None:
    receiver.answers.append(NEVER)
    with Provider(webhook=receiver.url) as provider:
        send_to(provider, "silent")
        assert provider.wait_for(lambda: receiver.posts)
        began = time.monotonic()
    assert time.monotonic() - began < 2


def test_nothing_is_posted_once_the_webhook_has_been_hung_up(receiver: Receiver) -> None:
    url = WebhookUrl(receiver.url)
    url.hang_up()
    assert url.post(b"[]", batch_id="1", timeout=1) == (None, "stopped")
    assert receiver.posts == []


def test_without_a_webhook_mail_is_taken_all_the_same(run: Run) -> None:
    provider = run()
    send_to(provider, "jon")
    assert provider.wait_for(lambda: provider.letters[0].held(time.time()))
    assert json.loads(requests.get(f"{provider.url}/batches.json").text)["batches"] == []
