"""The promise itself, played at random: told, in flight with a deadline, or before a person."""

from __future__ import annotations

import logging
import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from crm_notify.models import Attempt, Event, Installation, Notification, Receipt
from crm_notify.rules.evidence import Evidence
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.hold import set_intake
from crm_notify.steps.settle import settle
from tests.play.admins import Admins
from tests.play.machines import Machines
from tests.play.moves import moves
from tests.play.news import tracked
from tests.play.warned import Warned
from tests.promise.words import CONFIRMS

pytestmark = pytest.mark.django_db(transaction=True)

#: As many plays of chance as this asks for; without it a few that are always the same.
EXAMPLES = int(os.environ.get("PROMISE_EXAMPLES", "0"))
#: Several small runs: after its tenth play hypothesis varies what it has played already.
SEEDS = [None] if EXAMPLES else [1, 2]
PROFILE = settings(
    max_examples=EXAMPLES or 3,
    stateful_step_count=60 if EXAMPLES else 36,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


class Promise(Admins, Machines, Warned):
    """Whatever happens, in whatever order, it holds at every moment and to the end."""

    @rule(move=st.one_of(moves))
    def something_happens(self, move: tuple[str, dict[str, Any]]) -> None:
        """One rule for all: of many, hypothesis plays a few at a time, which wants long runs."""
        name, given = move
        getattr(self, name)(**given)

    @invariant()
    def nothing_is_silent(self) -> None:
        self.look()

    def teardown(self) -> None:
        """In the end, with nobody doing anything but the machines, nothing is in flight."""
        if not hasattr(self, "people"):
            return
        nothing_hangs_on_the_order()
        set_intake(Installation.Intake.OPEN, by="Alice")
        proofs = [self.proof(provider) for provider in CONFIRMS]
        for _ in range(5):
            for proof in proofs:
                self.hear(tracked, proof.attempts.latest("pk"), "bounced", named=True)
            self.send()
            self.clock.forward(days=3)
            self.sweeps()
            self.look()
        left = Notification.objects.filter(outcome=Outcome.IN_FLIGHT)
        assert not left.exists(), list(left.values())
        self.nothing_is_lost()

    def proof(self, provider: str) -> Notification:
        """A fresh one that bounces of this mailer come back, so that silence means something."""
        canary = self.people.person(f"canary of {provider}", f"nobody@{provider}.example")
        proof = self.people.acts(to=canary)
        self.provider.provider = provider
        self.send()
        return proof

    def nothing_is_lost(self) -> None:
        """Each piece of news was read, once, and is about its own; or it waits for a person."""
        assert not Receipt.objects.filter(state=Receipt.State.NEW).exists()
        about = {posted.body: (attempt, named) for posted, attempt, named in self.posts}
        heard = Event.objects.exclude(receipt=None).select_related("receipt")
        # One whose readers all died, by chance.
        failed = Receipt.objects.filter(state=Receipt.State.FAILED)
        assert len(heard) == len(about) or failed.exists()
        for event in heard:
            assert event.receipt is not None
            attempt, named = about[bytes(event.receipt.body)]
            if named or event.notification_id is not None:
                assert event.notification_id == attempt.notification_id
            assert event.attempt_id in {attempt.pk, None}
            assert event.due_at is None


def nothing_hangs_on_the_order() -> None:
    """What is known decides, and not the way by which it became known."""
    with transaction.atomic():
        everything = list(Notification.objects.order_by("pk").values_list("pk", flat=True))
        settle(everything)
        before = facts(everything)
        Attempt.objects.update(evidence=Evidence.NONE)
        Notification.objects.update(evidence=Evidence.NONE, blame="")
        for pk in reversed(everything):
            settle([pk])
        assert facts(everything) == before
        transaction.set_rollback(True)


def facts(notifications: list[int]) -> list[tuple[Any, ...]]:
    rows = Notification.objects.filter(pk__in=notifications).order_by("pk")
    return list(rows.values_list("pk", "dispatch", "evidence", "outcome", "blame"))


@pytest.mark.parametrize("number", SEEDS)
def test_the_promise_holds_whatever_happens(
    number: int | None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # So much goes wrong that to write it all down takes longer than to play it.
    caplog.set_level(logging.CRITICAL, logger="crm_notify")

    class Played(Promise):
        patch = monkeypatch
        host_settings = settings

    run_state_machine_as_test(Played if number is None else seed(number)(Played), settings=PROFILE)
