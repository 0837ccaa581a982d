"""Those who are warned: they answer, pass it on, are away, say so or do not, and leave for good."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from django.contrib.auth import get_user_model
from hypothesis import strategies as st

from crm_notify import api
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Alert
from crm_notify.steps import notice
from crm_notify.steps.prefer import prefer, said_by
from tests.play.moves import Names, Picks, move
from tests.play.stage import Stage
from tests.play.world import HOST, find

Hours = st.sampled_from([0.1, 4, 24, 72])


class Warned(Stage):
    """Nothing that they say or leave unsaid may lose a failure."""

    def an_alert(self, pick: int) -> Alert | None:
        found: Alert | None = self.any_of(Alert, pick, closed_at=None)
        return found

    @move(pick=Picks)
    def somebody_acknowledges(self, pick: int) -> None:
        alert = self.an_alert(pick)
        if alert is not None:
            self.answers(api.acknowledge(alert, by=self.people.alice))

    @move(pick=Picks, hours=Hours)
    def somebody_puts_it_off(self, pick: int, hours: float) -> None:
        alert = self.an_alert(pick)
        if alert is not None:
            until = self.clock.now() + timedelta(hours=hours)
            with suppress(RefusedInput):
                self.answers(api.snooze(alert, by=self.people.alice, until=until))

    def answers(self, alert: Alert) -> None:
        failed = alert.notification
        self.answered.add((alert.pk, failed.pk, failed.outcome))

    @move(pick=Picks, to=Names)
    def somebody_hands_it_over(self, pick: int, to: str) -> None:
        alert, user = self.an_alert(pick), find(to)
        if alert is not None and user is not None:
            with suppress(RefusedInput):
                handed = api.hand_over(alert, by=self.people.alice, to=user)
                assert handed.person == user
                assert handed.due_at is not None
                self.janet_was_here &= alert.person_id is None

    @move(name=Names, days=st.sampled_from([1, 4]), stand_in=Names)
    def somebody_says_that_he_is_away(self, name: str, days: int, stand_in: str) -> None:
        user = find(name)
        if user is not None:
            now = self.clock.now()
            said = replace(
                said_by(user),
                away_from=now,
                away_until=now + timedelta(days=days),
                stand_in=find(stand_in),
            )
            prefer(user, said)
            self.janet_was_here &= name != "janet"

    @move(absent=st.sets(Names, max_size=2), backup=Names | st.just(""), broken=st.booleans())
    def the_host_says_who_is_here(self, absent: set[str], backup: str, broken: bool) -> None:
        HOST[0].absent, HOST[0].backup, HOST[0].is_broken = absent, backup, broken
        self.janet_was_here &= "janet" not in absent

    @move(name=Names)
    def somebody_is_seen(self, name: str) -> None:
        """From now on he can be missed."""
        user = find(name)
        if user is not None:
            notice.forget()
            notice.notice(user)

    @move(
        name=st.sampled_from(["janet", "janet", "john", "bob"]),
        way=st.sampled_from([*["away", "back"] * 3, "deleted"]),
    )
    def somebody_goes(self, name: str, way: str) -> None:
        user = get_user_model().objects.filter(username=name)
        if way == "deleted":
            user.delete()
        else:
            user.update(is_active=way == "back")
        self.somebody_left = True
        self.janet_was_here &= name != "janet"
