"""What the fuzzer begins with holds its promises, and so does what it makes of that first."""

from __future__ import annotations

import json
from random import Random

import pytest

from tests.fuzz import changes, posted
from tests.fuzz.targets import SECONDS, TARGETS
from tests.support.budget import costs_at_most

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")
ROUNDS = 300


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_fuzzer_begins_with_keeps_every_promise(name: str) -> None:
    for seed in TARGETS[name].seeds():
        with costs_at_most(SECONDS):
            TARGETS[name].check(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_changed_in_its_structure_it_keeps_them_too(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    for number in range(ROUNDS):
        random = Random(number)
        with costs_at_most(SECONDS):
            target.check(target.change(random.choice(seeds), random))


def test_every_provider_s_views_are_reached_by_name_and_by_chance() -> None:
    named = {posted.taken_apart(seed)[0][:2] for seed in posted.seeds()}
    assert {provider for provider, _ in named} == {provider for provider, _ in posted.NAMES}
    assert {posted.taken_apart(b"?" * n)[0][:2] for n in range(99)} == posted.NAMES


def test_a_changed_document_is_still_one() -> None:
    body = json.dumps({"a": [{"b": '{"c": 1}'}, 2], "d": "text"}).encode()
    changed = {changes.in_document(body, Random(number)) for number in range(200)}
    assert len(changed) > 50
    for one in changed:
        json.loads(one)
