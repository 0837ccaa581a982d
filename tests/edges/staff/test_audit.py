"""Whoever acts leaves a trace, which holds no words of others where many may read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from crm_notify.models import Notification
from tests.edges.admin.conftest import act as act_in_admin
from tests.edges.staff.conftest import act

pytestmark = pytest.mark.django_db


def test_our_log_names_rows_by_their_numbers_and_the_admins_has_the_words(
    admin: Client, failed: Notification, alice: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "crm_notify.desk.audit")
    act(admin, failed, "resend_elsewhere", "jon@example.com")
    assert [record.getMessage() for record in caplog.records] == [
        f"crm_notify: user {alice.pk}: resend_elsewhere, notification {failed.pk}"
    ]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (alice, str(failed.pk))
    assert entry.get_edited_object() == failed
    assert "jon@example.com" in entry.change_message


def test_an_act_that_is_not_done_leaves_none_on_either_front(
    admin: Client, failed: Notification, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "crm_notify.desk.audit")
    act(admin, failed, "resend_elsewhere", "nonsense")
    act_in_admin(admin, failed, "resend_elsewhere", "nonsense")
    assert not [one for one in caplog.records if one.name == "crm_notify.desk.audit"]
    assert not LogEntry.objects.exists()
