"""What people do about a failure: send again, correct, tell him, see it, close it."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st

from crm_notify import api
from crm_notify.exceptions import NotAllowed, RefusedInput
from crm_notify.models import Activity, Correction, Notification
from crm_notify.querysets import members_of
from tests.play.moves import Picks, Seldom, move
from tests.play.stage import Stage
from tests.play.world import find

#: After all but the first nothing can go wrong any more, so they are seldom.
Ends = st.sampled_from([*["closes it"] * 4, "tells him", "sees it", "opens it"])
Addresses = st.sampled_from([None, "jon@example.com", "john@example.com", "john@other.example"])
MOST_ACTS, MOST_ROWS = 6, 16


class Deeds(Stage):
    """Alice may do anything; Janet and Bob what concerns them."""

    @move(urgent=st.booleans())
    def somebody_acts(self, urgent: bool) -> None:
        if Activity.objects.count() < MOST_ACTS:
            self.people.acts(urgency="urgent" if urgent else "normal")

    @move(pick=Picks, address=Addresses)
    def somebody_sends_it_again(self, pick: int, address: str | None) -> None:
        if Notification.objects.count() < MOST_ROWS:
            with suppress(RefusedInput):
                api.resend(self.any_of(Notification, pick), by=self.people.alice, address=address)

    @move(pick=Picks, address=Addresses, by=st.sampled_from(["alice", "janet"]))
    def somebody_corrects_it(self, pick: int, address: str | None, by: str) -> None:
        """Alice may; from Janet it is a proposal."""
        user = find(by)
        if user is not None and address is not None:
            row = self.any_of(Notification, pick)
            with suppress(RefusedInput, NotAllowed):
                self.is_sent_again_once(api.correct(row, by=user, address=address))

    @move(pick=Picks, accept=st.booleans())
    def a_proposal_is_decided(self, pick: int, accept: bool) -> None:
        proposed = self.any_of(Correction, pick, state=Correction.State.PROPOSED)
        if proposed is not None:
            alice = self.people.alice
            self.is_sent_again_once(api.decide_correction(proposed, by=alice, accept=accept))

    @staticmethod
    def is_sent_again_once(correction: Correction) -> None:
        """To the right address one mail is on its way for each act, and nothing else."""
        to_it = Notification.objects.filter(
            address=correction.new, outcome="in_flight", previous__isnull=False
        ).exclude(requested_by=None)
        acts = [row.activity_id for row in to_it]
        assert len(acts) == len(set(acts)), "sent again twice"
        assert {row.channel for row in to_it} <= {"email"}

    @move(pick=Picks, end=Ends, seldom=Seldom)
    def somebody_ends_it(self, pick: int, end: str, seldom: bool) -> None:
        row = self.any_of(Notification, pick)
        match end:
            case "closes it":
                with suppress(RefusedInput):
                    api.close(row, by=self.people.alice, reason="the deal is off")
            case "tells him" if seldom:
                self.tells(row)
            case "sees it" if row.recipient is not None and seldom:
                if api.mark_seen(self.people.contoso, user=row.recipient):
                    seen = Notification.objects.filter(recipient=row.recipient)
                    self.know |= set(seen.values_list("pk", flat=True))
            case "opens it" if row.recipient is not None:
                # Late news of a short message: its link is opened.
                assert not api.open_notification(row, user=self.people.alice)
                if api.open_notification(row, user=row.recipient):
                    self.knows(row)

    def tells(self, row: Notification) -> None:
        api.state_told(row, by=self.people.alice, how="by phone")
        self.knows(row)

    def knows(self, row: Notification) -> None:
        chain = members_of([row.chain_id_or_own])
        self.know |= set(chain.values_list("pk", flat=True))
