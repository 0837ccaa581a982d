"""Accounts and orders; people live in another database, so they are named by their log-in."""

from django.db import models

from staff.models import Employee


class Account(models.Model):
    """Somebody who buys."""

    name = models.CharField(max_length=100)
    keeper_login = models.CharField(max_length=30)

    def __str__(self):
        return self.name

    @property
    def keeper(self):
        """Whoever looks after it; None where he has left."""
        return Employee.objects.filter(login=self.keeper_login).first()


class Order(models.Model):
    """What was bought, and whether it is on its way."""

    account = models.ForeignKey(Account, models.CASCADE)
    goods = models.CharField(max_length=100)
    shipped = models.BooleanField(default=False)
    remark = models.TextField(blank=True)

    def __str__(self):
        return f"{self.goods} for {self.account}"
