"""What all our models have in common: they are read where they are written."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from crm_notify import database

M = TypeVar("M", bound=models.Model)


class Rows(models.QuerySet[M]):
    """A replica lags: a step that read there would decide on what is no longer true."""

    @property
    def db(self) -> str:
        named: str | None = self._db  # type: ignore[attr-defined]
        return named or database.alias()


class Manager(models.Manager[M]):
    """Also behind every relation between our models."""

    def get_queryset(self) -> models.QuerySet[M]:
        hints = self._hints  # type: ignore[attr-defined]
        return Rows(self.model, using=self._db, hints=hints)


class Base(models.Model):
    """A row of ours."""

    objects: ClassVar[Manager[Self]] = Manager()

    class Meta:
        abstract = True
        # Children inherit the manager, and no migration knows of it.
        base_manager_name = "objects"

    def save(self, *args: Any, using: str | None = None, **kwargs: Any) -> None:
        """Save it where our tables are, wherever the user was read whom it names."""
        super().save(*args, using=using or database.alias(), **kwargs)


class _HostsRow(ForwardManyToOneDescriptor):  # type: ignore[type-arg]
    """A host's row that one of ours points at, read from our database and not from a replica."""

    def get_queryset(self, **hints: Any) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(**hints)
        return rows.using(database.alias())

    def __set__(self, instance: Any, value: Any) -> None:
        """The same user, read from a replica, is the same user: his key is what we write."""
        kind = self.field.remote_field.model._meta.concrete_model
        if not isinstance(value, kind) or value._state.db in {None, database.alias()}:
            super().__set__(instance, value)
            return
        for ours, theirs in self.field.related_fields:
            setattr(instance, ours.attname, getattr(value, theirs.attname))
        self.field.set_cached_value(instance, value)


class HostsKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key to a host's table; migrations see a plain one."""

    forward_related_accessor_class = _HostsRow

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs
