"""What the CRM itself remembers: customers, the people there, and what was said to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Customer(models.Model):
    """A company that one of our people looks after."""

    class Stage(models.TextChoices):
        PROSPECT = "prospect", "Prospect"
        CUSTOMER = "customer", "Customer"
        AT_RISK = "at_risk", "At risk"

    name = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="customers",
        help_text="Who looks after it.",
    )
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PROSPECT)
    industry = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True, help_text="What everybody who calls should know.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.pk])


class Contact(models.Model):
    """A person at a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A call or a note in a customer's history."""

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        NOTE = "note", "Note"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="entries")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CALL)
    text = models.TextField()
    urgent = models.BooleanField(default=False)
    logged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-logged_at", "-pk"]
        indexes = [
            # A customer's history, and the time of his last entry in the list.
            models.Index(fields=["customer", "-logged_at"], name="acme_crm_history"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.customer}"

    @property
    def key(self) -> str:
        """The name under which crm_notify knows this entry."""
        return f"entry-{self.pk}"
