"""Addresses that are known to be dead, and what people say the right ones are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base, HostsKey
from crm_notify.models.event import Event
from crm_notify.models.notification import Notification


class Suppression(Base):
    """An address to which nothing goes by this channel until the suppression is lifted.

    Some people have the same address by mail and in a chat; each may be dead for itself.
    """

    channel = models.CharField(_("channel"), max_length=30, default="email")
    address = models.CharField(
        _("address"), max_length=320, help_text=_("Case-folded, as it is compared.")
    )
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    evidence = models.ForeignKey(
        Event, verbose_name=_("evidence"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    notification = models.ForeignKey(
        Notification,
        verbose_name=_("notification"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    since = models.DateTimeField(_("since"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.CharField(_("lifted by"), max_length=200, blank=True)
    lifted_because = models.CharField(_("lifted because"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            # One at a time for an address: the race of two bounces.
            models.UniqueConstraint(
                fields=["address", "channel"],
                condition=Q(lifted_at__isnull=True),
                name="crm_notify_one_suppression",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Correction(Base):
    """What somebody says a recipient's right address is; done, or waiting for who may do it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    notification = models.ForeignKey(
        Notification,
        verbose_name=_("notification"),
        on_delete=models.CASCADE,
        related_name="corrections",
        help_text=_("The failure that gave the occasion."),
    )
    recipient = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    old = models.CharField(_("wrong address"), max_length=320, blank=True)
    new = models.CharField(_("right address"), max_length=320)
    why = models.CharField(_("why"), max_length=1000, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PROPOSED
    )
    proposed_by = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    sent_again = models.PositiveIntegerField(_("sent again"), default=0)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            # The same proposal once: the race of two clicks.
            models.UniqueConstraint(
                fields=["notification", "new"],
                condition=Q(state="proposed"),
                name="crm_notify_one_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"
