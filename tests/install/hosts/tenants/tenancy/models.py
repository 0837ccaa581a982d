"""People; everybody belongs to one tenant."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    """Somebody of one tenant."""

    tenant = models.SlugField()
