"""Many troubles with one cause, folded into one thing for the admins."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base


class Incident(Base):
    """One cause, counted while it is open."""

    class Kind(models.TextChoices):
        RESOLVER = "resolver", _("the host's resolver failed: nobody was told")
        TRACKING = "tracking", _("a tracked change could not be read: somebody may not be told")
        REFUSED = "refused", _("webhooks were refused: the secret is wrong")
        SIGNATURE = "signature", _("webhooks carried a wrong signature")
        EMPTY = "empty", _("requests came without their body")
        UNREADABLE = "unreadable", _("receipts or events could not be read")
        SENDER = "sender", _("our own sender or set-up was refused")
        UNPROVEN = "unproven", _("this mailer has not proven that bounces come back")
        HELD = "held", _("sending is held")
        INTAKE = "intake", _("what comes in is not read")
        PARKED = "parked", _("news about mail of ours that cannot be found")
        SILENT = "silent", _("a provider does not post to us")
        FAILURES = "failures", _("many failures with one cause")
        DIGEST = "digest", _("the admins' digest did not arrive")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    subject = models.CharField(_("about"), max_length=200, blank=True)
    tenant = models.CharField(_("tenant"), max_length=100, blank=True)
    sample = models.TextField(_("sample"), blank=True)
    count = models.PositiveIntegerField(_("count"), default=1)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    reported_at = models.DateTimeField(_("in a digest at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            # One open incident a cause: the race of two reports.
            models.UniqueConstraint(
                fields=["kind", "subject", "tenant"],
                condition=Q(closed_at__isnull=True),
                name="crm_notify_one_open_incident",
            ),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display()
        return f"{kind} ({self.subject})" if self.subject else kind
