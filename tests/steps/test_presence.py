"""Who is here to act, who stands in, how somebody is reached; no mistake of a host hides that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from crm_notify.models import Preference, Reach
from crm_notify.steps.presence import Presence, presences_of

pytestmark = pytest.mark.django_db

Change = Callable[..., None]
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)
DAY = timedelta(days=1)


def look(*actors: Any, recipients: tuple[Any, ...] = (), now: datetime = NOW) -> Presence:
    return presences_of({"": (actors, recipients)}, now=now)[""]


def is_here(user: Any) -> bool:
    return look(user).is_here(user)


def away(user: Any) -> bool:
    return bool(user.username == "janet")


def broken(user: Any) -> Any:
    """What a host's function does on a bad day: its query spoils the transaction it runs in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def bob_for_all(user: Any) -> Any:
    return get_user_model().objects.get(username="bob")


def himself(user: Any) -> Any:
    return user


def by_name(user: Any) -> str:
    return "bob"


def nobody(user: Any) -> None:
    return None


def two_ways(user: Any) -> list[tuple[str, int]]:
    return [("sms", 4930), ("pager", 7)]


def in_the_other_shape(user: Any) -> Any:
    return "sms"


def test_she_is_here_and_has_nobody_who_stands_in(janet: Any) -> None:
    assert is_here(janet)
    assert look(janet).backup(janet) is None


def test_nobody_is_nobody(janet: Any) -> None:
    presence = look(None, recipients=(None,))
    assert not presence.is_here(None)
    assert presence.backup(None) is None
    assert presence.ways(None) == ()
    assert presence.quiet_until(None) is None


def test_who_was_deactivated_is_not_here(janet: Any) -> None:
    janet.is_active = False
    assert not is_here(janet)


@pytest.mark.parametrize(
    ("begins", "ends", "here"),
    [(-1, 1, False), (1, 2, True), (-2, -1, True), (0, 1, False), (-1, 0, True)],
)
def test_an_absence_that_she_sets_herself_has_a_beginning_and_an_end(
    janet: Any, begins: int, ends: int, here: bool
) -> None:
    Preference.objects.create(user=janet, away_from=NOW + begins * DAY, away_until=NOW + ends * DAY)
    assert is_here(janet) is here


def test_the_host_knows_who_is_absent(janet: Any, bob: Any, crm_notify_settings: Change) -> None:
    crm_notify_settings(ABSENT=f"{__name__}.away")
    assert not is_here(janet)
    assert is_here(bob)


@pytest.mark.parametrize(
    ("login", "seen", "here"),
    [
        (None, None, True),
        (-1, None, True),
        (-4, None, False),
        (-4, -1, True),
        (-1, -4, True),
        (None, -4, False),
    ],
)
def test_of_whom_there_was_no_sign_for_long_is_absent(
    janet: Any, crm_notify_settings: Change, login: int | None, seen: int | None, here: bool
) -> None:
    janet.last_login = None if login is None else NOW + login * DAY
    if seen is not None:
        Preference.objects.create(user=janet, seen_at=NOW + seen * DAY)
    assert is_here(janet)
    crm_notify_settings(UNSEEN_FOR=3 * DAY)
    assert is_here(janet) is here


def test_who_stands_in_is_named_by_the_host_or_by_herself(
    janet: Any, bob: Any, alice: Any, crm_notify_settings: Change
) -> None:
    Preference.objects.create(user=janet, stand_in=alice)
    assert look(janet).backup(janet) == alice
    crm_notify_settings(BACKUP=f"{__name__}.bob_for_all")
    assert look(janet).backup(janet) == bob
    crm_notify_settings(BACKUP=f"{__name__}.nobody")
    assert look(janet).backup(janet) == alice


def test_who_has_left_or_is_away_himself_does_not_stand_in(
    janet: Any, bob: Any, crm_notify_settings: Change
) -> None:
    Preference.objects.create(user=janet, stand_in=bob)
    Preference.objects.create(user=bob, away_from=NOW - DAY, away_until=NOW + DAY)
    presence = look(janet)
    assert presence.backup(janet) == bob
    assert not presence.is_here(bob)
    bob.is_active = False
    bob.save()
    assert look(janet).backup(janet) is None
    crm_notify_settings(BACKUP=f"{__name__}.himself")
    assert look(janet).backup(janet) is None


@pytest.mark.parametrize("name", ["broken", "by_name", "no_such_function"])
def test_a_function_of_the_host_that_fails_keeps_no_failure_from_being_told(
    janet: Any, crm_notify_settings: Change, caplog: Any, name: str
) -> None:
    crm_notify_settings(
        BACKUP=f"{__name__}.{name}", ABSENT=f"{__name__}.broken", CHANNELS={"sms": {}}
    )
    presence = look(janet)
    assert presence.is_here(janet)
    assert presence.backup(janet) is None
    assert f"BACKUP failed for user {janet.pk}" in caplog.text
    assert f"ABSENT failed for user {janet.pk}" in caplog.text
    # The transaction around it is still good.
    assert get_user_model().objects.filter(pk=janet.pk).exists()


def test_ways_beside_mail_stand_in_his_order_or_are_the_hosts(
    john: Any, bob: Any, crm_notify_settings: Change, caplog: Any
) -> None:
    for place, address in [(2, "+49 30 2"), (1, "+49 30 1")]:
        Reach.objects.create(user=john, channel="sms", address=address, place=place)

    def ways() -> object:
        return look(recipients=(john, bob)).ways(john)

    assert ways() == ()
    crm_notify_settings(CHANNELS={"sms": {}})
    assert ways() == [("sms", "+49 30 1"), ("sms", "+49 30 2")]
    crm_notify_settings(ADDRESSES=f"{__name__}.two_ways")
    assert ways() == [("sms", "4930"), ("pager", "7")]
    for name in ("nobody", "in_the_other_shape"):
        crm_notify_settings(ADDRESSES=f"{__name__}.{name}")
        assert ways() == []
    assert "ADDRESSES failed" in caplog.text


def test_quiet_hours_are_the_settings_unless_he_has_his_own(
    john: Any, crm_notify_settings: Change, settings: Any, caplog: Any
) -> None:
    settings.TIME_ZONE = "UTC"
    now = NOW.replace(hour=23, minute=0)

    def until() -> datetime | None:
        return look(recipients=(john,), now=now).quiet_until(john)

    assert until() is None
    crm_notify_settings(QUIET_HOURS=("22:00", "07:00"))
    assert until() == now + timedelta(hours=8)
    his = Preference.objects.create(user=john, time_zone="Asia/Tokyo")
    # There it is eight in the morning.
    assert until() is None
    his.quiet_from, his.quiet_until = time(8), time(9)
    his.save()
    assert until() == now + timedelta(hours=1)
    his.time_zone = "Mars/Olympus"
    his.save()
    assert until() is None
    assert f"user {john.pk} is taken to be where we are" in caplog.text


def test_a_host_with_naive_times_has_quiet_hours_too(
    crm_notify_settings: Change, settings: Any
) -> None:
    settings.TIME_ZONE = "UTC"
    crm_notify_settings(QUIET_HOURS=("22:00", "07:00"))
    late = timezone.make_naive(NOW).replace(hour=23, minute=0)
    assert look(now=late).quiet_until(None) == late + timedelta(hours=8)
    assert look(now=late.replace(hour=12)).quiet_until(None) is None
