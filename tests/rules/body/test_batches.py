"""A batch is cut into one-event bodies, in order; what cannot be cut stays whole."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.body import split
from crm_notify.rules.body.batches import MAX_EVENTS


@pytest.mark.parametrize(
    ("provider", "via", "whole", "parts"),
    [
        ("brevo", "inbound", {"items": [1, 2]}, [{"items": [1]}, {"items": [2]}]),
        ("sendinblue", "inbound", {"items": [1]}, [{"items": [1]}]),
        ("mailjet", "tracking", [1, 2], [[1], [2]]),
        ("mailjet", "tracking", {"event": "sent"}, [[{"event": "sent"}]]),
        ("mailtrap", "tracking", {"events": [1, 2]}, [{"events": [1]}, {"events": [2]}]),
        ("mailtrap", "inbound", {"events": [1, 2]}, [{"events": [1]}, {"events": [2]}]),
        ("sendgrid", "tracking", [{"a": "\ud800é"}, None], [[{"a": "\ud800é"}], [None]]),
        ("sparkpost", "tracking", [1, 2], [[1], [2]]),
        ("sparkpost", "inbound", [1, 2], [[1], [2]]),
        (
            "unisender_go",
            "tracking",
            {"auth": "x", "events_by_user": [{"events": [1, 2]}, {"events": [3]}]},
            [{"events_by_user": [{"events": [n]}]} for n in (1, 2, 3)],
        ),
    ],
)
def test_a_batch_is_cut_into_its_events(
    provider: str, via: str, whole: Any, parts: list[Any]
) -> None:
    cut = split(provider, via, "application/json", json.dumps(whole).encode())
    assert [json.loads(part) for part in cut] == parts


def test_a_form_of_events_is_cut_into_forms() -> None:
    events = [{"event": "send", "x": "a&b=é"}, {"event": "open"}]
    body = urlencode({"mandrill_events": json.dumps(events)}).encode()
    cut = split("mandrill", "tracking", "application/x-www-form-urlencoded", body)
    fields = [parse_qs(part.decode()) for part in cut]
    assert [json.loads(field["mandrill_events"][0]) for field in fields] == [[e] for e in events]


@pytest.mark.parametrize(
    ("provider", "via", "body"),
    [
        ("postmark", "tracking", b'{"a":1}'),
        ("amazon_ses", "tracking", b'{"Type":"Notification"}'),
        ("mailgun", "tracking", b"[1,2]"),
        ("sparkpost", "tracking", b"[1,2"),
        ("sparkpost", "tracking", b"[]"),
        ("mailtrap", "tracking", b'{"event":1}'),
        ("unisender_go", "tracking", b'{"event_name":1}'),
        ("unisender_go", "tracking", b'{"events_by_user":[{"user_id":1}]}'),
        ("sendgrid", "tracking", b"[" * 100_000),
        ("mandrill", "tracking", b"something=else"),
    ],
)
def test_what_is_single_or_cannot_be_cut_stays_as_it_is(
    provider: str, via: str, body: bytes
) -> None:
    assert split(provider, via, "application/json", body) == [body]


def test_a_batch_beyond_all_measure_stays_whole() -> None:
    body = b"[" + b"1," * MAX_EVENTS + b"1]"
    assert split("sparkpost", "tracking", "application/json", body) == [body]


@given(
    st.sampled_from(["brevo", "mailtrap", "mandrill", "sendgrid", "unisender_go", "postal"]),
    st.sampled_from(["tracking", "inbound"]),
    st.binary(max_size=200),
)
def test_no_bytes_make_it_fail(provider: str, via: str, body: bytes) -> None:
    assert split(provider, via, "", body)
