"""Where it is played: one world, what is remembered of it, and the look whether all is well."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from crm_notify.channels.registry import CHANNELS
from crm_notify.models import Attempt
from crm_notify.rules.news import Posted
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from crm_notify.steps.receive import receive
from crm_notify.steps.sweep import sweep
from tests.play.news import mailed
from tests.play.speakers import Gateway, Killed, Provider
from tests.play.world import People, StillClock
from tests.promise.chains import Answered
from tests.promise.moments import nothing_is_silent, the_sweeps_work
from tests.promise.once import (
    nobodys_share_is_hidden,
    nothing_is_withheld_for_nothing,
    who_acts_is_warned,
)
from tests.promise.words import CONFIRMS

OFFICE = {"days": "mon-fri", "from": "09:00", "to": "17:00", "zone": "UTC"}
LADDER = [
    {"act": "actor"},
    {"act": "fallback", "urgency": "urgent"},
    {"act": "backup", "after": timedelta(minutes=15)},
    {"act": "admins", "after": timedelta(hours=4)},
]
#: Whoever has a telephone gets a short message of every failure.
EAGER = [{"act": "actor"}, {"act": "fallback"}, *LADDER[2:]]

#: What a host may have set otherwise.
Settings = st.fixed_dictionaries(
    {
        "BUSINESS_HOURS": st.sampled_from([{}, OFFICE]),
        "QUIET_HOURS": st.sampled_from([(), ("20:00", "07:00")]),
        "LADDER": st.sampled_from([EAGER, LADDER]),
        "UNSEEN_FOR": st.sampled_from([timedelta(0), timedelta(days=2)]),
    }
)


class Stage(RuleBasedStateMachine):
    """One world; ``patch`` and ``host_settings``, two fixtures of pytest, are to be set."""

    patch: pytest.MonkeyPatch
    host_settings: Any

    @initialize(provider=st.sampled_from(sorted(CONFIRMS)), settings=Settings)
    def begin(self, provider: str, settings: dict[str, Any]) -> None:
        self.clock = StillClock()
        self.patch.setattr(timezone, "now", self.clock.now)
        self.provider = Provider(provider)
        self.gateway = Gateway()
        phone = {"CLASS": "tests.play.speakers.Phone", "OPTIONS": {"gateway": self.gateway}}
        self.host_settings.CRM_NOTIFY = {
            **self.host_settings.CRM_NOTIFY,
            **settings,
            "CHANNELS": {"sms": phone, "chat": phone},
            "ABSENT": "tests.play.world.absent",
            "BACKUP": "tests.play.world.backup",
            "DIGEST_TO": ["alice@crm.example"],
            "FOLD_ABOVE": 2,
            "RESEND_RATE": 1,
        }
        self.in_office = bool(settings["BUSINESS_HOURS"])
        self.patch.setitem(CHANNELS, "email", lambda: self.provider)
        #: What was posted: about which attempt, and whether it named that or its notification.
        self.posts: list[tuple[Posted, Attempt, bool]] = []
        self.know: set[int] = set()
        self.answered: set[Answered] = set()
        self.somebody_left = False
        #: Whoever acts is warned himself, unless he was away once or has passed it on.
        self.janet_was_here = not settings["UNSEEN_FOR"]
        self.people = People()
        self.people.acts()
        self.send()

    def any_of(self, model: Any, pick: int, **having: Any) -> Any:
        found = list(model.objects.filter(**having).order_by("pk"))
        return found[pick % len(found)] if found else None

    def send(self, *answers: str) -> None:
        """A worker sends; this is what he is answered, and that all is well after it."""
        left = iter(answers)
        self.provider.answers = self.gateway.answers = lambda: next(left, "accepted")
        with suppress(Killed):
            deliver()

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

    def sweeps(self) -> None:
        with the_sweeps_work(self.clock.now(), in_office=self.in_office):
            sweep()
        self.somebody_left = False

    def look(self) -> None:
        """Whether what is promised holds now."""
        nothing_is_silent(
            self.clock.latest,
            know=self.know,
            answered=self.answered,
            somebody_left=self.somebody_left,
            in_office=self.in_office,
        )
        nothing_is_withheld_for_nothing([*self.provider.spoken, *self.gateway.spoken])
        nobodys_share_is_hidden()
        if self.janet_was_here:
            who_acts_is_warned("janet")
