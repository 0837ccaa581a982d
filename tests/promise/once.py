"""What is promised besides: nobody is bothered twice or in vain, and nobody's share is hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.contrib.auth import get_user_model
from django.db.models import Q

from crm_notify import api
from crm_notify.models import Alert, Attempt, Event, Notification, Suppression
from crm_notify.rules.evidence import Blame, Evidence
from crm_notify.rules.outcome import Outcome
from crm_notify.views.alerts.standing import standing


def may_be_sent(attempt: Attempt) -> None:
    """What was known before it was claimed forbids it; what came between came too late."""
    row = Notification.objects.get(pk=attempt.notification_id)
    chain = Notification.objects.filter(
        Q(pk=row.chain_id_or_own) | Q(chain=row.chain_id_or_own), outcome=Outcome.TOLD
    )
    told = chain.filter(changed_at__lt=attempt.claimed_at)
    assert not told.exists(), f"sent although he was told: {list(told.values())}"
    # Whoever asks for it to be sent again means this address.
    dead = Suppression.objects.filter(
        tenant=row.tenant,
        channel=row.channel,
        address=attempt.address.casefold(),
        lifted_at=None,
        since__lt=attempt.claimed_at,
    )
    assert row.requested_by_id is not None or not dead.exists(), "sent into the void"


def nothing_is_withheld_for_nothing(spoken: Collection[int]) -> None:
    """What was refused without being sent went where something failed for its address before.

    ``spoken`` are the attempts that were spoken. What is dead by mail may live in a chat.
    """
    withheld = Attempt.objects.filter(result=Attempt.Result.REFUSED, begun_at__isnull=False)
    for attempt in withheld.exclude(pk__in=spoken).select_related("notification"):
        there = {
            "notification__channel": attempt.notification.channel,
            "notification__address__iexact": attempt.address,
            "blame": Blame.ADDRESS,
        }
        known = Attempt.objects.filter(pk__in=spoken, result=Attempt.Result.REFUSED, **there)
        heard = Event.objects.filter(evidence=Evidence.BOUNCED, **there)
        assert known.exists() or heard.exists(), "withheld, though nothing speaks against it"


def nobodys_share_is_hidden() -> None:
    """What is open for somebody stands on his screen: alone, or counted in a line of its cause."""
    opened = Alert.objects.filter(closed_at=None)
    having = opened.exclude(incident=None).values("person")
    for user in get_user_model().objects.filter(is_active=True, pk__in=having):
        theirs = opened.filter(person=user)
        rows = list(theirs.select_related("incident", "notification__activity"))
        folded = Counter(
            row.incident_id
            for row in rows
            if row.incident is not None
            and row.incident.closed_at is None
            and row.notification.activity.urgency == "normal"
        )
        screen = standing(user)
        assert {heap.incident: heap.count for heap in screen.folded} == folded
        assert len(screen.opened) + folded.total() == len(rows)
        assert screen.count == api.count_alerts(user) == len(screen.opened) + len(folded)


def who_acts_is_warned(name: str) -> None:
    """Each failure of his stands before him, also when many are folded, as he was never away."""
    failing = Notification.objects.filter(
        outcome__in=[Outcome.FAILED, Outcome.UNCLEAR], activity__actor__username=name
    )
    warned = set(
        Alert.objects.filter(closed_at=None, person__username=name).values_list("chain", flat=True)
    )
    assert {row.chain_id_or_own for row in failing} <= warned, "he does not know"
