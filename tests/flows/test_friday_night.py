"""SuperOffice's night, played with the runbook's commands as they stand in docs/operations.md."""

from __future__ import annotations

import io
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from crm_notify import api
from crm_notify.models import Alert, Event, Incident, Notification, Receipt
from crm_notify.signals import alert_opened, notification_failed
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.sweep import sweep
from project.provider import Provider
from tests.people import Clock
from tests.support.typed import commands

pytestmark = pytest.mark.django_db(transaction=True)

CHAPTER = "The provider breaks the mail on a Friday night"
BEGINNING = "2026-11-20 18:00"

#: What becomes of ten mails: six are delivered, three bounce, of one nothing more is heard.
TEN = ("jon", "bob", "anna", "eve", "max", "zoe", "unknown", "unknown", "unknown", "silent")
EVENTS_OF_TEN = 19
OURS = {"injection": "sent", "delivery": "delivered", "bounce": "bounced"}


def plain(printed: str) -> str:
    """Without what differs from night to night: the time, and how often the provider came again."""
    printed = re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d\+00:00)?", "<moment>", printed)
    return re.sub(r"\d+ times", "<some> times", printed)


class Night:
    """The provider and the CRM, and Alice at the keyboard with the runbook beside her."""

    def __init__(self, provider: Provider, actor: Any, target: Any) -> None:
        self.provider = provider
        self.began = f"{timezone.now():%Y-%m-%d %H:%M:%S}"
        self.alerts: list[Alert] = []
        self.failures: list[Notification] = []
        self._left = commands("operations.md", CHAPTER)
        self._actor = actor
        self._target = target
        self._sent = 0

    def send_ten(self, *, denied: bool = False) -> None:
        """Send mail, and have its news posted in one batch; then the provider keeps still."""
        self.provider.hold()
        people = [
            get_user_model()(username=address, email=address)
            for address in (f"{name}.{self._sent}.{n}@acme.example" for n, name in enumerate(TEN))
        ]
        self._sent += 1
        get_user_model().objects.bulk_create(people)
        api.record_activity(
            actor=self._actor,
            verb="logged a call",
            target=self._target,
            recipients=get_user_model().objects.filter(username__in=[p.username for p in people]),
        )
        deliver()
        (poster,) = self.provider.posters
        self.until(lambda: poster.waiting == EVENTS_OF_TEN)
        if denied:
            self.provider.empty_next()
        self.provider.release()
        self.until(lambda: len(poster.batches) == self._sent and poster.batches[-1].attempts)
        self.provider.hold()
        self.until(lambda: "posting" not in {batch.state for batch in poster.batches})

    def until(self, come: Any) -> None:
        assert self.provider.wait_for(come, timeout=20), self.provider.batches

    def type(self, step: int) -> None:
        """Type what the runbook says next, which is its step ``step``; it prints what it says."""
        assert self._left
        assert self._left[0].step == step
        while self._left and self._left[0].step == step:
            typed = self._left.pop(0)
            out = io.StringIO()
            words = typed.words.replace(BEGINNING, self.began)
            call_command(*shlex.split(words), stdout=out, stderr=out)
            assert plain(out.getvalue()) == plain(typed.prints), typed.words

    def runbook_is_done(self) -> bool:
        return not self._left

    def refused(self) -> int:
        """How many posts that denied their body the provider remembers; none was taken."""
        posts = [post for batch in self.provider.batches for post in batch.attempts if post.denied]
        assert {post.status for post in posts} == {503}
        return len(posts)

    def happened(self) -> Counter[tuple[str, str]]:
        """What became of each mail, in our words, as the provider remembers it."""
        return Counter(
            (letter.message.recipient, OURS[each.step.kind])
            for letter in self.provider.letters
            for each in letter.happenings
        )


def known() -> Counter[tuple[str, str]]:
    """What became of each mail, as we know it, by events that name it for certain."""
    told = Event.objects.filter(matched="metadata").exclude(notification=None)
    return Counter(told.values_list("notification__address", "kind"))


def outcomes() -> Counter[str]:
    return Counter(Notification.objects.values_list("outcome", flat=True))


