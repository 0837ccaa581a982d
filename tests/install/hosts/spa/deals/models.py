"""What is being sold, and what was said about it."""

import uuid

from django.conf import settings
from django.db import models


class Deal(models.Model):
    """Something that may be sold."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deals")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Where the front end shows it."""
        return f"/#/deals/{self.pk}"


class Note(models.Model):
    """What somebody wrote about a deal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.text[:50]
