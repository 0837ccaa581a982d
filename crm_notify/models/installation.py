"""Which installation this database belongs to, and whether it may send."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The one row: a production dump restored on a test machine holds its mail by this."""

    name = models.CharField(_("name"), max_length=100)
    held = models.BooleanField(_("sending is held"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_by = models.CharField(_("changed by"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installation")
        constraints = [
            models.CheckConstraint(name="crm_notify_one_installation", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return self.name
