"""Contacts, of whom some may log in."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Contact(models.Model):
    """Anybody."""

    code = models.CharField(max_length=20, primary_key=True)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.code


class Employee(Contact, AbstractBaseUser, PermissionsMixin):
    """Its table holds no address and no key of its own."""

    USERNAME_FIELD = "code"

    def __str__(self) -> str:
        return f"{self.code} of ours"
