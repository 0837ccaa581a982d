"""A receipt is of a tenant as soon as all that it says is about that one's mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from crm_notify.models import Activity, Event, Receipt
from crm_notify.rules.evidence import WEIGHT, Kind
from crm_notify.steps import mend
from crm_notify.steps.assign import assign
from crm_notify.steps.deliver import deliver
from crm_notify.steps.sweep import sweep

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., Activity]


def receipt(**fields: Any) -> Receipt:
    """One that was read before anybody knew what it is about."""
    values = {"state": "read", "body": b"x", "received_at": timezone.now(), **fields}
    return Receipt.objects.create(provider="sparkpost", via="tracking", **values)


def event(of: Receipt, number: int, **fields: Any) -> Event:
    now = timezone.now()
    return Event.objects.create(
        receipt=of,
        provider="sparkpost",
        kind=Kind.DELIVERED,
        evidence=WEIGHT[Kind.DELIVERED],
        recorded_at=now,
        due_at=now,
        fingerprint=f"parked {number}",
        **fields,
    )


def tenant(of: Receipt) -> str:
    of.refresh_from_db()
    return of.tenant


def test_it_has_its_tenant_when_the_last_of_its_news_is_attached(call: Call, alice: Any) -> None:
    row = call(tenant="north").notifications.get()
    came = receipt()
    first, last = event(came, 1), event(came, 2)
    mend.attach_event(first.pk, row.pk, by=alice)
    assert tenant(came) == ""
    mend.attach_event(last.pk, row.pk, by=alice)
    assert tenant(came) == "north"


def test_news_of_two_tenants_leaves_it_nobodys(call: Call, alice: Any) -> None:
    came = receipt()
    parked = {name: event(came, number) for number, name in enumerate(("north", "south"))}
    for name, one in parked.items():
        mend.attach_event(one.pk, call(tenant=name).notifications.get().pk, by=alice)
    assert tenant(came) == ""


def test_what_was_faster_than_our_commit_gives_it_its_tenant(call: Call) -> None:
    row = call(tenant="north").notifications.get()
    deliver()
    attempt = row.attempts.get()
    came = receipt()
    parked = event(came, 1, message_id="late", recipient=attempt.address)
    row.attempts.update(message_id="late", provider="sparkpost")
    sweep()
    parked.refresh_from_db()
    assert parked.notification == row
    assert tenant(came) == "north"


@pytest.mark.parametrize("fields", [{"repeated": 1}, {"state": "failed"}, {"state": "closed"}])
def test_what_it_says_again_or_nobody_could_read_may_be_anothers(fields: Any) -> None:
    came = receipt(**fields)
    assign([event(came, 1, tenant="north")])
    assert tenant(came) == ""


def test_it_costs_one_query_for_one_and_for_ten(db: None, django_assert_num_queries: Any) -> None:
    names = [f"t{number}" for number in range(10)]
    events = [event(receipt(), number, tenant=name) for number, name in enumerate(names)]
    for some in (events[:1], events):
        with django_assert_num_queries(1):
            assign(some)
    assert [tenant(one.receipt) for one in events if one.receipt is not None] == names
    with django_assert_num_queries(0):
        assign([Event()])
