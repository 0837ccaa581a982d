"""Send what is due: claim, speak with no transaction open, write down the result, settle."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from django.db import close_old_connections, connections
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from crm_notify.channels.base import Answer, Channel, Speaker
from crm_notify.channels.registry import channels
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Attempt, Incident, Suppression
from crm_notify.rules.evidence import Blame
from crm_notify.rules.text import printable
from crm_notify.steps.claim import claim, lease
from crm_notify.steps.conclude import conclude
from crm_notify.steps.hold import may_send
from crm_notify.steps.incident import note_incident
from crm_notify.steps.suppress import place, suppressed

logger = logging.getLogger(__name__)

Result = Attempt.Result

#: Results are settled at the end of a batch, and after this many seconds within a slow one, so
#: that a failure does not wait for its neighbours.
SETTLE_EVERY = 1.0

#: What is written of a call once it has ended.
ENDING = ("result", "ended_at", "message_id", "code", "detail", "blame")


def deliver() -> int:
    """Send until nothing is due, in as many threads as the settings say; return the attempts."""
    threads = get_settings().THREADS
    if threads == 1:
        return deliver_in_this_thread()
    with ThreadPoolExecutor(threads, thread_name_prefix="crm_notify-deliver") as pool:
        return sum(pool.map(lambda _: _in_own_connection(), range(threads)))


def _in_own_connection() -> int:
    try:
        return deliver_in_this_thread()
    finally:
        connections.close_all()


def deliver_in_this_thread() -> int:
    """Claim batch after batch, each channel over its own connections, until nothing is due."""
    made = 0
    for name, channel_of in channels().items():
        if not may_send():
            return made
        try:
            channel = channel_of()
        except SettingsError as error:
            # What is to be sent by it stays queued, and the admins hear why.
            note_incident(Incident.Kind.SENDER, subject=name, sample=str(error))
            continue
        with channel.open() as speaker:
            while batch := _claim(name, channel):
                _speak(batch, speaker)
                made += len(batch)
                close_old_connections()
                if not may_send():
                    break
    return made


def _claim(name: str, channel: Channel) -> list[Attempt]:
    return claim(channel=name, provider_of=channel.provider_of, limit=get_settings().BATCH_SIZE)


def _speak(batch: list[Attempt], speaker: Speaker) -> None:
    """Make the calls of one batch: at most one write for each, all else constant.

    Each write ends the last attempt and begins the next. A worker that dies leaves the one whose
    call had begun without a result (unknown), and the others as they were claimed.
    """
    dead = suppressed([(attempt.notification.channel, attempt.address) for attempt in batch])
    spoken: list[Attempt] = []
    last: Attempt | None = None
    settled_at = renewed_at = monotonic()
    for attempt in batch:
        if not _begin(attempt, last):
            logger.warning("crm_notify: the lease of attempt %s was lost", attempt.pk)
            last = None
            continue
        # Whoever asks for it to be sent again means this address.
        asked_for = attempt.notification.requested_by_id is not None
        known = (
            None if asked_for else dead.get(place(attempt.notification.channel, attempt.address))
        )
        _take(attempt, _withheld(known) if known else speaker.send(attempt))
        last = attempt
        spoken.append(attempt)
        if monotonic() - settled_at > SETTLE_EVERY:
            _end(last)
            conclude(spoken)
            spoken, last, settled_at = [], None, monotonic()
        if monotonic() - renewed_at > lease().total_seconds() / 3:
            _renew(batch)
            renewed_at = monotonic()
    if last is not None:
        _end(last)
    conclude(spoken)


def _withheld(known: Suppression) -> Answer:
    """What an address that is known to be dead answers, without being asked."""
    since = f"No mail goes to this address since {known.since:%Y-%m-%d}"
    return Answer(
        result=Result.REFUSED,
        text=f"{since}: {known.reason}" if known.reason else f"{since}.",
        blame=Blame.ADDRESS,
    )


def _take(attempt: Attempt, answer: Answer) -> None:
    attempt.result = answer.result
    attempt.message_id = printable(answer.message_id, 255)
    attempt.code = printable(answer.code, 20)
    attempt.detail = printable(answer.text, 1000)
    attempt.blame = answer.blame
    attempt.ended_at = timezone.now()


def _begin(attempt: Attempt, last: Attempt | None) -> bool:
    """Begin ``attempt`` if its lease still holds, and end ``last``, in one statement."""
    now = timezone.now()
    mine = Q(pk=attempt.pk, result=Result.CLAIMED, lease_until__gt=now)
    begin = {"result": Result.BEGUN, "begun_at": now, "lease_until": now + lease()}
    if last is None:
        return Attempt.objects.filter(mine).update(**begin) == 1
    ended, end = Q(pk=last.pk), {name: getattr(last, name) for name in ENDING}
    written = Attempt.objects.filter(mine | ended).update(
        **{
            name: Case(
                When(ended, then=Value(end[name]) if name in end else F(name)),
                default=Value(begin[name]) if name in begin else F(name),
            )
            for name in {**begin, **end}
        }
    )
    # One of the two was lost, or its notification deleted: which?
    return written == 2 or Attempt.objects.filter(pk=attempt.pk, begun_at=now).exists()


def _end(last: Attempt) -> None:
    Attempt.objects.filter(pk=last.pk).update(**{name: getattr(last, name) for name in ENDING})


def _renew(batch: list[Attempt]) -> None:
    """Show that this worker is alive: what it has not begun stays its own."""
    mine = Attempt.objects.filter(pk__in=[item.pk for item in batch], result=Result.CLAIMED)
    mine.update(lease_until=timezone.now() + lease())
