"""A warning to one person about one failure, with a deadline."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base, HostsKey
from crm_notify.models.choices import ROLE
from crm_notify.models.incident import Incident
from crm_notify.models.notification import Notification
from crm_notify.rules.ladder import Role


class Alert(Base):
    """Open until evidence closes it. Without a person it stands in front of the admins.

    It is about a whole chain: ``chain`` is the chain's first notification, ``notification`` the
    one that failed last. As long as it is open it has a deadline, and the sweep keeps it.
    """

    class Closed(models.TextChoices):
        TOLD = "told", _("the recipient was told")
        BY_ADMIN = "by_admin", _("closed with a reason")
        HANDED = "handed", _("handed over")

    chain = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="alerts")
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="+")
    person = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        # Not SET_NULL: two alerts would then stand in front of the admins. The sweep opens one for
        # whatever failure is left without a person.
        on_delete=models.CASCADE,
        related_name="+",
    )
    role = models.CharField(_("warned as"), max_length=10, choices=ROLE, default=Role.ACTOR.value)
    cause = models.CharField(
        _("cause"), max_length=200, blank=True, help_text=_("Failures of one cause are folded.")
    )
    incident = models.ForeignKey(
        Incident,
        verbose_name=_("folded into"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="alerts",
    )
    opened_at = models.DateTimeField(_("opened at"))
    counts_from = models.DateTimeField(
        _("counts from"), default=timezone.now, help_text=_("When the ladder's clock began.")
    )
    due_at = models.DateTimeField(
        _("due at"),
        null=True,
        blank=True,
        help_text=_("When the next rung of the ladder is looked at."),
    )
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("asleep until"), null=True, blank=True)
    reported_at = models.DateTimeField(
        _("in a digest at"), null=True, blank=True, help_text=_("Only of those for the admins.")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed = models.CharField(
        _("closed because"), max_length=10, choices=Closed.choices, blank=True
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.CheckConstraint(
                name="crm_notify_closed_for_a_reason",
                condition=Q(closed_at__isnull=True, closed="")
                | (Q(closed_at__isnull=False) & ~Q(closed="")),
            ),
            # The promise, continued: what stands open has a deadline.
            models.CheckConstraint(
                name="crm_notify_open_is_due",
                condition=Q(closed_at__isnull=False) | Q(due_at__isnull=False),
            ),
            # One open alert a chain and person: the race of two failures that settle at once. Two
            # constraints, since SQL nulls differ.
            models.UniqueConstraint(
                fields=["chain", "person"],
                condition=Q(closed_at__isnull=True),
                name="crm_notify_one_open_alert",
            ),
            models.UniqueConstraint(
                fields=["chain"],
                condition=Q(closed_at__isnull=True, person__isnull=True),
                name="crm_notify_one_open_admin_alert",
            ),
        ]
        indexes = [
            # The poll of every page: what is open for this person.
            models.Index(
                fields=["person", "-opened_at"],
                condition=Q(closed_at__isnull=True),
                name="crm_notify_open_alerts",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(closed_at__isnull=True),
                name="crm_notify_alert_due",
            ),
            # How many of one cause stand open? (folding)
            models.Index(
                fields=["cause", "-opened_at"],
                condition=Q(closed_at__isnull=True),
                name="crm_notify_alert_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or _('admins')}: {self.notification}"