@pytest.fixture
def night(
    live_server: LiveServer,
    crm_notify_settings: Any,
    clock: Clock,
    janet: Any,
    contoso: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Night]:
    """Mail goes out by Anymail's SparkPost back end, and its news comes in, over HTTP."""
    monkeypatch.setenv("LOGNAME", "alice")
    hook = live_server.url.replace("//", "//provider:secret@") + "/notify/webhooks/sparkpost"
    with Provider(webhook=f"{hook}/tracking/", speed=200.0) as provider:
        options = {"api_key": "a key", "api_url": provider.api_url}
        backend = "anymail.backends.sparkpost.EmailBackend"
        crm_notify_settings(MAILER={"BACKEND": backend, "OPTIONS": options})
        night = Night(provider, janet, contoso)
        with heard(night):
            yield night


@contextmanager
def heard(night: Night) -> Iterator[None]:
    """What the host is told: each alert and each failure, however often."""

    def note_alert(alert: Alert, **kwargs: Any) -> None:
        night.alerts.append(alert)

    def note_failure(notification: Notification, **kwargs: Any) -> None:
        night.failures.append(notification)

    alert_opened.connect(note_alert)
    notification_failed.connect(note_failure)
    try:
        yield
    finally:
        alert_opened.disconnect(note_alert)
        notification_failed.disconnect(note_failure)


def test_the_runbook_leads_through_the_night_and_everything_is_there_once(
    night: Night, clock: Clock, client: Client, alice: Any, janet: Any
) -> None:
    provider = night.provider
    client.force_login(alice)

    night.send_ten()
    night.send_ten(denied=True)
    night.send_ten()
    night.send_ten(denied=True)
    assert interpret() == 2
    assert (Receipt.objects.count(), Event.objects.count()) == (2, 38)
    empty = Incident.objects.get(kind="empty")
    assert empty.count == night.refused() >= 2
    night.type(1)

    night.type(2)
    above = client.get("/admin/crm_notify/receipt/").content.decode()
    assert "The intake is held by alice (command line) (empty posts since 18:00)" in above
    night.send_ten()
    night.send_ten(denied=True)
    assert interpret() == 0
    assert Counter(Receipt.objects.values_list("state", flat=True)) == {"read": 2, "new": 1}
    night.type(3)
    assert Event.objects.count() == 38

    clock.forward(hours=9)
    sweep()
    assert interpret() == 0
    assert provider.give_up(batches=2) == 2
    provider.mend()
    provider.release()
    night.until(lambda: provider.idle)
    states = Counter(batch.state for batch in provider.batches)
    assert states == {"taken": 4, "given up": 2}
    night.type(4)
    assert interpret() == 2
    empty.refresh_from_db()
    assert empty.count == night.refused() >= 3
    assert Receipt.objects.count() == 4

    night.type(5)
    assert Event.objects.count() == 76
    lost = night.happened() - known()
    assert sum(lost.values()) == 38
    assert outcomes() == {"told": 24, "failed": 12, "in_flight": 24}

    night.type(6)
    assert known() == night.happened()
    assert set(known().values()) == {1}
    assert outcomes() == {"told": 36, "failed": 18, "in_flight": 6}

    clock.forward(minutes=15)
    night.type(7)
    assert night.runbook_is_done()
    assert known() == night.happened()
    assert Event.objects.count() == 114
    assert Receipt.objects.count() == 118
    assert set(Receipt.objects.values_list("state", flat=True)) == {"read"}
    assert len(night.failures) == len({failed.pk for failed in night.failures}) == 18
    assert len(provider.messages) == len({mail.recipient for mail in provider.messages}) == 60

    client.post(f"/admin/crm_notify/incident/{empty.pk}/act/close/", {"text": "They mended it."})
    assert not Incident.objects.filter(closed_at=None).exists()

    clock.forward(days=1)
    sweep()
    assert outcomes() == {"told": 36, "failed": 18, "unclear": 6}
    by_person = Counter(Alert.objects.filter(closed_at=None).values_list("person", flat=True))
    assert by_person == {janet.pk: 24, None: 18}
    assert len(night.alerts) == len({alert.pk for alert in night.alerts}) == 42
    assert len(night.failures) == len({failed.pk for failed in night.failures}) == 24
    assert len(provider.messages) == 60
