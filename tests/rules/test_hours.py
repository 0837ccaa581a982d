"""Business hours and quiet hours, over weekends, midnights and changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.hours import BusinessHours, QuietHours, read, read_pair, read_zone

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

year = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=365))
moments = year.map(NEW_YEAR.__add__)


def hours(**given: str) -> BusinessHours:
    found = read({"days": "mon-fri", "from": "09:00", "to": "17:00", **given}, zone="Europe/Berlin")
    assert found is not None
    return found


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "wait", "expected"),
    [
        # A Wednesday.
        ("2026-01-07 10:00", timedelta(minutes=15), "2026-01-07 10:15"),
        ("2026-01-07 07:00", timedelta(minutes=15), "2026-01-07 09:15"),
        ("2026-01-07 16:50", timedelta(minutes=15), "2026-01-08 09:05"),
        ("2026-01-07 23:00", timedelta(hours=4), "2026-01-08 13:00"),
        ("2026-01-07 09:00", timedelta(hours=8), "2026-01-07 17:00"),
        ("2026-01-07 10:00", timedelta(hours=20), "2026-01-09 14:00"),
        # Over a weekend.
        ("2026-01-09 16:55", timedelta(minutes=15), "2026-01-12 09:10"),
        ("2026-01-10 12:00", timedelta(hours=4), "2026-01-12 13:00"),
    ],
)
def test_only_business_time_counts(start: str, wait: timedelta, expected: str) -> None:
    assert hours().after(berlin(start), wait) == berlin(expected)
    # The zone in which the moment is given does not matter.
    assert hours().after(berlin(start).astimezone(UTC), wait) == berlin(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # In the night to 29 March the clock goes from 2 to 3, in that to 25 October from 3 to 2.
        ("2026-03-28 23:00", "2026-03-29 05:00"),
        ("2026-10-24 23:00", "2026-10-25 03:00"),
        ("2026-06-01 23:00", "2026-06-02 04:00"),
    ],
)
def test_an_hour_that_the_clock_skips_or_repeats_is_counted_as_it_passes(
    start: str, expected: str
) -> None:
    nightly = hours(**{"days": "mon-sun", "from": "00:00", "to": "08:00"})
    assert nightly.after(berlin(start), timedelta(hours=4)) == berlin(expected)


def test_a_wait_without_end_has_one() -> None:
    start = berlin("2026-01-07 10:00")
    short = hours(**{"days": "sun", "from": "09:00", "to": "09:01"})
    assert short.after(start, timedelta(days=1000)) == start + timedelta(days=400)


@given(
    start=moments,
    wait=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=60)),
    more=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=60)),
)
def test_business_time_goes_forward_and_ends_within_business_hours(
    start: datetime, wait: timedelta, more: timedelta
) -> None:
    found = hours().after(start, wait)
    assert found >= start + wait - timedelta(milliseconds=1)
    assert hours().after(start, wait + more) >= found
    if found < start + timedelta(days=399):
        there = found.astimezone(BERLIN)
        assert there.weekday() < 5
        assert time(9) <= there.time() <= time(17)


@pytest.mark.parametrize(
    ("begins", "ends", "now", "until"),
    [
        ("22:00", "07:00", "2026-01-07 21:59", None),
        ("22:00", "07:00", "2026-01-07 22:00", "2026-01-08 07:00"),
        ("22:00", "07:00", "2026-01-08 06:59", "2026-01-08 07:00"),
        ("22:00", "07:00", "2026-01-08 07:00", None),
        ("12:00", "13:00", "2026-01-07 12:30", "2026-01-07 13:00"),
        ("12:00", "13:00", "2026-01-07 13:30", None),
        # The clock goes forward, and back.
        ("22:00", "07:00", "2026-03-29 03:30", "2026-03-29 07:00"),
        ("22:00", "07:00", "2026-10-25 06:59", "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_end_in_the_morning(
    begins: str, ends: str, now: str, until: str | None
) -> None:
    first, last = read_pair((begins, ends))
    quiet = QuietHours(begins=first, ends=last, zone=BERLIN)
    assert quiet.until(berlin(now)) == (berlin(until) if until else None)
    assert quiet.until(berlin(now).astimezone(UTC)) == (berlin(until) if until else None)


@given(
    pair=st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] != pair[1]),
    now=moments,
)
def test_quiet_ends_later_than_now_and_within_a_day_or_so(
    pair: tuple[time, time], now: datetime
) -> None:
    quiet = QuietHours(begins=pair[0], ends=pair[1], zone=BERLIN)
    until = quiet.until(now)
    assert until is None or now < until <= now + timedelta(hours=25)
    if until is not None:
        assert quiet.until(until) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Mon, Wed , FRI", {0, 2, 4}),
        ("sat-mon", {5, 6, 0}),
        ("sun", {6}),
        ("mon-tue,sat", {0, 1, 5}),
    ],
)
def test_days_are_written_as_people_write_them(text: str, days: set[int]) -> None:
    assert hours(days=text).days == days


def test_what_is_left_out_of_business_hours_is_the_usual() -> None:
    assert read({}, zone="Europe/Berlin") is None
    found = read({"zone": "Asia/Tokyo"}, zone="Europe/Berlin")
    assert found == BusinessHours(
        days=frozenset(range(5)), opens=time(9), closes=time(18), zone=ZoneInfo("Asia/Tokyo")
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"day": "mon"}, "no day; type days"),
        ({"days": "monday"}, "written like mon-fri"),
        ({"days": "mon-friday"}, "written like mon-fri"),
        ({"days": ""}, "written like mon-fri"),
        ({"from": "nine"}, "two times of day"),
        ({"from": "09:00", "to": "09:00"}, "must differ"),
        ({"from": "22:00", "to": "07:00"}, "begin before they end"),
        ({"from": "09:00+01:00"}, "name no zone"),
        ({"zone": "Europe/Bielefeld"}, "no time zone"),
    ],
)
def test_hours_that_cannot_be_read_say_what_to_type(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(given, zone="UTC")


@pytest.mark.parametrize("given", [("22:00",), ("22:00", "07:00", "08:00"), ("", "07:00")])
def test_quiet_hours_are_two_times(given: Any) -> None:
    with pytest.raises(ValueError, match="two times of day"):
        read_pair(given)


@pytest.mark.parametrize("name", ["", "../etc/passwd", "Nowhere", "Europe", "a\0b"])
def test_a_zone_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        read_zone(name)
