"""A record of the CRM; its owner is a user of the other database."""

from __future__ import annotations

from django.db import models


class Ticket(models.Model):
    """Something that a customer has asked for."""

    title = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.title
