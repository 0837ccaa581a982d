"""Users as Django's documentation lets a host make them: no address, no names, no permissions."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Person(AbstractBaseUser):
    """Nothing but a key and a name to log in with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    login = models.CharField(max_length=50, unique=True)

    USERNAME_FIELD = "login"
