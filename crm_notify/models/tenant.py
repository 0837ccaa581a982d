"""Whose a row is: a name that the host gives and nobody here reads."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_notify.models.base import Base

#: How long a tenant's name may be.
LONGEST_TENANT = 100


class OfTenant(Base):
    """A row that belongs to one tenant.

    Empty: to none. Then only those see it who see all tenants.
    """

    tenant = models.CharField(_("tenant"), max_length=LONGEST_TENANT, blank=True)

    class Meta:
        abstract = True
