"""How each mailbox behaves: an address gives what happens to a mail sent to it, and when."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens to a mail.

    `after` is in seconds since the provider took the mail, at speed 1. `kind` is the provider's
    event type, `state` the word shown from then on, `reply` what the receiving server said
    (`{address}` stands for the recipient), `bounce_class` the provider's own classification.
    """

    after: float
    kind: str
    state: str
    reply: str = ""
    bounce_class: str = ""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a mailbox does with every mail; `answers_after` is when it sends an auto-reply."""

    name: str
    local_part: str
    summary: str
    steps: tuple[Step, ...]
    answers_after: float | None = None


TAKEN = "250 2.0.0 OK: queued"
HELD_STATES = frozenset({"delivered", "answered", "complained"})
"""The states in which the mail lies in the mailbox for its owner to read."""
REFUSED_STATES = frozenset({"bounced", "bounced late", "rejected"})
"""The states in which the mailbox will never have it."""

_INJECTED = Step(after=0, kind="injection", state="accepted")
_DELIVERED = Step(after=0.2, kind="delivery", state="delivered", reply=TAKEN)

# Bounce classes: support.sparkpost.com/docs/deliverability/bounce-classification-codes
BEHAVIOURS: dict[str, Behaviour] = {
    behaviour.name: behaviour
    for behaviour in (
        Behaviour(
            name="exists",
            local_part="any other name",
            summary="Delivered at once.",
            steps=(_INJECTED, _DELIVERED),
        ),
        Behaviour(
            name="unknown",
            local_part="unknown…",
            summary="Refused: no such user.",
            steps=(
                _INJECTED,
                Step(
                    after=0.2,
                    kind="bounce",
                    state="bounced",
                    reply="550 5.1.1 <{address}>: Recipient address rejected: User unknown",
                    bounce_class="10",
                ),
            ),
        ),
        Behaviour(
            name="full",
            local_part="full",
            summary="Deferred, then given up: over quota.",
            steps=(
                _INJECTED,
                Step(
                    after=0.2,
                    kind="delay",
                    state="delayed",
                    reply="452 4.2.2 <{address}>: Mailbox is over quota, try again later",
                    bounce_class="22",
                ),
                Step(
                    after=4,
                    kind="bounce",
                    state="bounced",
                    reply="552 5.2.2 <{address}>: Mailbox is over quota",
                    bounce_class="22",
                ),
            ),
        ),
        Behaviour(
            name="slow",
            local_part="slow",
            summary="Deferred twice, then delivered.",
            steps=(
                _INJECTED,
                Step(
                    after=0.2,
                    kind="delay",
                    state="delayed",
                    reply="451 4.7.1 <{address}>: Greylisted, come back later",
                    bounce_class="70",
                ),
                Step(
                    after=3,
                    kind="delay",
                    state="delayed",
                    reply="421 4.3.2 Too busy, come back later",
                    bounce_class="70",
                ),
                Step(after=8, kind="delivery", state="delivered", reply=TAKEN),
            ),
        ),
        Behaviour(
            name="late",
            local_part="late",
            summary="Delivered, and returned by a server behind the first one.",
            steps=(
                _INJECTED,
                _DELIVERED,
                Step(
                    after=5,
                    kind="out_of_band",
                    state="bounced late",
                    reply="550 5.1.1 <{address}>: This mailbox has been removed",
                    bounce_class="10",
                ),
            ),
        ),
        Behaviour(
            name="away",
            local_part="away",
            summary="Delivered, and answered by an automatic reply to the Return-Path.",
            steps=(
                _INJECTED,
                _DELIVERED,
                Step(
                    after=2,
                    kind="out_of_band",
                    state="answered",
                    reply="Automatic reply: <{address}> is out of the office",
                    bounce_class="60",
                ),
            ),
            answers_after=2,
        ),
        Behaviour(
            name="silent",
            local_part="silent",
            summary="Accepted, and nothing is ever heard of it again.",
            steps=(_INJECTED,),
        ),
        Behaviour(
            name="complains",
            local_part="complains",
            summary="Delivered, and reported as spam by its owner.",
            steps=(
                _INJECTED,
                _DELIVERED,
                Step(after=4, kind="spam_complaint", state="complained"),
            ),
        ),
        Behaviour(
            name="blocked",
            local_part="blocked",
            summary="Refused by the receiving server's policy.",
            steps=(
                _INJECTED,
                Step(
                    after=0.2,
                    kind="bounce",
                    state="bounced",
                    reply="554 5.7.1 <{address}>: Message blocked by policy, sender is listed",
                    bounce_class="51",
                ),
            ),
        ),
        Behaviour(
            name="suppressed",
            local_part="suppressed",
            summary="Never tried: the provider's own policy rejects it.",
            steps=(
                Step(
                    after=0.2,
                    kind="policy_rejection",
                    state="rejected",
                    reply="554 5.7.1 <{address}>: recipient address suppressed by policy",
                    bounce_class="25",
                ),
            ),
        ),
    )
}


def mailbox_of(address: str) -> str:
    """The mailbox that an address names: the same whatever the case of its letters."""
    return address.strip().casefold()


def behaviour_of(address: str, unknown: Collection[str] = ()) -> Behaviour:
    """The behaviour of `address`, at any domain; `unknown` lists addresses that do not exist.

    The first word of the local part decides, so that one behaviour has many mailboxes:
    `slow.anna@` and `slow+2@` are as slow as `slow@`.
    """
    mailbox = mailbox_of(address)
    local_part = mailbox.rpartition("@")[0]
    if local_part.startswith("unknown") or mailbox in {mailbox_of(each) for each in unknown}:
        return BEHAVIOURS["unknown"]
    return BEHAVIOURS.get(re.split(r"[.+_-]", local_part)[0], BEHAVIOURS["exists"])
