"""A signature counts for as long as its provider may still be trying, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_notify.rules.freshness import holds_for, is_too_old
from crm_notify.rules.retrying import RETRYING

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("provider", "hours"), [("amazon_ses", 2), ("mailgun", 16), ("mandrill", None)]
)
def test_a_signature_holds_twice_as_long_as_its_provider_tries(
    provider: str, hours: int | None
) -> None:
    holds = None if hours is None else timedelta(hours=hours)
    assert holds_for(provider, "tracking") == holds
    assert holds_for(provider, "inbound") == holds


@pytest.mark.parametrize("name", RETRYING)
def test_the_last_retry_of_no_provider_is_too_old(name: tuple[str, str]) -> None:
    lasts = RETRYING[name].lasts or timedelta(days=30)
    assert not is_too_old(*name, signed_at=NOW - lasts, now=NOW)


def test_what_is_older_is_too_old_and_what_is_ahead_of_our_clock_is_not() -> None:
    at = NOW - timedelta(hours=16, seconds=1)
    assert is_too_old("mailgun", "inbound", signed_at=at, now=NOW)
    assert not is_too_old("mailgun", "inbound", signed_at=NOW + timedelta(days=1), now=NOW)
