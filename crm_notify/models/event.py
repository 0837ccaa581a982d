"""One piece of evidence: the provider's, a bounce's, a person's, or the sweep's verdict on time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base, HostsKey
from crm_notify.models.choices import BLAME, EVIDENCE, KIND
from crm_notify.models.notification import Attempt, Notification
from crm_notify.models.receipt import Receipt
from crm_notify.rules.evidence import Blame, Evidence


class Event(Base):
    """Append-only. Only a parked event is written again: once, when its notification is found."""

    class Matched(models.TextChoices):
        """The rung of the ladder by which it found its attempt."""

        METADATA = "metadata", _("metadata")
        TAG = "tag", _("tag")
        MESSAGE_ID = "message_id", _("message id and recipient")
        ADDRESS = "address", _("token in the address")
        RETURNED = "returned", _("token in the returned headers")
        OWN = "own", _("our own")
        PERSON = "person", _("a person's word")

    notification = models.ForeignKey(
        Notification, null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    attempt = models.ForeignKey(
        Attempt, null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    receipt = models.ForeignKey(
        Receipt, null=True, blank=True, on_delete=models.SET_NULL, related_name="events"
    )
    author = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    author_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND)
    evidence = models.PositiveSmallIntegerField(
        _("evidence"), choices=EVIDENCE, default=Evidence.NONE.value
    )
    blame = models.CharField(
        _("blame"), max_length=10, choices=BLAME, blank=True, default=Blame.NONE.value
    )
    provider = models.CharField(_("provider"), max_length=30, blank=True)
    raw_kind = models.CharField(_("provider's word"), max_length=100, blank=True)
    code = models.CharField(_("code"), max_length=20, blank=True)
    text = models.CharField(_("text"), max_length=1000, blank=True)
    recipient = models.CharField(_("recipient"), max_length=320, blank=True)
    message_id = models.CharField(_("provider's message id"), max_length=255, blank=True)
    token = models.CharField(_("token"), max_length=64, blank=True)
    matched = models.CharField(_("matched by"), max_length=10, choices=Matched.choices, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    due_at = models.DateTimeField(
        _("try again at"), null=True, blank=True, help_text=_("Only while it is parked.")
    )
    note = models.CharField(
        _("closed because"), max_length=1000, blank=True, help_text=_("Only where it was parked.")
    )
    fingerprint = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            # An event about an attempt is about that attempt's notification too.
            models.CheckConstraint(
                name="crm_notify_event_is_whole",
                condition=Q(attempt__isnull=True) | Q(notification__isnull=False),
            ),
        ]
        indexes = [
            # Parked events that a sender's late commit, or the sweep, tries again.
            models.Index(
                fields=["message_id"],
                condition=Q(notification__isnull=True),
                name="crm_notify_parked",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(notification__isnull=True, due_at__isnull=False),
                name="crm_notify_parked_due",
            ),
            # Has this mailer proven lately that bounces come back?
            models.Index(
                fields=["provider", "-recorded_at"],
                condition=Q(kind="bounced"),
                name="crm_notify_bounces",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}".strip()
