"""However often one record is saved: what counts is how it was before and how it is at the end."""

from __future__ import annotations

import json
from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.tracking import NOTHING, Members, Net, net_of

FIELDS = ("stage", "owner", "note")
values = st.sampled_from([None, "", "a", "b", "c"])
states = st.fixed_dictionaries(dict.fromkeys(FIELDS, values), optional={})
keys = st.frozensets(st.sampled_from("1234"))


def saved(before: dict[str, str | None], after: dict[str, str | None]) -> Net:
    return net_of(values={name: (before[name], after[name]) for name in FIELDS})


def swapped(before: frozenset[str], after: frozenset[str]) -> Net:
    return net_of(members={"people": (before - after, after - before)})


def merged(nets: list[Net]) -> Net:
    return reduce(Net.then, nets, NOTHING)


@given(st.lists(states, min_size=1, max_size=6))
def test_any_sequence_of_saves_is_its_net_effect(history: list[dict[str, str | None]]) -> None:
    steps = [saved(before, after) for before, after in pairwise(history)]
    assert merged(steps) == saved(history[0], history[-1])


@given(st.lists(keys, min_size=1, max_size=6))
def test_any_sequence_of_changes_of_a_set_is_its_net_effect(history: list[frozenset[str]]) -> None:
    steps = [swapped(before, after) for before, after in pairwise(history)]
    assert merged(steps) == swapped(history[0], history[-1])


@given(st.lists(states, max_size=4), st.lists(states, max_size=4))
def test_a_record_that_was_created_meanwhile_is_created_and_nothing_else(
    first: list[dict[str, str | None]], last: list[dict[str, str | None]]
) -> None:
    before = [saved(states, dict.fromkeys(FIELDS, "x")) for states in first]
    after = [saved(dict.fromkeys(FIELDS, "x"), states) for states in last]
    assert merged([*before, Net(created=True), *after]) == Net(created=True)


@given(states, states, states)
def test_a_save_within_the_announcement_of_another_is_heard_of_first(
    first: dict[str, str | None], middle: dict[str, str | None], last: dict[str, str | None]
) -> None:
    """A receiver of the host's saves again; the outer save then sees the end of both."""
    inner, outer = saved(middle, last), saved(first, last)
    heard = merged([inner, outer])
    for name in FIELDS:
        if first[name] != last[name]:
            assert heard.values[name] == (first[name], last[name])


def test_what_another_process_did_in_between_is_not_told_as_ours() -> None:
    ours = net_of(values={"stage": ("a", "b")}).then(net_of(values={"stage": ("z", "c")}))
    assert ours.values == {"stage": ("a", "c")}


def people(out: str, into: str) -> Members:
    return frozenset(out), frozenset(into)


@pytest.mark.parametrize(
    "net",
    [
        NOTHING,
        Net(created=True),
        net_of(values={"stage": (None, "won")}, members={"people": people("12", "3")}),
    ],
)
def test_what_the_database_keeps_is_read_as_it_was(net: Net) -> None:
    assert Net.from_json(json.loads(json.dumps(net.as_json()))) == net


def test_nothing_is_nothing() -> None:
    assert not NOTHING
    assert not net_of(values={"stage": ("a", "a")}, members={"people": people("", "")})
    assert Net(created=True)
    assert net_of(values={"stage": ("a", None)})
    assert net_of(members={"people": people("1", "")})
