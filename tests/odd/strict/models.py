"""A record with the small keys of long ago."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Case(models.Model):
    """Something that a customer has asked for."""

    title = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.pk])
