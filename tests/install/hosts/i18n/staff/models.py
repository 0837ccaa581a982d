"""Everybody we know is a person; those who work here can log in too."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Person(models.Model):
    """Somebody, and where his post goes."""

    full_name = models.CharField(max_length=100)
    post = models.EmailField(blank=True)

    def __str__(self):
        return self.full_name


class EmployeeManager(BaseUserManager):
    """Hires people."""

    def create_user(self, login, password=None, **fields):
        """Somebody who can log in."""
        employee = self.model(login=login, **fields)
        employee.set_password(password)
        employee.save()
        return employee


class Employee(Person, AbstractBaseUser, PermissionsMixin):
    """A person who works here; the name and the post are the person's."""

    login = models.CharField(max_length=30, unique=True)

    objects = EmployeeManager()
    USERNAME_FIELD = "login"
    EMAIL_FIELD = "post"

    def get_full_name(self):
        """The person's."""
        return self.full_name


class Ring(models.Model):
    """One line behind the bell; nobody's are the help desk's."""

    to = models.ForeignKey(Employee, models.CASCADE, null=True, related_name="rings")
    text = models.CharField(max_length=200)
    about = models.CharField(max_length=50, blank=True)
    link = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.text
