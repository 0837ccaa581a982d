"""A user is what the host's views hand over: the model, its parent, or another proxy of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.checks import check_databases, check_settings
from crm_notify.models import Alert
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep
from tests.crm.models import Customer
from tests.odd.accounts.models import Account, Login, Seller
from tests.odd.loop import close_the_loop
from tests.people import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def backup(user: Any) -> Any:
    """Alice, as the table has her."""
    return Account.objects.get(login="alice")


@pytest.fixture
def people() -> dict[str, Account]:
    for name in ("janet", "john", "alice"):
        Login.objects.create(login=name, mailbox=name, is_superuser=name == "alice")
    return {
        "janet": Seller.objects.get(login="janet"),
        "john": Account.objects.get(login="john"),
        "alice": Login.objects.get(login="alice"),
    }


def test_the_loop_closes_at_a_host_whose_user_model_is_a_proxy(
    people: dict[str, Any], client: Client
) -> None:
    contoso = Customer.objects.create(name="Contoso", owner=people["john"])
    assert check_databases(databases=["default"]) == []
    # A computed address is nothing that a corrected one could be written into.
    assert {message.id for message in check_settings()} == {"crm_notify.W029", "crm_notify.W056"}
    close_the_loop(client, target=contoso, **people)
    assert Account.objects.get(login="john").mailbox == "john"


def test_a_backup_may_be_any_kind_of_the_same_user(people: dict[str, Any], clock: Clock) -> None:
    contoso = Customer.objects.create(name="Contoso", owner=people["john"])
    people["john"].mailbox = "not an address"
    activity = api.record_activity(
        actor=people["janet"], verb="called", target=contoso, recipients=[people["john"]]
    )
    deliver()
    clock.forward(minutes=20)
    sweep()
    warned = Alert.objects.filter(chain=activity.notifications.get())
    assert {alert.person_id for alert in warned} == {people["janet"].pk, people["alice"].pk}
