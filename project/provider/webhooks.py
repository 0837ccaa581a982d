"""Posts events to one webhook in batches, and keeps each batch until it is taken.

As SparkPost does (support.sparkpost.com/docs/tech-resources/webhook-data-streams): anything but
2xx, or no answer in time, is posted again under the same batch id, after a pause that grows. Where
SparkPost gives up after eight hours, it does so only when it is told to.
"""

from __future__ import annotations

import heapq
import itertools
import json
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Condition, Thread

from project.provider.events import Event, broken_event, event_id
from project.provider.webhook_url import WebhookUrl

MAX_EVENTS = 1000  # in one batch
LINGER = 0.1  # seconds for which a batch waits for more events
PAUSES = (1, 2, 4, 8, 15, 30, 60)  # seconds before each further attempt; the last one repeats


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One post of a batch: `status` is the HTTP status, or None where no answer came.

    `denied` says that its header denied the body.
    """

    at: float
    status: int | None
    said: str
    denied: bool = False

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events that are posted together. `state` is waiting, posting, retrying, taken or given up.

    `due` is when the next post is to be, in seconds since the epoch; `repeats` is how often it
    will be posted again although it was taken; `denied`, whether its posts deny their body.
    """

    id: str
    target: str
    events: tuple[Event, ...]
    state: str
    due: float
    attempts: tuple[Attempt, ...] = ()
    repeats: int = 0
    denied: bool = False

    @property
    def finished(self) -> bool:
        """Whether it will not be posted any more."""
        return self.state in {"taken", "given up"}


