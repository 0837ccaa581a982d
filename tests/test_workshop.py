"""The workshop itself: the database and the broker are the ones that were asked for."""

from __future__ import annotations

import os
import threading

import django
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from kombu import Connection

from tests.crm.models import Customer, Deal

ASKED_FOR = os.environ.get("TEST_DATABASE", "sqlite")


@pytest.mark.django_db
def test_the_tests_run_on_the_database_that_was_asked_for() -> None:
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[ASKED_FOR]


def test_the_tests_run_on_the_django_that_was_asked_for() -> None:
    assert django.__version__.startswith(os.environ.get("TEST_DJANGO", ""))


@pytest.mark.django_db
def test_a_deal_has_a_uuid_and_a_customer_an_integer() -> None:
    janet = get_user_model().objects.create_user("janet")
    customer = Customer.objects.create(name="Contoso", owner=janet)
    deal = Deal.objects.create(title="Chairs", customer=customer)
    assert isinstance(customer.pk, int)
    assert len(str(deal.pk)) == 36


@pytest.mark.django_db(transaction=True)
def test_another_thread_sees_what_this_one_committed() -> None:
    Customer.objects.create(name="Contoso")
    seen: list[int] = []

    def look() -> None:
        seen.append(Customer.objects.count())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(timeout=10)
    assert seen == [1]


@pytest.mark.broker
def test_the_broker_answers(broker_url: str) -> None:
    with Connection(broker_url) as connection:
        queue = connection.SimpleQueue("workshop")
        queue.put("hello")
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
    assert message.payload == "hello"
