"""Whatever a provider or a stranger sends, it is stored, and it breaks nothing that reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_notify.models import Event, Notification, Receipt
from crm_notify.receivers import keep_inbound
from crm_notify.rules.news import Posted
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from tests.play.news import AWAY, NOTICE, token
from tests.posts import sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

bounded = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
odd_text = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    ["\0", "\ud800", "x" * 3000, "\u202e", "9" * 5000]
)
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | odd_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=5,
)
FIELDS = [*sparkpost("", "bounce")["msys"]["message_event"], "error_code", "raw_reason", "reason"]


def read(posted: Posted) -> Receipt:
    receipt = receive(posted)
    interpret()
    receipt.refresh_from_db()
    assert receipt.state != "new", receipt.error
    return receipt


def posted(via: str, body: bytes, headers: dict[str, str]) -> Posted:
    return Posted(provider="sparkpost", via=via, method="POST", url="", headers=headers, body=body)


@bounded
@given(st.dictionaries(st.sampled_from(FIELDS), odd), st.booleans())
def test_any_value_in_any_field_of_an_event(
    notification: Notification, fields: dict[str, Any], named: bool
) -> None:
    deliver()
    event = sparkpost(token_of(notification) if named else "", "bounce")
    event["msys"]["message_event"].update(fields)
    body = json.dumps([event, sparkpost(token_of(notification), "open")]).encode()
    before = Event.objects.count()
    read(posted("tracking", body, {}))
    assert Event.objects.count() > before


@bounded
@given(st.binary(max_size=80), st.integers(0, len(NOTICE)), odd_text)
def test_any_bytes_in_a_mail(
    notification: Notification, junk: bytes, place: int, recipient: str
) -> None:
    deliver()
    raw = NOTICE.format(
        id=junk.hex(), to="john@example.com", action="failed", status="5.1.1"
    ).encode()
    raw = raw[:place] + junk + raw[place:]
    assert read(posted("mail", raw, {"x-envelope-recipient": recipient})).state == "read"


def test_a_mail_to_an_odd_address_is_kept(notification: Notification) -> None:
    deliver()
    to = f"{token_of(notification)}@bounces.crm.example"
    message = AnymailInboundMessage.parse_raw_mime(AWAY.format(id=1))
    message.envelope_recipient, message.envelope_sender = f"\0{to}", "\ud800<>"
    event = AnymailInboundEvent(event_type="inbound", message=message)
    keep_inbound(SparkPostInboundWebhookView, event=event, esp_name="SparkPost")
    interpret()
    assert Event.objects.get().notification == notification


@pytest.mark.parametrize(
    ("when", "kept"),
    [
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime(2026, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_time_that_cannot_be_is_left_out(
    notification: Notification, post: Callable[..., Any], when: datetime, kept: bool
) -> None:
    """Else no page could show it in the time of a place east or west of UTC."""
    deliver()
    stamp = str(int((when - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)))
    post([sparkpost(token_of(notification), "delivery", timestamp=stamp)])
    interpret()
    event = Event.objects.get()
    assert event.occurred_at == (when if kept else None)
    for place in ("Pacific/Kiritimati", "Pacific/Niue"):
        timezone.localtime(event.occurred_at or event.recorded_at, ZoneInfo(place))


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_token_that_names_what_cannot_be_names_nothing(
    notification: Notification, post: Callable[..., Any], number: int
) -> None:
    post([sparkpost(token(number), "bounce")])
    interpret()
    assert Event.objects.get().notification is None


def test_one_batch_may_say_the_same_thing_twice(
    notification: Notification, post: Callable[..., Any]
) -> None:
    deliver()
    event = sparkpost(token_of(notification), "delivery")
    post([event, event, sparkpost(token_of(notification), "open")])
    interpret()
    receipt = Receipt.objects.get()
    assert (receipt.new, receipt.repeated) == (2, 1)
