"""Which installation this database belongs to, whether it may send, and whether it listens."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base


class Installation(Base):
    """The one row: a production dump restored on a test machine holds its mail by this."""

    class Intake(models.TextChoices):
        OPEN = "open", _("open: what comes in is stored and read")
        HELD = "held", _("held: what comes in is stored, and read once it is opened")
        CLOSED = "closed", _("closed: what comes in is sent away, to come again")

    name = models.CharField(_("name"), max_length=100)
    held = models.BooleanField(_("sending is held"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_by = models.CharField(_("changed by"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed at"))
    intake = models.CharField(
        _("intake"), max_length=6, choices=Intake.choices, default=Intake.OPEN
    )
    intake_reason = models.CharField(_("reason"), max_length=200, blank=True)
    intake_changed_by = models.CharField(_("changed by"), max_length=200, blank=True)
    intake_changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    digest_due_at = models.DateTimeField(
        _("next digest at"), null=True, blank=True, help_text=_("At the earliest.")
    )

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installation")
        constraints = [
            models.CheckConstraint(name="crm_notify_one_installation", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return self.name
