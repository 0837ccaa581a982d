"""Sending: the switch, and whose database it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client, override_settings
from django.utils import timezone

from crm_notify import api
from crm_notify.models import Installation
from tests.edges.admin.conftest import index, said

pytestmark = pytest.mark.django_db

PATH = index("installation") + "1/"


def test_hold_and_release(admin: Client) -> None:
    page = admin.get(index("installation"), follow=True)
    assert page.redirect_chain == [(f"{PATH}change/", 302)]
    assert "Mail is being sent." in page.content.decode()

    held = admin.post(f"{PATH}act/hold/", {"text": "the provider changes"}, follow=True)
    assert said(held) == ["Sending held: the provider changes"]
    assert "Sending is held by Alice: the provider changes" in held.content.decode()
    assert api.installation().held

    released = admin.post(f"{PATH}act/release/", follow=True)
    assert said(released) == ["Sending released."]
    assert not api.installation().held
    assert LogEntry.objects.count() == 2


def test_a_reason_is_needed(admin: Client) -> None:
    api.installation()
    admin.post(f"{PATH}act/hold/")
    assert not api.installation().held


def test_a_copied_database_is_confirmed_by_a_person(admin: Client) -> None:
    api.installation()
    Installation.objects.update(name="production")
    page = admin.get(f"{PATH}change/").content.decode()
    assert "belongs to the installation “production”, and this is “tests”" in page
    assert "act/release/" not in page
    response = admin.post(f"{PATH}act/confirm/", follow=True)
    assert said(response) == ["Confirmed that this database belongs to “tests”; sending released."]
    assert api.installation().name == "tests"


def test_looking_is_not_switching(staff: Callable[..., Client]) -> None:
    api.installation()
    client = staff("view_installation")
    assert client.get(f"{PATH}change/").context["acts"] == []
    assert client.post(f"{PATH}act/hold/", {"text": "x"}).status_code == 403
    assert client.get(f"{PATH}act/hold/").status_code == 405
    assert not api.installation().held


@override_settings(CRM_NOTIFY={"INSTALLATION": "elsewhere"})
def test_the_list_of_notifications_says_it_aloud(admin: Client) -> None:
    Installation.objects.create(pk=1, name="tests", changed_at=timezone.now())
    page = admin.get(index("notification")).content.decode()
    assert "this is “elsewhere”: no mail leaves" in page
