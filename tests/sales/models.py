"""Records of every shape that may be tracked: keys, relations both ways, proxies and children."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class Team(models.Model):
    """Some who look after an account together."""

    name = models.CharField(max_length=50)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams")

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A customer of which calls are about."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="accounts",
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/accounts/{self.pk}/"


class Profile(models.Model):
    """What is known of an account beside; there need not be one."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE)
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"Profile of {self.account}"


class Call(models.Model):
    """What is tracked in most tests."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Open"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="calls"
    )
    note = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    urgent = models.BooleanField(default=False)
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="calls"
    )
    watchers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return f"Call about {self.account}"

    @property
    def author(self) -> str:
        """An attribute of which no model knows what it is."""
        return self.note.partition(":")[0]

    @property
    def hurry(self) -> bool:
        return self.urgent

    def elsewhere(self) -> list[str]:
        return ["no record"]

    def followers(self) -> list[object]:
        return [*self.watchers.all(), None]

    def page(self) -> str:
        return f"/calls/{self.pk}/"


class ColdCall(Call):
    """The same rows under another name."""

    class Meta:
        proxy = True


class Visit(Call):
    """A call that has a place."""

    place = models.CharField(max_length=50, blank=True)


class Secret(models.Model):
    """It cannot say its name."""

    word = models.CharField(max_length=50)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        raise RuntimeError("no name")
