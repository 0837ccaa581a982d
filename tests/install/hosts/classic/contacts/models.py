"""Companies and the calls with them."""
from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse


class Company(models.Model):
    """A customer."""

    name = models.CharField(max_length=100)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True)
    last_contact = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Its page."""
        return reverse("company", args=[self.pk])


class Call(models.Model):
    """A telephone call with a company, and the colleagues whom it concerns."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="calls")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    summary = models.TextField()
    reference = models.CharField(max_length=20, blank=True)
    concerns = models.ManyToManyField(User, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.reference or "a call"
