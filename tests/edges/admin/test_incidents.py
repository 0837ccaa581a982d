"""Incidents: open ones first; closed by somebody who says what he did."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from crm_notify import api
from crm_notify.models import Incident
from crm_notify.steps.incident import note_incident
from tests.edges.admin.conftest import index, rows, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(db: None) -> Incident:
    note_incident(Incident.Kind.SENDER, subject="sparkpost", sample="<script>", count=3)
    return Incident.objects.get()


def test_closing(admin: Client, incident: Incident) -> None:
    assert rows(admin.get(index("incident"))) == [incident.pk]
    path = f"{index('incident')}{incident.pk}/act/close/"
    assert said(admin.post(path, {"text": "new key"}, follow=True)) == ["Closed: new key"]
    assert rows(admin.get(index("incident"))) == []
    assert rows(admin.get(index("incident") + "?state=all")) == [incident.pk]
    assert LogEntry.objects.get().change_message == "Closed: new key"


def test_closing_needs_the_permission(staff: Callable[..., Client], incident: Incident) -> None:
    path = f"{index('incident')}{incident.pk}/act/close/"
    assert staff("view_incident").post(path, {"text": "x"}).status_code == 403


def test_that_sending_is_held_is_ended_by_releasing_it(admin: Client) -> None:
    api.hold_sending(by="Alice", reason="x")
    held = Incident.objects.get()
    path = f"{index('incident')}{held.pk}/act/close/"
    admin.post(path, {"text": "x"})
    held.refresh_from_db()
    assert held.closed_at is None
