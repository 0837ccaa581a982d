"""One target with an integer key and one with a UUID: the two kinds of record that a host has."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Customer(models.Model):
    """Somebody that a user of the CRM looks after."""

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/customers/{self.pk}/"


class Deal(models.Model):
    """Something that may be sold to a customer; it has no page of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return self.title
