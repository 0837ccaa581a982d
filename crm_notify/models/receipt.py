"""What came in from outside, byte for byte, before anybody understood it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base
from crm_notify.rules.news import Posted


class Receipt(Base):
    """One request or one message, committed before the sender has his answer."""

    class Via(models.TextChoices):
        TRACKING = "tracking", _("tracking webhook")
        INBOUND = "inbound", _("inbound webhook")
        SIGNAL = "signal", _("Anymail signal")
        MAIL = "mail", _("mail")

    class State(models.TextChoices):
        NEW = "new", _("to be read")
        READ = "read", _("read")
        FAILED = "failed", _("could not be read")
        QUARANTINED = "quarantine", _("in quarantine: the signature is wrong")
        CLOSED = "closed", _("closed unread")

    class Verdict(models.TextChoices):
        """Who vouches for it; decided when it came, since some signatures hold for minutes."""

        VALID = "valid", _("signed by the provider")
        UNSIGNED = "unsigned", _("shared secret only")
        WRONG = "wrong", _("wrong signature")
        IMPORTED = "imported", _("imported by an admin")
        OWN = "own", _("our own mail server")

    provider = models.CharField(_("provider"), max_length=30)
    via = models.CharField(_("via"), max_length=10, choices=Via.choices)
    method = models.CharField(max_length=10, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    body = models.BinaryField()
    digest = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 of provider, way and body.")
    )
    verdict = models.CharField(
        _("signature"), max_length=10, choices=Verdict.choices, default=Verdict.UNSIGNED
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=1000, blank=True)
    note = models.CharField(_("closed because"), max_length=1000, blank=True)
    received_at = models.DateTimeField(_("received at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    new = models.PositiveIntegerField(_("new events"), default=0)
    repeated = models.PositiveIntegerField(_("repeated events"), default=0)
    parked = models.PositiveIntegerField(_("parked events"), default=0)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.CheckConstraint(
                name="crm_notify_unread_is_due",
                condition=~Q(state="new") | Q(due_at__isnull=False),
            ),
        ]
        indexes = [
            # The claim of the interpreter, and the sweep.
            models.Index(fields=["due_at"], condition=Q(state="new"), name="crm_notify_unread"),
            models.Index(fields=["provider", "-received_at"], name="crm_notify_received"),
            # The admin's list of what could not be read.
            models.Index(fields=["-id"], condition=Q(state="failed"), name="crm_notify_unreadable"),
            # How many are in quarantine: it is capped.
            models.Index(
                fields=["-id"], condition=Q(state="quarantine"), name="crm_notify_quarantined"
            ),
            # The admin's lists of what is rare among very many.
            models.Index(fields=["-id"], condition=Q(state="closed"), name="crm_notify_closed"),
            models.Index(fields=["verdict", "-id"], name="crm_notify_verdict"),
            # An import asks whether it is here already.
            models.Index(fields=["digest"], name="crm_notify_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.via} {self.received_at:%Y-%m-%d %H:%M:%S}"

    def posted(self) -> Posted:
        """The request as it came, as far as it was kept."""
        return Posted(
            provider=self.provider,
            via=self.via,
            method=self.method,
            url=self.url,
            headers=self.headers,
            body=bytes(self.body),
        )
