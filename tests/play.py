"""What may happen to the whole app, in any order: people, providers, workers, time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from crm_notify import api
from crm_notify.channels.registry import CHANNELS
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Alert, Attempt, Installation, Notification
from crm_notify.querysets import members_of
from crm_notify.rules.news import Posted
from crm_notify.steps.claim import claim
from crm_notify.steps.deliver import deliver
from crm_notify.steps.hold import set_intake
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.promise import CONFIRMS, Acknowledged, nothing_is_silent, the_sweeps_work
from tests.world import MAILS, NEWS, Killed, People, Provider, StillClock, mailed, tracked

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

Answers = st.sampled_from(["accepted", "later", "refused", "unknown", "killed"])
News = st.sampled_from(sorted(NEWS))
Mails = st.sampled_from(sorted(MAILS))
#: One past each deadline that there is, and a clock that was set back.
Waits = st.sampled_from([0, -30, 10, 65, 11 * MINUTE, 16 * MINUTE, 5 * HOUR, 25 * HOUR, 6 * DAY])
Delays = st.sampled_from([0, 65, 16 * MINUTE, 5 * HOUR])
#: After the last two of them nothing can go wrong any more, so they are seldom.
Deeds = st.sampled_from([*["acknowledges", "closes it"] * 3, "tells him", "sees it"])
Picks = st.integers(min_value=0, max_value=5)
Mostly = st.sampled_from([True] * 3 + [False])
Seldom = st.sampled_from([False] * 7 + [True])

Deed = TypeVar("Deed", bound=Callable[..., None])
#: The names of what may happen, each with what it is given.
moves: list[st.SearchStrategy[tuple[str, dict[str, Any]]]] = []


def move(**given: st.SearchStrategy[Any]) -> Callable[[Deed], Deed]:
    """Let it happen at random, given values of these."""

    def listed(deed: Deed) -> Deed:
        moves.append(st.tuples(st.just(deed.__name__), st.fixed_dictionaries(given)))
        return deed

    return listed


class Play(RuleBasedStateMachine):
    """One world and what happens in it; ``patch`` is to be set."""

    patch: pytest.MonkeyPatch

    @initialize(provider=st.sampled_from(sorted(CONFIRMS)))
    def begin(self, provider: str) -> None:
        self.clock = StillClock()
        self.patch.setattr(timezone, "now", self.clock.now)
        self.people = People()
        self.provider = Provider(provider)
        self.patch.setitem(CHANNELS, "email", lambda: self.provider)
        #: What was posted: about which attempt, and whether it named that or its notification.
        self.posts: list[tuple[Posted, Attempt, bool]] = []
        self.know: set[int] = set()
        self.acknowledged: set[Acknowledged] = set()
        self.somebody_left = False
        self.people.acts()
        deliver()

    def any_of(self, model: Any, pick: int, **having: Any) -> Any:
        found = list(model.objects.filter(**having).order_by("pk"))
        return found[pick % len(found)] if found else None

    @move(what=st.sampled_from(["mailer", "intake held", "intake opened", "intake opened"]))
    def the_host_changes(self, what: str) -> None:
        match what:
            case "mailer":
                (self.provider.provider,) = CONFIRMS.keys() - {self.provider.provider}
            case "intake held":
                set_intake(Installation.Intake.HELD, by="Alice", reason="they post rubbish")
            case "intake opened":
                set_intake(Installation.Intake.OPEN, by="Alice")

    @move()
    def somebody_acts(self) -> None:
        if Notification.objects.count() < 4:
            self.people.acts()

    @move(answers=st.lists(Answers, max_size=2))
    def a_worker_sends(self, answers: list[str]) -> None:
        left = iter(answers)
        self.provider.answers = lambda: next(left, "accepted")
        with suppress(Killed):
            deliver()

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
        who=st.sampled_from(["has claimed", "sends", "reads", "sweeps", "tells"]),
        answer=Answers,
        pick=Picks,
    )
    def somebody_dies(self, who: str, answer: str, pick: int) -> None:
        """Before his first call, or as late as possible: just before the commit."""

        def die(*args: Any, **kwargs: Any) -> None:
            raise Killed

        self.provider.answers = lambda: answer
        with self.patch.context() as patch, suppress(Killed):
            patch.setattr("crm_notify.steps.settle.raise_or_close", die)
            match who:
                case "has claimed":
                    claim(channel="email", provider=self.provider.provider, limit=2)
                case "sends":
                    deliver()
                case "reads":
                    interpret()
                case "sweeps":
                    sweep()
                case "tells":
                    self.tells(self.any_of(Notification, pick))

    @move(pick=Picks, kind=News, named=st.booleans(), read=Mostly)
    def the_provider_posts(self, pick: int, kind: str, named: bool, read: bool) -> None:
        attempt = self.any_of(Attempt, pick, begun_at__isnull=False)
        self.hear(tracked, attempt, kind, named=named, read=read)

    @move(pick=Picks, kind=Mails, named=st.booleans(), read=Mostly)
    def a_mail_comes_back(self, pick: int, kind: str, named: bool, read: bool) -> None:
        attempt = self.any_of(Attempt, pick, begun_at__isnull=False)
        self.hear(mailed, attempt, kind, named=named, read=read)

    @move(pick=Picks, read=Mostly)
    def it_is_posted_again(self, pick: int, read: bool) -> None:
        if self.posts:
            receive(self.posts[pick % len(self.posts)][0])
            if read:
                interpret()

    def hear(
        self,
        made: Callable[..., Posted],
        attempt: Attempt,
        kind: str,
        *,
        named: bool,
        read: bool = True,
    ) -> None:
        posted = made(attempt, kind, named=named, number=len(self.posts))
        self.posts.append((posted, attempt, named or made is mailed))
        receive(posted)
        if read:
            interpret()

    @move(seconds=Waits, swept=Mostly)
    def time_passes(self, seconds: int, swept: bool) -> None:
        self.clock.forward(seconds=seconds)
        if swept:
            self.sweeps()

    def sweeps(self) -> None:
        with the_sweeps_work(self.clock.now()):
            sweep()
        self.somebody_left = False

    @move(pick=Picks, address=st.sampled_from([None, "jon@example.com"]))
    def somebody_sends_it_again(self, pick: int, address: str | None) -> None:
        if Notification.objects.count() < 10:
            with suppress(RefusedInput):
                api.resend(self.any_of(Notification, pick), by=self.people.alice, address=address)

    @move(pick=Picks, deed=Deeds)
    def somebody_does(self, pick: int, deed: str) -> None:
        row, alice = self.any_of(Notification, pick), self.people.alice
        match deed:
            case "acknowledges":
                for alert in Alert.objects.filter(chain=row.chain_id_or_own, closed_at=None):
                    api.acknowledge(alert, by=alice)
                    failed = alert.notification
                    self.acknowledged.add((alert.pk, failed.pk, failed.outcome))
            case "closes it":
                with suppress(RefusedInput):
                    api.close(row, by=alice, reason="the deal is off")
            case "tells him":
                self.tells(row)
            case "sees it" if row.recipient is not None:
                if api.mark_seen(self.people.contoso, user=row.recipient):
                    seen = Notification.objects.filter(recipient=row.recipient)
                    self.know |= set(seen.values_list("pk", flat=True))

    def tells(self, row: Notification) -> None:
        api.state_told(row, by=self.people.alice, how="by phone")
        chain = members_of([row.chain_id_or_own])
        self.know |= set(chain.values_list("pk", flat=True))

    @move(
        name=st.sampled_from(["janet", "janet", "john"]),
        way=st.sampled_from(["away", "away", "back", "back", "deleted"]),
    )
    def somebody_goes(self, name: str, way: str) -> None:
        user = get_user_model().objects.filter(username=name)
        if way == "deleted":
            user.delete()
        else:
            user.update(is_active=way == "back")
        self.somebody_left = True

    def look(self) -> None:
        """Whether the promise holds now."""
        nothing_is_silent(
            self.clock.latest,
            know=self.know,
            acknowledged=self.acknowledged,
            somebody_left=self.somebody_left,
        )
