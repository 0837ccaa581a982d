"""The provider's memory and will: what it took, what became of it, and how it will misbehave."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Condition
from threading import Event as Flag

from project.provider.auto_reply import auto_reply
from project.provider.events import PING, event_id, new_transmission_id
from project.provider.letters import Letter, write_letter
from project.provider.messages import Message, messages_of
from project.provider.transmissions import Transmission
from project.provider.webhook_url import WebhookUrl
from project.provider.webhooks import Batch, Poster

DEFAULT_UNKNOWN = ("john@acme.example",)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one send is answered: a status other than 200 takes nothing.

    `seconds` is how long the sender waits, in real time; `drop` closes the connection in place of
    the answer; `early` posts all events of the mail before it.
    """

    status: int = 200
    seconds: float = 0.0
    drop: bool = False
    early: bool = False


class PostOffice:
    """Takes transmissions, keeps letters, and has their events posted. Safe for threads."""

    def __init__(
        self,
        *,
        webhook: str | None = None,
        inbound_webhook: str | None = None,
        unknown: Collection[str] = DEFAULT_UNKNOWN,
        speed: float = 1.0,
        api_keys: Collection[str] = (),
        ping: bool = False,
        timeout: float = 10.0,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"The speed has to be more than 0, not {speed:g}.")
        self.unknown = tuple(unknown)
        self.speed = speed
        self.api_keys = frozenset(api_keys)
        self.stopping = Flag()
        self._changed = Condition()
        self._timeout = timeout
        self._ping = ping
        self._letters: list[Letter] = []
        self._answers: deque[Answer] = deque()
        self._log_limits: deque[float] = deque()
        self._tracking = self._poster(webhook)
        self._inbound = self._poster(inbound_webhook)

    @property
    def posters(self) -> tuple[Poster, ...]:
        """The posters of the webhooks that are given: tracking first, then inbound."""
        return tuple(poster for poster in (self._tracking, self._inbound) if poster)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All mail that was taken, oldest first, whatever became of it."""
        with self._changed:
            return tuple(self._letters)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages of all letters, oldest first."""
        return tuple(letter.message for letter in self.letters)

    @property
    def batches(self) -> tuple[Batch, ...]:
        """All batches of the tracking webhook, then all of the inbound one, oldest first."""
        return tuple(batch for poster in self.posters for batch in poster.batches)

    @property
    def held(self) -> bool:
        return any(poster.held for poster in self.posters)

    @property
    def idle(self) -> bool:
        """Whether all that will happen has happened, and every webhook took all of its events."""
        return all(poster.idle for poster in self.posters)

    def open(self) -> None:
        for poster in self.posters:
            poster.start()
            if self._ping:
                poster.add([(0.0, PING)], at_once=True)

    def close(self) -> None:
        """End all threads; what no webhook took is lost."""
        self.stopping.set()
        for poster in self.posters:
            poster.stop()

    def accept(self, transmission: Transmission, *, early: bool = False) -> str:
        """Take a transmission, return its id; raises ApiError where no message can be built.

        With `early`, all that will happen happens now, and is posted before this returns.
        """
        now = time.time()
        transmission_id = new_transmission_id()
        messages = messages_of(transmission, transmission_id=transmission_id, now=now)
        speed = float("inf") if early else self.speed
        letters = [write_letter(each, unknown=self.unknown, speed=speed) for each in messages]
        with self._changed:
            self._letters += letters
            self._changed.notify_all()
        for letter in letters:
            self._post(letter, speed, at_once=early)
        if early:
            self._wait_until_told(letters)
        return transmission_id

    def next_answer(self) -> Answer:
        """How to answer the send that has just come."""
        with self._changed:
            return self._answers.popleft() if self._answers else Answer()

    def answer_next(
        self,
        count: int = 1,
        *,
        status: int = 200,
        seconds: float = 0.0,
        drop: bool = False,
        early: bool = False,
    ) -> None:
        """Answer the next `count` sends so, after those already arranged for; see Answer."""
        answer = Answer(status=status, seconds=seconds, drop=drop, early=early)
        with self._changed:
            self._answers.extend([answer] * count)

    def next_log_limit(self) -> float | None:
        """For how many seconds whoever has just asked for the log is to stay away, if at all."""
        with self._changed:
            return self._log_limits.popleft() if self._log_limits else None

    def limit_log(self, count: int = 1, *, seconds: float = 1.0) -> None:
        """Refuse the next `count` questions for the log, to be asked again after `seconds`."""
        with self._changed:
            self._log_limits.extend([seconds] * count)

    def hold(self) -> None:
        """Post nothing to any webhook until released."""
        for poster in self.posters:
            poster.hold()

    def release(self, *, reverse: bool = False) -> None:
        """Post again; with `reverse`, the events that waited go latest first."""
        for poster in self.posters:
            poster.release(reverse=reverse)

    def repeat(self, *, times: int = 1, batches: int = 1) -> int:
        """Post the last taken batches of each webhook again; returns how many batches."""
        return sum(poster.repeat(times=times, batches=batches) for poster in self.posters)

    def break_next(self, count: int = 1) -> None:
        """Put `count` unreadable events in the middle of the next batch of tracking events."""
        if self._tracking:
            self._tracking.break_next(count)

    def empty_next(self, count: int = 1) -> None:
        """Let the next `count` batches of each webhook deny that they have a body; see Poster."""
        for poster in self.posters:
            poster.empty_next(count)

    def mend(self) -> None:
        """Post every batch with its body again."""
        for poster in self.posters:
            poster.mend()

    def give_up(self, batches: int = 1) -> int:
        """Throw away what each webhook has not taken, the oldest first; returns how many batches.

        SparkPost does so after eight hours.
        """
        return sum(poster.give_up(batches) for poster in self.posters)

    def wait_for(self, predicate: Callable[[], object], timeout: float = 5.0) -> bool:
        """Whether `predicate` became true within `timeout` seconds.

        It is asked after every change, and often besides: some of what is true is told by the
        clock alone. It may take its time, since no lock is held meanwhile.
        """
        deadline = time.monotonic() + timeout
        while not predicate():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait(min(left, 0.02))
        return True

    def _poster(self, url: str | None) -> Poster | None:
        if not url:
            return None
        return Poster(
            WebhookUrl(url), changed=self._changed, speed=self.speed, timeout=self._timeout
        )

    def _post(self, letter: Letter, speed: float, *, at_once: bool) -> None:
        if self._tracking:
            events = [(each.at, each.event) for each in letter.happenings]
            self._tracking.add(events, at_once=at_once)
        if self._inbound and letter.behaviour.answers_after is not None:
            at = letter.message.accepted_at + letter.behaviour.answers_after / speed
            self._inbound.add([(at, auto_reply(letter.message, at=at))], at_once=at_once)

    def _wait_until_told(self, letters: list[Letter]) -> None:
        """Wait for the tracking webhook's answer, but not if it is held: it would never come."""
        poster = self._tracking
        if poster is None:
            return
        ids = {event_id(each.event) for letter in letters for each in letter.happenings}
        self.wait_for(
            lambda: poster.held or self.stopping.is_set() or poster.tried(ids), self._timeout + 1
        )
