"""One message to one recipient by one channel, and each call to a provider for it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.activity import Activity
from crm_notify.models.base import Base, HostsKey
from crm_notify.models.choices import BLAME, DISPATCH, EVIDENCE, OUTCOME
from crm_notify.rules.evidence import Blame, Evidence
from crm_notify.rules.outcome import Dispatch, Outcome


class Notification(Base):
    """A thin row: the text is the activity's, and the mail is rendered when it is sent.

    ``dispatch`` is our own side, ``evidence`` what the world told us, ``outcome`` what people see.
    Only the settle step writes the last two. A resend is a new row of the same chain.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="notifications")
    recipient = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    recipient_name = models.CharField(_("recipient's name"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=320, blank=True)
    channel = models.CharField(_("channel"), max_length=30, default="email")
    chain = models.ForeignKey(
        "self",
        verbose_name=_("first of its chain"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="resends",
        help_text=_("Empty on the first notification of a chain."),
    )
    previous = models.ForeignKey(
        "self",
        verbose_name=_("sent instead of"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    requested_by = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sent again by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    dispatch = models.CharField(
        _("dispatch"), max_length=10, choices=DISPATCH, default=Dispatch.QUEUED.value
    )
    evidence = models.PositiveSmallIntegerField(
        _("evidence"), choices=EVIDENCE, default=Evidence.NONE.value
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=OUTCOME, default=Outcome.IN_FLIGHT.value
    )
    blame = models.CharField(
        _("blame"), max_length=10, choices=BLAME, blank=True, default=Blame.NONE.value
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(
        _("due at"), null=True, blank=True, help_text=_("When the sweep must look at it again.")
    )
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("outcome since"))

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        permissions = [
            ("resend_elsewhere", _("Can send a notification again to another address")),
        ]
        constraints = [
            # The promise itself: what is in flight has a deadline that the sweep keeps.
            models.CheckConstraint(
                name="crm_notify_in_flight_is_due",
                condition=~Q(outcome="in_flight") | Q(due_at__isnull=False),
            ),
            # One row a recipient: the race of two requests that record the same act.
            models.UniqueConstraint(
                fields=["activity", "recipient", "channel"],
                condition=Q(chain__isnull=True),
                name="crm_notify_one_per_recipient",
            ),
        ]
        indexes = [
            # The claim, and the sweep: what is due, oldest first.
            models.Index(
                fields=["dispatch", "due_at"],
                condition=Q(outcome="in_flight"),
                name="crm_notify_due",
            ),
            # The admin's list of failures, newest first.
            models.Index(
                fields=["-changed_at"],
                condition=Q(outcome__in=["failed", "unclear"]),
                name="crm_notify_failed",
            ),
            models.Index(fields=["outcome", "-id"], name="crm_notify_outcome"),
            # The admin's filter by reason, over everything that ever failed.
            models.Index(fields=["blame", "-id"], condition=~Q(blame=""), name="crm_notify_blame"),
            models.Index(fields=["address"], name="crm_notify_address"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name or self.address}: {self.get_outcome_display()}"

    @property
    def chain_id_or_own(self) -> int:
        """The id of the first notification of this chain."""
        return self.chain_id or self.pk


class Attempt(Base):
    """One call to a provider, made by one holder of a lease. A retry is a new attempt.

    Its id is what the token names. A row is committed before the provider is called, so that no
    answer from outside can come before it.
    """

    class Result(models.TextChoices):
        CLAIMED = "claimed", _("claimed")
        BEGUN = "begun", _("call begun")
        ACCEPTED = "accepted", _("accepted")
        LATER = "later", _("try later")
        REFUSED = "refused", _("refused")
        UNKNOWN = "unknown", _("unknown")
        RELEASED = "released", _("not begun")

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="attempts"
    )
    address = models.CharField(_("address"), max_length=320, blank=True)
    provider = models.CharField(_("provider"), max_length=30)
    result = models.CharField(
        _("result"), max_length=10, choices=Result.choices, default=Result.CLAIMED
    )
    settled = models.BooleanField(_("settled"), default=False)
    lease_until = models.DateTimeField(_("lease until"))
    claimed_at = models.DateTimeField(_("claimed at"))
    begun_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    message_id = models.CharField(_("provider's message id"), max_length=255, blank=True)
    code = models.CharField(_("code"), max_length=20, blank=True)
    detail = models.CharField(_("detail"), max_length=1000, blank=True)
    blame = models.CharField(
        _("blame"), max_length=10, choices=BLAME, blank=True, default=Blame.NONE.value
    )
    evidence = models.PositiveSmallIntegerField(
        _("evidence"), choices=EVIDENCE, default=Evidence.NONE.value
    )

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            # The ladder's third rung: the provider's message id and the recipient.
            models.Index(
                fields=["message_id"], condition=~Q(message_id=""), name="crm_notify_message_id"
            ),
            # The sweep: leases that ran out before their result was settled.
            models.Index(
                fields=["lease_until"], condition=Q(settled=False), name="crm_notify_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.get_result_display()}"
