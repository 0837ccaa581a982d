"""Whatever a request holds, reading it does not raise, and what is kept fits its place."""

from __future__ import annotations

import string
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reported
from crm_notify.rules.providers import read
from crm_notify.rules.providers.raw import as_text, at, is_true_at, items_at, text_at
from crm_notify.rules.providers.reading import READERS
from crm_notify.rules.text import has_control
from tests.rules.providers.recorded import anymail_events, names, recorded, reported

PROVIDERS = ["a hosts own", *READERS]

bounded = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

leaf = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=9)
    | st.sampled_from(["550", "5.1.1", "Bounce", "bounce", "Permanent", "10", "", "\x00", "\ud800"])
)
anything = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@cache
def events_of(provider: str) -> list[Reported]:
    own = [recorded(provider, name) for of, name in names() if of == provider]
    return [reported(event) for request in own for event in anymail_events(request)]


def check(provider: str, given: Reported) -> None:
    reading = read(provider, given)
    assert isinstance(reading.kind, Kind)
    assert isinstance(reading.blame, Blame)
    assert len(reading.code) <= 20
    assert set(reading.code) <= {*string.digits, "."}
    for text, limit in ((reading.text, 1000), (reading.raw_kind, 100), (reading.own_id, 255)):
        assert len(text) <= limit
        assert not has_control(text)


def places(raw: object) -> list[tuple[object, ...]]:
    """Every place in a document, its own top left out."""
    inner: list[tuple[object, ...]] = []
    items: Any = ()
    if isinstance(raw, dict):
        items = raw.items()
    elif isinstance(raw, list):
        items = enumerate(raw)
    for key, value in items:
        inner += [(key,), *((key, *path) for path in places(value))]
    return inner


def changed(raw: Any, path: tuple[Any, ...], value: object) -> Any:
    """A copy of a document with another value at one place."""
    copy = dict(raw) if isinstance(raw, dict) else list(raw)
    copy[path[0]] = changed(copy[path[0]], path[1:], value) if path[1:] else value
    return copy


@pytest.mark.parametrize("provider", PROVIDERS)
@bounded
@given(raw=anything, event_type=anything, answer=anything, reason=anything)
def test_fields_of_any_type_are_read(
    provider: str, raw: Any, event_type: Any, answer: Any, reason: Any
) -> None:
    check(
        provider,
        Reported(
            event_type=event_type,
            reject_reason=reason,
            mta_response=answer,
            description=answer,
            raw=raw,
        ),
    )


@pytest.mark.parametrize("provider", READERS)
@bounded
@given(data=st.data())
def test_a_recorded_event_of_which_any_part_is_anything_is_read(
    provider: str, data: st.DataObject
) -> None:
    event = data.draw(st.sampled_from(events_of(provider)))
    raw: Any = dict(event.raw)
    for _ in range(data.draw(st.integers(1, 3))):
        raw = changed(raw, data.draw(st.sampled_from(places(raw))), data.draw(anything))
    check(provider, Reported(event_type=event.event_type, raw=raw))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_huge_answer_costs_no_more_than_its_beginning(provider: str) -> None:
    huge = "550 5.1.1 " * 200_000
    reported = Reported(
        event_type="bounced",
        mta_response=huge,
        description=huge,
        raw={"event": "bounce", "type": "bounce", "reason": huge, "RecordType": huge},
    )
    check(provider, reported)


def test_only_texts_and_whole_numbers_are_read_as_texts() -> None:
    assert [as_text(value) for value in ("a", 7, -7)] == ["a", "7", "-7"]
    nothing: list[object] = [None, True, 1.5, float("nan"), ["a"], {"a": 1}, b"a", 10**5000]
    assert {as_text(value) for value in nothing} == {""}


def test_what_stands_nowhere_is_none() -> None:
    raw = {"a": {"b": 1}, "list": [1], "true": True, "one": 1}
    assert at(raw, "a", "b") == 1
    assert at(raw, "a", "b", "c") is None
    assert at(raw, "missing") is None
    assert text_at(raw, "a") == ""
    assert items_at(raw, "list") == [1]
    assert items_at(raw, "a") == []
    assert is_true_at(raw, "true")
    assert not is_true_at(raw, "one")


def test_a_star_stands_for_the_only_key() -> None:
    assert at({"msys": {"event": {"type": "bounce"}}}, "msys", "*", "type") == "bounce"
    assert at({"msys": {"one": {}, "two": {}}}, "msys", "*", "type") is None
    assert at({"msys": {}}, "msys", "*") is None
