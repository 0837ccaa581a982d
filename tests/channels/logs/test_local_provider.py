"""A window that was lost is read from a real provider, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from anymail.backends.sparkpost import EmailBackend
from anymail.message import AnymailMessage
from django.utils import timezone
from pytest_django import Settings

from crm_notify.channels.logs import LOGS
from crm_notify.channels.webhooks import parse
from crm_notify.models import Receipt
from crm_notify.rules.news import Posted
from crm_notify.steps.hear import event_of
from project.provider import Provider
from tests.channels.webhooks.posts import TOKEN, post
from tests.provider.receiver import Receiver

MAILBOXES = ("jon", "unknown", "slow", "full", "away", "late")


def fingerprints(posts: Iterable[Posted]) -> list[str]:
    read = [parse(posted) for posted in posts]
    assert not [parsed.unreadable for parsed in read if parsed.unreadable]
    return sorted(
        event_of(heard, provider="sparkpost", receipt=Receipt())[0].fingerprint
        for parsed in read
        for heard in parsed.heard
    )


@pytest.mark.parametrize("limited", [False, True])
def test_the_log_gives_exactly_what_the_webhooks_gave(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, limited: bool
) -> None:
    monkeypatch.setattr("crm_notify.channels.logs.sparkpost._PER_PAGE", 5)
    # The provider goes by the real clock.
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC))
    since = timezone.now() - timedelta(minutes=30)
    with Receiver() as receiver, Provider(speed=200.0, webhook=receiver.url) as provider:
        settings.ANYMAIL = {"SPARKPOST_API_KEY": "k", "SPARKPOST_API_URL": provider.api_url}
        mails = [
            AnymailMessage(
                "A call", "Ready.", "notify@crm.example", [f"{mailbox}@acme.example"],
                metadata={"crm_notify": TOKEN},
            )
            for mailbox in MAILBOXES
        ]  # fmt: skip
        EmailBackend(api_key="k", api_url=provider.api_url).send_messages(mails)
        assert provider.wait_for(lambda: provider.idle, timeout=10)
        if limited:
            provider.limit_log(2, seconds=0)
        pages = list(LOGS["sparkpost"].pages(since, timezone.now()))
    posts = [posted for page in pages for posted in page.posts]
    webhooks = [post("sparkpost", received.body) for received in receiver.posts]
    assert len(posts) > 2 * len(MAILBOXES), (since, pages)
    assert fingerprints(posts) == fingerprints(webhooks)
