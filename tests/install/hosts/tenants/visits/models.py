"""What PostgreSQL shows to nobody but its tenant."""

from django.conf import settings
from django.db import models

from tenancy import now


class Customer(models.Model):
    """A tenant's customer."""

    tenant = models.SlugField(default=now)
    name = models.CharField(max_length=100)
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="customers")

    def __str__(self):
        return self.name


class Visit(models.Model):
    """Somebody was at a customer's."""

    tenant = models.SlugField(default=now)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="visits")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    report = models.TextField()

    def __str__(self):
        return f"at {self.customer}"