class Poster:
    """The thread that posts to one webhook; every method may be called from any thread.

    `changed` guards all state and is notified whenever some of it changes. Pauses are divided by
    `speed`, `timeout` (seconds without an answer) is not: the receiver lives in real time.
    """

    def __init__(
        self, url: WebhookUrl, *, changed: Condition, speed: float, timeout: float
    ) -> None:
        self._url = url
        self._changed = changed
        self._speed = speed
        self._linger = LINGER / speed
        self._timeout = timeout
        self._waiting: list[tuple[float, int, Event]] = []
        self._order = itertools.count()
        self._batches: dict[str, Batch] = {}
        self._held = self._stopping = self._reverse_next = False
        self._break_next = self._empty_next = 0
        self._thread = Thread(target=self._run, name=f"webhook {url.shown}")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, also in the middle of a post; what was not taken is lost."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._url.hang_up()
        self._thread.join()

    @property
    def target(self) -> str:
        return self._url.shown

    @property
    def held(self) -> bool:
        with self._changed:
            return self._held

    @property
    def batches(self) -> tuple[Batch, ...]:
        """All batches, oldest first."""
        with self._changed:
            return tuple(self._batches.values())

    @property
    def waiting(self) -> int:
        """How many events are due and in no batch yet."""
        now = time.time()
        with self._changed:
            return sum(due <= now for due, _, _ in self._waiting)

    @property
    def idle(self) -> bool:
        """Whether there is nothing left to post, now or later."""
        with self._changed:
            return not self._unfinished() and not self._waiting

    def add(self, events: Iterable[tuple[float, Event]], *, at_once: bool = False) -> None:
        """Post each event when its time has come; `at_once`, without waiting for company."""
        with self._changed:
            for due, event in events:
                when = time.time() - self._linger if at_once else due
                heapq.heappush(self._waiting, (when, next(self._order), event))
            self._changed.notify_all()

    def tried(self, ids: set[str]) -> bool:
        """Whether each of the events with these ids has been posted, taken or not."""
        with self._changed:
            posted = {
                event_id(event)
                for batch in self._batches.values()
                if batch.attempts
                for event in batch.events
            }
            return ids <= posted

    def hold(self) -> None:
        """Post nothing from now on, first attempts and further ones."""
        with self._changed:
            self._held = True
            self._changed.notify_all()

    def release(self, *, reverse: bool = False) -> None:
        """Post again; with `reverse`, the events that have waited go latest first."""
        with self._changed:
            self._held = False
            self._reverse_next = reverse
            self._changed.notify_all()

    def break_next(self, count: int = 1) -> None:
        """Put `count` unreadable events in the middle of the next new batch."""
        with self._changed:
            self._break_next += count

    def empty_next(self, count: int = 1) -> None:
        """Let each of the next `count` new batches deny its body, whenever it is posted."""
        with self._changed:
            self._empty_next += count

    def mend(self) -> None:
        """Post every batch as it is from now on, also those that are tried again."""
        with self._changed:
            self._empty_next = 0
            for batch in self._unfinished():
                self._keep(replace(batch, denied=False))

    def give_up(self, batches: int = 1) -> int:
        """Throw the oldest `batches` away that were tried and not taken; returns how many."""
        with self._changed:
            tried = [batch for batch in self._unfinished() if batch.state == "retrying"]
            for batch in tried[:batches]:
                self._keep(replace(batch, state="given up"))
            return len(tried[:batches])

    def repeat(self, *, times: int = 1, batches: int = 1) -> int:
        """Post the last `batches` taken ones `times` more, both at least 1; returns how many."""
        with self._changed:
            taken = [batch for batch in self._batches.values() if batch.state == "taken"]
            for batch in taken[-batches:]:
                self._keep(replace(batch, state="waiting", due=time.time(), repeats=times - 1))
            return len(taken[-batches:])

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            at = time.time()
            status, said = self._url.post(
                json.dumps(batch.events).encode(),
                batch_id=batch.id,
                timeout=self._timeout,
                denied=batch.denied,
            )
            attempt = Attempt(at=at, status=status, said=said, denied=batch.denied)
            with self._changed:
                self._settle(self._batches[batch.id], attempt)

    def _next(self) -> Batch | None:
        """The batch whose turn it is, as soon as there is one; None when all is to end."""
        with self._changed:
            while not self._stopping:
                now = time.time()
                due = self._next_due()
                if due is not None and due <= now:
                    return self._keep(replace(self._due_batch(now), state="posting"))
                self._changed.wait(None if due is None else due - now)
            return None

    def _next_due(self) -> float | None:
        if self._held:
            return None
        dues = [batch.due for batch in self._unfinished()]
        if self._waiting:
            dues.append(self._waiting[0][0] + self._linger)
        return min(dues, default=None)

    def _due_batch(self, now: float) -> Batch:
        if self._waiting and self._waiting[0][0] + self._linger <= now:
            return self._gather(now)
        return min(self._unfinished(), key=lambda batch: batch.due)

    def _unfinished(self) -> list[Batch]:
        return [batch for batch in self._batches.values() if not batch.finished]

    def _gather(self, now: float) -> Batch:
        """A new batch of all events that are due, in the order of their times."""
        events: list[Event] = []
        while self._waiting and self._waiting[0][0] <= now and len(events) < MAX_EVENTS:
            events.append(heapq.heappop(self._waiting)[2])
        if self._reverse_next:
            events.reverse()
        middle = len(events) // 2
        events[middle:middle] = [broken_event() for _ in range(self._break_next)]
        denied = self._empty_next > 0
        self._reverse_next, self._break_next = False, 0
        self._empty_next -= denied
        return Batch(
            id=str(uuid.uuid4()),
            target=self.target,
            events=tuple(events),
            state="waiting",
            due=now,
            denied=denied,
        )

    def _settle(self, batch: Batch, attempt: Attempt) -> None:
        attempts = (*batch.attempts, attempt)
        batch = replace(batch, attempts=attempts)
        if not attempt.taken:
            failures = sum(not each.taken for each in attempts)
            pause = PAUSES[min(failures, len(PAUSES)) - 1] / self._speed
            self._keep(replace(batch, state="retrying", due=time.time() + pause))
        elif batch.repeats:
            self._keep(replace(batch, state="waiting", repeats=batch.repeats - 1))
        else:
            self._keep(replace(batch, state="taken"))

    def _keep(self, batch: Batch) -> Batch:
        self._batches[batch.id] = batch
        self._changed.notify_all()
        return batch
