"""A script may post an action's fields as JSON, and hears what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from crm_notify.models import Alert, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def script(janet: Any) -> Client:
    client = Client(headers={"Accept": "application/json"})
    client.force_login(janet)
    return client


def send(script: Client, warning: Alert, body: Any, action: str = "told") -> Any:
    path = f"/notify/alerts/{warning.pk}/{action}/"
    return script.post(path, body, content_type="application/json")


def test_fields_in_json_are_a_forms(script: Client, warning: Alert) -> None:
    answer = send(script, warning, {"how": "I phoned him"})
    assert (answer.status_code, answer.json()) == (200, {"message": "Noted how John was told."})
    assert Event.objects.filter(kind="stated").count() == 1


def test_an_action_without_fields_needs_no_body(script: Client, warning: Alert) -> None:
    assert send(script, warning, "", "acknowledge").status_code == 200


def test_a_field_that_is_missing_is_named(script: Client, warning: Alert) -> None:
    answer = send(script, warning, {}, "correct")
    assert (answer.status_code, answer.json()) == (400, {"error": "Type the address."})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{", "not JSON"),
        (b"\xff\xfe\xff", "not JSON"),
        ("[" * 200_000, "not JSON"),
        ("[]", "object of texts"),
        ('{"how": 5}', "object of texts"),
        ('{"how": "\\ud800"}', "object of texts"),
    ],
)
def test_what_cannot_be_read_is_refused(
    body: str | bytes, says: str, script: Client, warning: Alert
) -> None:
    answer = send(script, warning, body)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert not Event.objects.filter(kind="stated").exists()


def test_it_is_no_longer_than_the_site_allows(
    script: Client, warning: Alert, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = send(script, warning, {"how": "I phoned him"})
    assert (answer.status_code, answer.json()) == (400, {"error": "The JSON is too long."})
