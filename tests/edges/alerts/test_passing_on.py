"""A warning that is put off comes back; one that is handed over is somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from crm_notify.desk.finding import colleague
from crm_notify.desk.putting_off import moment_of
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Alert
from tests.edges.alerts.conftest import PAGE, Words, in_words
from tests.edges.alerts.failing import bounce

pytestmark = pytest.mark.django_db

Post = Callable[..., Any]
URL = "/notify/alerts.json"


def at(warning: Alert, action: str) -> str:
    return f"/notify/alerts/{warning.pk}/{action}/"


@pytest.mark.parametrize(
    ("name", "shortest", "longest"),
    [
        ("1h", timedelta(minutes=59), timedelta(hours=1)),
        ("4h", timedelta(minutes=239), timedelta(hours=4)),
        ("morning", timedelta(hours=8), timedelta(days=1)),
    ],
)
def test_put_off_it_says_until_when_and_interrupts_nobody(
    name: str, shortest: timedelta, longest: timedelta, warning: Alert, post: Post, words: Words
) -> None:
    post(at(warning, "snooze"), until=name)
    warning.refresh_from_db()
    assert warning.snoozed_until is not None
    assert shortest <= warning.snoozed_until - timezone.now() <= longest
    assert warning.due_at == warning.snoozed_until
    said = words()
    assert "Put off until" in said
    assert "John was not told" in said


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02 17:30", "2026-03-03 08:00"),
        ("2026-03-02 08:00", "2026-03-03 08:00"),
        # Not longer than a day.
        ("2026-03-02 06:15", "2026-03-03 06:15"),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_tomorrow_morning_is_the_readers(
    now: str, until: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with timezone.override(zone):
        here = timezone.get_current_timezone()
        at = datetime.fromisoformat(now).replace(tzinfo=here)
        monkeypatch.setattr(timezone, "now", lambda: at.astimezone(UTC))
        assert timezone.localtime(moment_of("morning")).strftime("%Y-%m-%d %H:%M") == until


def test_when_it_is_over_nothing_is_said_of_it(
    warning: Alert, post: Post, words: Words, clock: Any, tab: Client
) -> None:
    post(at(warning, "snooze"), until="1h")
    assert tab.get(URL).json()["alerts"][0]["snoozed_until"] is not None
    words()  # Says that it was put off, once.
    clock.forward(hours=2)
    assert "Put off until" not in words()
    assert tab.get(URL).json()["alerts"][0]["snoozed_until"] is None


def test_an_urgent_one_that_is_put_off_does_not_call_out(
    call: Callable[..., Any], post: Post, tab: Client
) -> None:
    urgent = bounce(call(urgency="urgent").notifications.get())
    assert tab.get(URL).json()["alerts"][0]["calls_out"]
    post(at(urgent, "snooze"), until="1h")
    assert not tab.get(URL).json()["alerts"][0]["calls_out"]
    assert 'role="alert"' not in tab.get(PAGE).content.decode()


def test_only_what_is_offered_is_taken(
    warning: Alert, post: Post, crm_notify_settings: Callable[..., None], words: Words
) -> None:
    crm_notify_settings(AGAIN_AFTER=timedelta(hours=2))
    assert "For 1 hour" in words()
    assert "For 4 hours" not in words()
    for given in ("4h", "morning", "", "for ever"):
        answer = post(at(warning, "snooze"), until=given)
        assert answer.status_code == 400
        assert "Nothing was done: Choose until when." in in_words(answer.content.decode())
    assert 'data-crm-notify-form="more" open' in answer.content.decode()
    warning.refresh_from_db()
    assert warning.snoozed_until is None


def test_where_nothing_can_be_put_off_nothing_is_offered(
    warning: Alert, crm_notify_settings: Callable[..., None], words: Words
) -> None:
    crm_notify_settings(AGAIN_AFTER=timedelta(minutes=30))
    assert "Put it off" not in words()


@pytest.mark.parametrize("typed", ["bob", " BOB@crm.example ", "Bob Taylor", "bob taylor"])
def test_it_is_handed_over_to_whom_a_username_an_address_or_a_name_fits(
    typed: str, warning: Alert, post: Post, bob: Any, words: Words
) -> None:
    bob.last_name = "Taylor"
    bob.save()
    post(at(warning, "hand-over"), to=typed)
    handed = Alert.objects.get(closed_at=None)
    assert (handed.person, handed.role) == (bob, "handed")
    said = words()
    assert "Handed over to Bob Taylor." in said
    assert "Handed over at" in said
    assert "John was not told yet" in said


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Type a username, an address or a full name."),
        ("\x00", "Type a username, an address or a full name."),
        ("bo", "No active user is called “bo”."),
        ("%", "No active user is called “%”."),
        ("carol", "No active user is called “carol”."),
        ("Pat Lee", "Several fit “Pat Lee”: type the username or the address."),
        ("janet", "He has been warned of it already."),
        ("<b>x</b>", "No active user is called “<b>x</b>”."),
        ("x" * 400, "No active user is called “" + "x" * 100 + "”."),
    ],
)
def test_who_fits_nobody_or_several_is_refused_beside_what_was_typed(
    typed: str, why: str, warning: Alert, post: Post, bob: Any
) -> None:
    users = get_user_model().objects
    users.create_user("carol", "carol@crm.example", is_active=False)
    for name in ("pat1", "pat2"):
        users.create_user(name, f"{name}@crm.example", first_name="Pat", last_name="Lee")
    answer = post(at(warning, "hand-over"), to=typed, next=PAGE)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert why in in_words(page)
    assert "<b>x" not in page
    assert 'data-crm-notify-form="more" open' in page
    warning.refresh_from_db()
    assert warning.closed_at is None


def test_whoever_may_not_see_it_is_not_there_for_whoever_types(
    call: Callable[..., Any],
    post: Post,
    bob: Any,
    crm_notify_settings: Callable[..., None],
    django_assert_num_queries: Any,
) -> None:
    users = get_user_model().objects
    for name in ("pat1", "pat2", "pat3"):
        users.create_user(name, f"{name}@crm.example", first_name="Pat", last_name="Lee")
    users.filter(pk=bob.pk).update(first_name="Pat", last_name="Lee")
    warning = bounce(call(tenant="north").notifications.get())
    crm_notify_settings(TENANTS_OF="tests.steps.tenants.by_username")
    answer = post(at(warning, "hand-over"), to="pat1", next=PAGE)
    assert answer.status_code == 400
    assert "No active user is called “pat1”." in in_words(answer.content.decode())
    with django_assert_num_queries(1), pytest.raises(RefusedInput, match="No active user"):
        colleague("Pat Lee", may=lambda user: False)
    post(at(warning, "hand-over"), to="Pat Lee")
    assert Alert.objects.get(closed_at=None).person == bob


def test_no_more_than_a_hundred_who_fit_are_looked_at(db: None) -> None:
    users = get_user_model().objects
    model = get_user_model()
    users.bulk_create(
        model(username=f"pat{number}", first_name="Pat", last_name="Lee") for number in range(120)
    )
    asked: list[Any] = []

    def answer(may: bool) -> Callable[[Any], bool]:
        def noted(user: Any) -> bool:
            asked.append(user)
            return may

        return noted

    with pytest.raises(RefusedInput, match="No active user"):
        colleague("Pat Lee", may=answer(False))
    assert len(asked) == 100
    with pytest.raises(RefusedInput, match="Several fit"):
        colleague("Pat Lee", may=answer(True))
    assert len(asked) == 102
