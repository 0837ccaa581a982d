"""The intake's switch: held, closed and opened by a person, with a reason, and in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.desk import installations
from crm_notify.models import Incident
from tests.edges.admin.conftest import act, index, log, receipt_of, rows, said

pytestmark = pytest.mark.django_db


def names(client: Client) -> list[str]:
    page = client.get(index("installation"), follow=True)
    return [act.name for act in page.context["acts"]]


def test_hold_close_and_open(admin: Client) -> None:
    assert names(admin) == ["hold", "hold_intake", "close_intake"]
    row = api.installation()

    held = act(admin, row, "hold_intake", "the parser is broken")
    assert said(held) == ["Intake held: the parser is broken"]
    assert "The intake is held by Alice (the parser is broken)" in held.content.decode()
    assert api.installation().intake == "held"
    assert names(admin) == ["hold", "open_intake", "close_intake"]

    closed = act(admin, row, "close_intake", "the disk is full")
    assert said(closed) == ["Intake closed: the disk is full"]
    assert api.installation().intake == "closed"
    assert names(admin) == ["hold", "open_intake", "hold_intake"]

    opened = act(admin, row, "open_intake")
    assert said(opened) == ["Intake opened."]
    assert "What comes in is read." in opened.content.decode()
    assert api.installation().intake == "open"
    assert [who for who, _what in log()] == ["alice"] * 3


@pytest.mark.parametrize("name", ["hold_intake", "close_intake"])
def test_a_reason_is_needed(name: str, admin: Client) -> None:
    row = api.installation()
    assert said(act(admin, row, name, " ")) == ["Nothing was done: fill in “Reason”."]
    assert api.installation().intake == "open"
    assert log() == []


def test_how_many_receipts_wait_is_counted_as_far_as_that_is_cheap(
    admin: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    row = api.installation()
    path = f"{index('installation')}{row.pk}/change/"
    for _ in range(2):
        receipt_of(state="new", due_at=timezone.now())
    receipt_of(state="read")
    # The session and its user, the row, and the count.
    with django_assert_num_queries(4):
        page = admin.get(path).content.decode()
    assert '<div class="readonly">2</div>' in page
    monkeypatch.setattr(installations, "MOST", 1)
    assert '<div class="readonly">more than 1</div>' in admin.get(path).content.decode()


def test_that_the_intake_is_shut_is_ended_by_opening_it(admin: Client) -> None:
    api.hold_intake(by="Alice", reason="x")
    incident = Incident.objects.get()
    refused = said(act(admin, incident, "close", "x"))
    assert refused == ["Nothing was done: it is not needed any more."]
    assert rows(admin.get(index("incident"))) == [incident.pk]
    api.open_intake(by="Alice")
    assert rows(admin.get(index("incident"))) == []


@pytest.mark.parametrize("name", ["hold_intake", "close_intake", "open_intake"])
def test_looking_is_not_switching(name: str, staff: Callable[..., Client]) -> None:
    before = "held" if name == "open_intake" else "open"
    if before == "held":
        api.hold_intake(by="Alice", reason="x")
    row = api.installation()
    assert act(staff("view_installation"), row, name, "x").status_code == 403
    assert api.installation().intake == before
