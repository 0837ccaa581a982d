"""Whoever uses our pages is here: written down seldom, and never twice by one process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_notify.models import Preference
from crm_notify.steps import notice as module
from crm_notify.steps.notice import notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_fresh_process() -> None:
    module.forget()


def seen(user: Any) -> Any:
    return Preference.objects.get(user=user).seen_at


def test_who_was_never_seen_is_written_down_and_then_costs_nothing(
    janet: Any, bob: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        notice(janet)
    assert timezone.now() - seen(janet) < timedelta(minutes=1)
    with django_assert_num_queries(0):
        notice(janet)
    with django_assert_num_queries(2):
        notice(bob)


def test_after_five_minutes_it_is_one_query(
    janet: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice(janet)
    long_ago = timezone.now() - timedelta(hours=1)
    Preference.objects.update(seen_at=long_ago)
    module._written[janet.pk] -= 301
    with django_assert_num_queries(1):
        notice(janet)
    assert seen(janet) > long_ago


def test_another_process_does_not_write_what_one_has_written(janet: Any) -> None:
    notice(janet)
    written = seen(janet)
    module.forget()
    notice(janet)
    assert seen(janet) == written


def test_what_he_has_said_of_himself_stays(janet: Any) -> None:
    Preference.objects.create(user=janet, time_zone="Europe/Berlin")
    notice(janet)
    row = Preference.objects.get(user=janet)
    assert row.seen_at is not None
    assert row.time_zone == "Europe/Berlin"


def test_one_process_remembers_so_many_and_not_all(
    janet: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    notice(janet)
    notice(bob)
    assert list(module._written) == [bob.pk]


@pytest.mark.parametrize("path", ["alerts/", "alerts.json", "preferences/"])
def test_our_pages_and_polls_notice(janet: Any, client: Client, path: str) -> None:
    client.get(f"/notify/{path}")
    assert not Preference.objects.exists()
    client.force_login(janet)
    client.get(f"/notify/{path}")
    assert seen(janet) is not None
