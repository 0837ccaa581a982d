"""A mail with all that becomes of it: who behaves how is known when it is taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from project.provider.events import Event, message_event
from project.provider.mailboxes import (
    HELD_STATES,
    REFUSED_STATES,
    Behaviour,
    Step,
    behaviour_of,
)
from project.provider.messages import Message


@dataclass(frozen=True, kw_only=True)
class Happening:
    """A step of a mail's way, with its time and the event that tells of it."""

    at: float
    step: Step
    event: Event


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail and all that will become of it, decided when it was taken."""

    message: Message
    behaviour: Behaviour
    happenings: tuple[Happening, ...]

    def so_far(self, now: float) -> tuple[Happening, ...]:
        return tuple(each for each in self.happenings if each.at <= now)

    def state(self, now: float) -> str:
        """One word for what became of the mail: the state of the last step, see Step."""
        return next((each.step.state for each in reversed(self.so_far(now))), "accepted")

    def reply(self, now: float) -> str:
        """What the receiving server said last."""
        replies = [each.step.reply for each in self.so_far(now) if each.step.reply]
        return replies[-1].format(address=self.message.recipient) if replies else ""

    def held(self, now: float) -> bool:
        """Whether the mail lies in the mailbox."""
        return self.state(now) in HELD_STATES

    def refused(self, now: float) -> bool:
        """Whether the mailbox will never have the mail, and somebody said so."""
        return self.state(now) in REFUSED_STATES


def write_letter(message: Message, *, unknown: Collection[str], speed: float) -> Letter:
    """The letter of `message`; all times are counted from when it was taken, over `speed`."""
    behaviour = behaviour_of(message.recipient, unknown)
    happenings = []
    retries = 0
    for step in behaviour.steps:
        at = message.accepted_at + step.after / speed
        event = message_event(message, step, at=at, retries=retries)
        happenings.append(Happening(at=at, step=step, event=event))
        retries += step.kind == "delay"
    return Letter(message=message, behaviour=behaviour, happenings=tuple(happenings))
