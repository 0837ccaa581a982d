"""What an acting user did to a CRM record, and who wants to hear of such things."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, router
from django.utils.translation import gettext_lazy as _

from crm_notify import database
from crm_notify.models.base import Base, HostsKey


class Target(GenericForeignKey):
    """The record itself, from wherever the host's routers say that it is."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is not None and instance.target_type_id and not self.is_cached(instance):
            model: Any = self.get_content_type(id=instance.target_type_id).model_class()
            theirs = router.db_for_write(model) if model is not None else database.alias()
            if theirs != database.alias():
                rows = model._base_manager.using(theirs)
                self.set_cached_value(instance, rows.filter(pk=instance.target_id).first())
        return super().__get__(instance, cls)

    def get_content_type(
        self, obj: Any = None, id: Any = None, using: Any = None, model: Any = None
    ) -> ContentType:
        """Kinds have other numbers in the database of the record; ours are meant."""
        kinds = ContentType.objects.db_manager(database.alias())
        if id is not None:
            return kinds.get_for_id(id)
        return kinds.get_for_model(model if obj is None else obj)


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
    target = Target("target_type", "target_id")
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
    resolve_at = models.DateTimeField(
        _("recipients by"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("A tracked change whose recipients are not found yet; the sweep does it then."),
    )
    pending = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Until then: which record, and what has changed."),
    )

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            # The race of two requests that record the same act; nulls do not collide.
            models.UniqueConstraint(fields=["tenant", "key"], name="crm_notify_activity_key"),
            # Whoever finds the recipients must know of which record.
            models.CheckConstraint(
                name="crm_notify_activity_pending",
                condition=models.Q(resolve_at__isnull=True, pending__isnull=True)
                | models.Q(resolve_at__isnull=False, pending__isnull=False),
            ),
        ]
        indexes = [
            # A record's history.
            models.Index(
                fields=["target_type", "target_id", "-recorded_at"], name="crm_notify_activity_of"
            ),
            # The sweep: tracked changes whose recipients nobody has found in time.
            models.Index(
                fields=["resolve_at"],
                condition=models.Q(resolve_at__isnull=False),
                name="crm_notify_activity_due",
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
