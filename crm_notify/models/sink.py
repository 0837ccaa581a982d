"""What the host's own bells are still owed: a call of one sink with one alert."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.alert import Alert
from crm_notify.models.tenant import OfTenant


class SinkCall(OfTenant):
    """Written with the alert's opening or closing, gone once the sink has taken it.

    The sink is handed the alert as it then is, so one row stands for all that it has not heard of.
    Without ``due_at`` it was tried for long enough, and waits for the incident to be closed.
    """

    alert = models.ForeignKey(
        Alert, verbose_name=_("alert"), on_delete=models.CASCADE, related_name="sink_calls"
    )
    # As the settings have it, however long: no failure may be lost for the name of a bell.
    sink = models.TextField(_("sink"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)

    class Meta:
        verbose_name = _("call of a sink")
        verbose_name_plural = _("calls of sinks")
        constraints = [
            # The race of two settlements that owe a sink the same alert.
            models.UniqueConstraint(fields=["alert", "sink"], name="crm_notify_one_sink_call"),
        ]
        indexes = [
            # What is due, oldest first.
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="crm_notify_sink_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sink}: {self.alert_id}"
