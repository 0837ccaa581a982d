"""All that is known about one notification, and what follows from it alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from crm_notify.channels.base import MAIL
from crm_notify.conf import get_settings
from crm_notify.models import Attempt, Event, Notification
from crm_notify.rules import evidence as rules
from crm_notify.rules.evidence import Blame, Evidence, Kind
from crm_notify.rules.outcome import Dispatch, Outcome, dispatch, outcome
from crm_notify.rules.providers import PROVIDERS
from crm_notify.rules.retry import patience

Result = Attempt.Result

#: What a provider's answer to our call is worth.
_OF_CALL = {Result.ACCEPTED: Evidence.HANDED_OVER, Result.REFUSED: Evidence.REFUSED}


@dataclass
class Story:
    """One notification, with its attempts and the events that may move it, each oldest first."""

    notification: Notification
    attempts: list[Attempt] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    #: What stood in the database when it was read.
    before: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        self.before = self.written

    @property
    def written(self) -> tuple[object, ...]:
        row = self.notification
        return (row.outcome, row.evidence, row.blame, row.dispatch, row.due_at)

    @property
    def turned(self) -> bool:
        """Whether its outcome is another than it was."""
        return self.notification.outcome != self.before[0]

    @property
    def arrived(self) -> bool:
        """Whether it is delivered as far as is known, which was not known before."""
        evidence = self.notification.evidence
        return evidence == Evidence.DELIVERED and evidence != self.before[1]

    @property
    def kinds(self) -> set[Kind]:
        return {Kind(event.kind) for event in self.events}

    def weigh(self) -> list[Attempt]:
        """Set the evidence of each attempt and of the notification; return the attempts changed."""
        heard: dict[int | None, list[int]] = defaultdict(list)
        for event in self.events:
            heard[event.attempt_id].append(event.evidence)
        changed = []
        for attempt in self.attempts:
            weighed = rules.of_attempt([_of_call(attempt), *heard[attempt.pk]])
            if weighed != attempt.evidence:
                attempt.evidence = weighed
                changed.append(attempt)
        # What names only the message cannot be about a call that was never made.
        made = [item for item in self.attempts if item.begun_at is not None or item.evidence]
        self.notification.evidence = rules.of_notification(
            [Evidence(attempt.evidence) for attempt in made], of_any=rules.of_attempt(heard[None])
        )
        return changed

    def decide(self, *, chain_told: bool, now: datetime) -> None:
        """Set outcome, blame, dispatch and deadline."""
        row = self.notification
        evidence = Evidence(row.evidence)
        row.outcome = outcome(evidence=evidence, kinds=self.kinds, chain_told=chain_told)
        row.blame = self._blame() if evidence.is_failure else Blame.NONE
        row.dispatch = dispatch(
            now=Dispatch(row.dispatch), evidence=evidence, outcome=Outcome(row.outcome)
        )
        row.due_at = self._deadline(now) if row.outcome == Outcome.IN_FLIGHT else None
        if self.turned:
            row.changed_at = now

    def _blame(self) -> str:
        """Whose fault: the heaviest failure speaks, a named cause before an unnamed one."""
        said = [(event.evidence, event.blame) for event in self.events]
        said += [(_of_call(attempt), attempt.blame) for attempt in self.attempts]
        failures = [pair for pair in said if Evidence(pair[0]).is_failure]
        heaviest = max(failures, key=_weight_of_blame, default=(0, ""))
        return heaviest[1] or Blame.UNKNOWN

    def _deadline(self, now: datetime) -> datetime:
        """When the sweep looks at it next."""
        row = self.notification
        if row.dispatch != Dispatch.DONE:
            return row.due_at or now
        conf = get_settings()
        last = self.attempts[-1] if self.attempts else None
        handed_over_at = (last.ended_at or last.claimed_at) if last else row.created_at
        if row.channel != MAIL:
            return handed_over_at + conf.CHANNEL_SILENCE_AFTER
        provider = PROVIDERS.get(last.provider) if last else None
        confirms = provider is not None and provider.confirms
        unclear = row.evidence == Evidence.UNCLEAR
        heard = [item.recorded_at for item in self.events if item.evidence == Evidence.UNCLEAR]
        deadline = patience(
            handed_over_at=handed_over_at,
            unclear_since=min(heard) if unclear else None,
            confirms=confirms,
            unclear_after=conf.UNCLEAR_AFTER,
            silence_after=conf.SILENCE_AFTER,
            bounce_window=conf.BOUNCE_WINDOW,
        )
        if confirms or unclear:
            return deadline
        # A mailer that has not proven itself yet was given more time by the sweep: keep that.
        return max(deadline, row.due_at or deadline) if deadline <= now else deadline


def _of_call(attempt: Attempt) -> Evidence:
    return _OF_CALL.get(Result(attempt.result), Evidence.NONE)


def _weight_of_blame(said: tuple[int, str]) -> tuple[int, bool, str]:
    evidence, blame = said
    return evidence, blame not in {"", Blame.UNKNOWN}, blame
