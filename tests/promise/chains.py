"""A failure and those before whom it stands: each warning has a person and a deadline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from crm_notify.models import Alert, Incident
from crm_notify.rules.ladder import Role
from tests.promise.members import Member
from tests.promise.words import ADMINS_AFTER, AGAIN_AFTER, IN_BUSINESS

#: An alert, the notification that it was about, and its outcome then.
Answered: TypeAlias = tuple[int, int, str]


@dataclass
class Chain:
    """A notification with its resends, and the warnings that stand about it."""

    members: list[Member] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def standing(self) -> list[Alert]:
        """Those that somebody can see."""
        return [item for item in self.alerts if item.person is None or item.person.is_active]

    @property
    def is_urgent(self) -> bool:
        return self.members[0].row.activity.urgency == "urgent"

    def stands_before_somebody(
        self, now: datetime, *, answered: Collection[Answered], somebody_left: bool, in_office: bool
    ) -> None:
        failing = [item for item in self.members if item.fails]
        if not failing:
            assert not self.alerts, "a warning about nothing"
            return
        assert somebody_left or self.standing, "nobody knows"
        # A way around a mail that failed does not stand for the mail.
        mails = [item for item in failing if item.is_mail]
        last = max(
            (item.row for item in mails or failing), key=lambda row: (row.changed_at, row.pk)
        )
        longest = IN_BUSINESS if in_office and not self.is_urgent else AGAIN_AFTER
        for alert in self.alerts:
            assert alert.notification_id == last.pk, "what failed last is not what is warned of"
            assert alert.due_at is not None
            assert alert.due_at <= now + longest, "nobody looks at it for too long"
            assert (alert.role == Role.ADMINS) == (alert.person is None)
            paused = alert.acknowledged_at or alert.snoozed_until
            assert paused is None or (alert.pk, last.pk, last.outcome) in answered, "who said so?"
            assert alert.snoozed_until is None or alert.snoozed_until <= now + AGAIN_AFTER

    def goes_on(self, now: datetime, *, in_office: bool) -> None:
        """After a sweep: who says that he acts has time for it, and in the end the admins know."""
        if not any(item.fails for item in self.members):
            return
        assert self.standing, "nobody knows"
        pauses = [item.snoozed_until for item in self.standing if item.snoozed_until]
        held = [item.acknowledged_at for item in self.standing if item.acknowledged_at]
        pauses += [moment + AGAIN_AFTER for moment in held]
        assert not pauses or max(pauses) > now, "he has had his time"
        known = any(item.person is None or is_folded(item) for item in self.standing)
        since = max(item.counts_from for item in self.standing)
        assert pauses or known or since + self.patience(since, in_office=in_office) > now, (
            "nobody acts, and the admins do not know"
        )

    def patience(self, since: datetime, *, in_office: bool) -> timedelta:
        if in_office and not self.is_urgent:
            return IN_BUSINESS
        # What an incident stopped is sent again when it is closed, and has a day for that.
        resumed = Incident.objects.filter(kind=Incident.Kind.FAILURES, closed_at=since).exists()
        return AGAIN_AFTER if resumed else ADMINS_AFTER


def is_folded(alert: Alert) -> bool:
    return alert.incident is not None and alert.incident.closed_at is None
