"""Dead addresses and right ones: suppressions are lifted, corrections decided, incidents closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Alert, Correction, Incident, Notification, Suppression
from crm_notify.steps.incident import note_incident
from tests.edges.admin.conftest import index, rows, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(failed: Notification) -> Suppression:
    return Suppression.objects.create(
        address="dead@example.com",
        reason="550 5.1.1 <script>",
        notification=failed,
        evidence=failed.events.latest("pk"),
        since=timezone.now(),
    )


@pytest.fixture
def proposed(failed: Notification, janet: Any) -> Correction:
    return api.correct(failed, by=janet, address="jon@example.com", why="he told me")


@pytest.fixture
def folded(failed: Notification) -> Incident:
    note_incident(Incident.Kind.FAILURES, subject="example.com", sample="<script>", count=30)
    incident = Incident.objects.get()
    Alert.objects.update(incident=incident)
    return incident


def test_a_suppression_is_lifted_with_a_reason(admin: Client, dead: Suppression) -> None:
    page = admin.get(f"{index('suppression')}{dead.pk}/change/").content.decode()
    assert "<script>" not in page
    assert "gets no mail" in page
    path = f"{index('suppression')}{dead.pk}/act/lift/"
    assert said(admin.post(path, {"text": "he is back"}, follow=True)) == ["Lifted: he is back"]
    dead.refresh_from_db()
    assert (dead.lifted_by, dead.lifted_because) == ("Alice", "he is back")
    assert LogEntry.objects.get().change_message == "Lifted: he is back"
    assert dead.pk not in rows(admin.get(index("suppression")))
    assert dead.pk in rows(admin.get(index("suppression") + "?state=all"))


def test_a_suppression_that_has_no_evidence_left_is_shown(admin: Client, dead: Suppression) -> None:
    Suppression.objects.update(evidence=None, notification=None)
    assert admin.get(f"{index('suppression')}{dead.pk}/change/").status_code == 200


def test_a_suppression_is_found_by_how_its_address_begins(admin: Client, dead: Suppression) -> None:
    assert rows(admin.get(index("suppression") + "?q=dead@")) == [dead.pk]
    assert rows(admin.get(index("suppression") + "?q=live@")) == []


def test_a_proposal_is_accepted_and_what_was_missed_is_sent_again(
    admin: Client, proposed: Correction, john: Any
) -> None:
    assert rows(admin.get(index("correction"))) == [proposed.pk]
    path = f"{index('correction')}{proposed.pk}/act/accept/"
    assert said(admin.post(path, follow=True)) == ["Corrected; 1 mail is sent again."]
    john.refresh_from_db()
    assert john.email == "jon@example.com"
    assert rows(admin.get(index("correction"))) == []
    page = admin.get(f"{index('correction')}{proposed.pk}/change/").content.decode()
    assert "Alice" in page
    assert "Janet" in page


def test_a_proposal_is_refused(admin: Client, proposed: Correction, john: Any) -> None:
    path = f"{index('correction')}{proposed.pk}/act/refuse/"
    assert said(admin.post(path, follow=True)) == ["Refused."]
    john.refresh_from_db()
    assert john.email == "john@example.com"
    assert rows(admin.get(index("correction") + "?state=all")) == [proposed.pk]


def test_whose_address_it_is_is_shown_also_of_somebody_who_is_gone(
    admin: Client, proposed: Correction
) -> None:
    Correction.objects.update(recipient=None, proposed_by=None)
    page = admin.get(f"{index('correction')}{proposed.pk}/change/").content.decode()
    assert "John" in page


def test_deciding_needs_the_permission(
    staff: Callable[..., Client], proposed: Correction, dead: Suppression
) -> None:
    path = f"{index('correction')}{proposed.pk}/act/accept/"
    assert staff("view_correction").post(path).status_code == 403
    path = f"{index('suppression')}{dead.pk}/act/lift/"
    assert staff("view_suppression").post(path, {"text": "x"}).status_code == 403


def test_closing_an_incident_sends_again_what_it_had_stopped(
    admin: Client, folded: Incident
) -> None:
    path = f"{index('incident')}{folded.pk}/act/resume/"
    answer = admin.post(path, {"text": "our DMARC record is right"}, follow=True)
    assert said(answer) == ["Closed; 1 mail is sent again: our DMARC record is right"]
    assert Alert.objects.get().incident is None


def test_an_incident_may_be_closed_without_sending_again(admin: Client, folded: Incident) -> None:
    path = f"{index('incident')}{folded.pk}/act/unfold/"
    answer = admin.post(path, {"text": "they are all told"}, follow=True)
    assert said(answer) == ["Closed; 0 mails are sent again: they are all told"]
    assert Notification.objects.count() == 1


def test_folded_failures_are_not_closed_like_other_troubles(
    admin: Client, folded: Incident
) -> None:
    admin.post(f"{index('incident')}{folded.pk}/act/close/", {"text": "x"})
    folded.refresh_from_db()
    assert folded.closed_at is None
