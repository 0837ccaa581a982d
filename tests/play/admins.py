"""What befalls many at once, and what admins do: incidents, dead addresses, switches."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from django.db.models import Q
from hypothesis import strategies as st

from crm_notify import api
from crm_notify.models import Activity, Alert, Incident, Installation, Notification, Suppression
from crm_notify.steps.hold import set_intake
from tests.play.deeds import MOST_ACTS, Deeds
from tests.play.moves import Picks, move
from tests.play.news import tracked
from tests.promise.words import CONFIRMS, MAIL

#: RESEND_RATE is one a minute in the play.
PACE = timedelta(minutes=1)
RESEND_WITHIN = timedelta(days=30)


class Admins(Deeds):
    """Alice is the admin."""

    @move(
        why=st.sampled_from(["refused", "our sender", "no such user", "bounced", "rejected"]),
        urgent=st.booleans(),
    )
    def many_fail(self, why: str, urgent: bool) -> None:
        """Of one cause, and perhaps one of them is urgent."""
        if Activity.objects.count() + 3 > MOST_ACTS:
            return
        acts = [self.people.acts(), self.people.acts()]
        acts.append(self.people.acts(urgency="urgent" if urgent else "normal"))
        heard = why in {"bounced", "rejected"}
        self.send(*["accepted" if heard else why] * 8)
        for row in acts if heard else ():
            attempt = row.attempts.filter(pk__in=self.provider.spoken).first()
            if attempt is not None:
                self.hear(tracked, attempt, why, named=True)

    @move(pick=Picks, again=st.booleans())
    def an_incident_is_closed(self, pick: int, again: bool) -> None:
        kind = Incident.Kind.FAILURES
        incident = self.any_of(Incident, pick, kind=kind, closed_at=None)
        if incident is None:
            return
        standing = Q(closed_at=None) | Q(closed=Alert.Closed.HANDED)
        stopped = set(
            Alert.objects.filter(standing, incident=incident).values_list("chain", flat=True)
        )
        before = set(Notification.objects.values_list("pk", flat=True))
        count = api.close_incident(incident, by=self.people.alice, again=again)
        fresh = Notification.objects.exclude(pk__in=before).order_by("due_at")
        due = [row.due_at for row in fresh if row.due_at is not None]
        assert len(due) == count
        assert all(later - sooner >= PACE for sooner, later in pairwise(due))
        assert len({row.chain_id for row in fresh}) == count, "sent again twice"
        assert again or not count
        if again:
            self.nothing_stays_behind(stopped)

    def nothing_stays_behind(self, stopped: set[int]) -> None:
        """What the incident had stopped is told, closed, too old, or on its way by mail."""
        oldest = self.clock.latest - RESEND_WITHIN
        for chain in stopped:
            mails = Notification.objects.filter(Q(pk=chain) | Q(chain=chain), channel=MAIL)
            failing = mails.filter(outcome__in=["failed", "unclear"], created_at__gt=oldest)
            under_way = mails.filter(outcome__in=["in_flight", "told"])
            assert under_way.exists() or not failing.exists(), "it was not sent again"

    @move(pick=Picks)
    def a_suppression_is_lifted(self, pick: int) -> None:
        dead = self.any_of(Suppression, pick, lifted_at=None)
        if dead is not None:
            api.lift_suppression(
                dead.address, by=self.people.alice, reason="he is back", channel=dead.channel
            )

    @move(what=st.sampled_from(["mailer", "intake held", "intake opened", "intake opened"]))
    def the_host_changes(self, what: str) -> None:
        match what:
            case "mailer":
                (self.provider.provider,) = CONFIRMS.keys() - {self.provider.provider}
            case "intake held":
                set_intake(Installation.Intake.HELD, by="Alice", reason="they post rubbish")
            case "intake opened":
                set_intake(Installation.Intake.OPEN, by="Alice")
