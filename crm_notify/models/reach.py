"""How a person is reached: his other addresses, his hours, when he is away, who stands in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base, HostsKey


class Reach(Base):
    """An address by which a user can be reached when mail fails; the lowest place comes first."""

    user = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    channel = models.CharField(_("channel"), max_length=30)
    address = models.CharField(_("address"), max_length=320)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("other address")
        verbose_name_plural = _("other addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel", "address"], name="crm_notify_reach_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.channel}"


class Preference(Base):
    """What one user has said about himself, and when he was last seen."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    stand_in = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who stands in"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    away_from = models.DateTimeField(_("away from"), null=True, blank=True)
    away_until = models.DateTimeField(_("away until"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            # An absence has an end: nobody is away for ever by mistake.
            models.CheckConstraint(
                name="crm_notify_away_ends",
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(away_until__gt=F("away_from")),
            ),
            models.CheckConstraint(
                name="crm_notify_quiet_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
