"""What an acting user did to a CRM record, and who wants to hear of such things."""

from __future__ import annotations

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base, HostsKey


class Activity(Base):
    """One act ("Janet logged a call on Contoso"), with all that will be shown of it later.

    Names, address, label and link are kept as they were: row-level security, deleted users and
    renamed customers must not break a notification.
    """

    class Urgency(models.TextChoices):
        NORMAL = "normal", _("normal")
        URGENT = "urgent", _("urgent")

    actor = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acting user"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    actor_name = models.CharField(_("acting user's name"), max_length=200, blank=True)
    actor_address = models.CharField(_("acting user's address"), max_length=320, blank=True)
    verb = models.CharField(_("what was done"), max_length=200)
    target_type = HostsKey(ContentType, null=True, on_delete=models.SET_NULL, related_name="+")
    target_id = models.CharField(max_length=255)
    target = GenericForeignKey("target_type", "target_id")
    target_label = models.CharField(_("record"), max_length=255)
    text = models.TextField(_("text"), blank=True)
    url = models.CharField(_("link"), max_length=2000, blank=True)
    urgency = models.CharField(
        _("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL
    )
    key = models.CharField(
        _("key"),
        max_length=255,
        null=True,
        blank=True,
        help_text=_(
            "The caller's own name for this act; a second one of the same name is ignored."
        ),
    )
    tenant = models.CharField(_("tenant"), max_length=100, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            # The race of two requests that record the same act; nulls do not collide.
            models.UniqueConstraint(fields=["tenant", "key"], name="crm_notify_activity_key"),
        ]
        indexes = [
            # A record's history.
            models.Index(
                fields=["target_type", "target_id", "-recorded_at"], name="crm_notify_activity_of"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb}: {self.target_label}".strip()


class Subscription(Base):
    """One wish of one user: to hear of a record, of all that he owns, or of nothing at all."""

    class Scope(models.TextChoices):
        EVERYTHING = "everything", _("everything")
        OWNED = "owned", _("all that I own")
        RECORD = "record", _("this record")

    user = HostsKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    target_type = HostsKey(
        ContentType, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    target_id = models.CharField(max_length=255, blank=True)
    wanted = models.BooleanField(_("wanted"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.CheckConstraint(
                name="crm_notify_subscription_shape",
                condition=models.Q(scope="record", target_type__isnull=False)
                | (~models.Q(scope="record") & models.Q(target_type__isnull=True, target_id="")),
            ),
            # One wish a scope: the race of two clicks. Two constraints, since SQL nulls differ.
            models.UniqueConstraint(
                fields=["user", "target_type", "target_id"],
                condition=models.Q(scope="record"),
                name="crm_notify_subscription_record",
            ),
            models.UniqueConstraint(
                fields=["user", "scope"],
                condition=~models.Q(scope="record"),
                name="crm_notify_subscription_scope",
            ),
        ]
        indexes = [
            # Who follows this record? (at record time)
            models.Index(fields=["target_type", "target_id"], name="crm_notify_subscription_of"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.scope} {'+' if self.wanted else '-'}"
