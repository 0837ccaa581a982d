"""Clients, and who went to see them."""

from django.conf import settings
from django.db import models


class Client(models.Model):
    """A client and the colleague who looks after it."""

    name = models.CharField(max_length=120, unique=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clients"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Visit(models.Model):
    """Somebody was there, and this is what was said."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="visits")
    report = models.TextField()
    seen_on = models.DateField(auto_now_add=True)

    def __str__(self):
        return f"Visit to {self.client}"
