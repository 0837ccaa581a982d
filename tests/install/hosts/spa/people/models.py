"""Who works here: found by a handle, written to at a field that is not called email."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class PersonManager(BaseUserManager):
    """Makes people."""

    def create_user(self, handle, mail, password, **fields):
        """Make one who can log in."""
        person = self.model(handle=handle, mail=mail, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """A colleague."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    mail = models.EmailField()
    is_active = models.BooleanField(default=True)

    objects = PersonManager()
    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "mail"

    def __str__(self):
        return self.name

    def get_full_name(self):
        """As it stands in letters."""
        return self.name
