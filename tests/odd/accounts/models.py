"""Accounts, and two ways to look at them."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Account(AbstractBaseUser, PermissionsMixin):
    """It keeps the name of a mailbox; all are in one domain."""

    login = models.CharField(max_length=50, unique=True)
    mailbox = models.CharField(max_length=50)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "address"

    @property
    def address(self) -> str:
        return f"{self.mailbox}@example.com"


class Login(Account):
    """What AUTH_USER_MODEL names."""

    class Meta:
        proxy = True


class Seller(Account):
    """What the host's own views work with."""

    class Meta:
        proxy = True
