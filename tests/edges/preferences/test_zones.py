"""A day begins where the user is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from crm_notify.views.preferences.zones import begins, day_of, places, zone_of


def test_a_day_is_that_of_the_place(settings: Any) -> None:
    berlin = zone_of("Europe/Berlin")
    assert begins(date(2026, 7, 1), berlin).astimezone(UTC) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    settings.USE_TZ = False
    assert begins(date(2026, 7, 1), berlin) == datetime(2026, 6, 30, 22)  # noqa: DTZ001
    assert day_of(datetime(2026, 6, 30, 22), berlin) == date(2026, 7, 1)  # noqa: DTZ001


def test_places_are_offered_and_no_offsets() -> None:
    assert "Europe/Berlin" in places()
    assert not [name for name in places() if name.startswith("Etc/")]
