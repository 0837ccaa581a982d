"""Users in two tables, with a key of text."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from crm_notify import api
from crm_notify.checks import check_databases, check_settings
from crm_notify.exceptions import RefusedInput
from tests.crm.models import Customer
from tests.odd.family.models import Contact, Employee
from tests.odd.loop import close_the_loop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> dict[str, Employee]:
    made = {
        name: Employee.objects.create(code=name, email=f"{name}@example.com")
        for name in ("janet", "john", "alice")
    }
    Employee.objects.filter(code="alice").update(is_superuser=True)
    made["alice"].refresh_from_db()
    return made


def test_the_loop_closes_at_a_host_whose_users_are_in_two_tables(
    people: dict[str, Any], client: Client
) -> None:
    assert {message.id for message in check_settings()} == {"crm_notify.W029"}
    assert check_databases(databases=["default"]) == []
    contoso = Customer.objects.create(name="Contoso", owner=people["john"])
    close_the_loop(client, target=contoso, **people)
    # The corrected address is in the parent's table.
    assert Contact.objects.get(code="john").email == "jon@example.com"


def test_whoever_cannot_log_in_is_no_user(people: dict[str, Any]) -> None:
    with pytest.raises(RefusedInput, match="Recipients must be users"):
        api.record_activity(
            actor=None,
            verb="called",
            target=Customer.objects.create(name="Contoso"),
            recipients=[Contact.objects.get(code="john")],
        )
