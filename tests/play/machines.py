"""What machines do: workers that send and die, providers that post, the sweep, and time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from crm_notify.models import Attempt, Notification
from crm_notify.steps.claim import claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.play.deeds import Deeds
from tests.play.moves import Answers, Delays, Mails, Mostly, News, Picks, Seldom, Waits, move
from tests.play.news import mailed, tracked
from tests.play.speakers import Killed

WAYS_TO_DIE = ["has claimed", "has claimed short", "sends", "reads", "sweeps", "tells"]


class Machines(Deeds):
    """Each may fail at any moment, and what they say may come late, twice, or never."""

    @move(answers=st.lists(Answers, max_size=3))
    def a_worker_sends(self, answers: list[str]) -> None:
        self.send(*answers)

    @move(answer=Answers, seconds=Delays, kind=st.none() | News, named=st.booleans(), tell=Seldom)
    def a_worker_is_slow(
        self, answer: str, seconds: int, kind: str | None, named: bool, tell: bool
    ) -> None:
        """The world goes on while he waits for his answer; it may give him up meanwhile."""

        def late() -> str:
            self.provider.answers = lambda: "accepted"
            attempt = Attempt.objects.get(pk=self.provider.spoken[-1])
            self.clock.forward(seconds=seconds)
            if kind is not None:
                self.hear(tracked, attempt, kind, named=named)
            if tell:
                self.tells(attempt.notification)
            self.sweeps()
            deliver()
            self.look()
            return answer

        self.provider.answers = late
        with suppress(Killed):
            deliver()

    @move(
        who=st.sampled_from(
            ["has claimed", "has claimed short", "sends", "reads", "sweeps", "tells"]
        ),
        answer=Answers,
        pick=Picks,
    )
    def somebody_dies(self, who: str, answer: str, pick: int) -> None:
        """Before his first call, or as late as possible: just before the commit."""

        def die(*args: Any, **kwargs: Any) -> None:
            raise Killed

        with self.patch.context() as patch, suppress(Killed):
            patch.setattr("crm_notify.steps.settle.raise_or_close", die)
            match who:
                case "has claimed":
                    claim(channel="email", provider_of=self.provider.provider_of, limit=2)
                case "has claimed short":
                    claim(channel="sms", provider_of=lambda tenant: "sms", limit=2)
                case "sends":
                    self.send(answer)
                case "reads":
                    interpret()
                case "sweeps":
                    sweep()
                case "tells":
                    self.tells(self.any_of(Notification, pick))

    def spoken(self, pick: int) -> Attempt:
        """A mail that went out, of which a provider may say anything."""
        found: Attempt = self.any_of(Attempt, pick, pk__in=self.provider.spoken)
        return found

    @move(pick=Picks, kind=News, named=st.booleans(), read=Mostly)
    def the_provider_posts(self, pick: int, kind: str, named: bool, read: bool) -> None:
        self.hear(tracked, self.spoken(pick), kind, named=named, read=read)

    @move(pick=Picks, kind=Mails, named=st.booleans(), read=Mostly)
    def a_mail_comes_back(self, pick: int, kind: str, named: bool, read: bool) -> None:
        self.hear(mailed, self.spoken(pick), kind, named=named, read=read)

    @move(pick=Picks, read=Mostly)
    def it_is_posted_again(self, pick: int, read: bool) -> None:
        if self.posts:
            receive(self.posts[pick % len(self.posts)][0])
            if read:
                interpret()

    @move(seconds=Waits, swept=Mostly)
    def time_passes(self, seconds: int, swept: bool) -> None:
        self.clock.forward(seconds=seconds)
        if swept:
            self.sweeps()
