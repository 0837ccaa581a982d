"""An address alone decides what becomes of a mail."""

from __future__ import annotations

import pytest

from project.provider.mailboxes import BEHAVIOURS, Behaviour, behaviour_of


@pytest.mark.parametrize(
    "address",
    ["jon@acme.example", "j.full@acme.example", "fuller@acme.example", "a@b", "Ünï@acme.example"],
)
def test_any_ordinary_name_exists(address: str) -> None:
    assert behaviour_of(address).name == "exists"


@pytest.mark.parametrize("name", sorted(BEHAVIOURS.keys() - {"exists"}))
def test_the_first_word_decides_at_any_domain_and_in_any_case(name: str) -> None:
    for address in (
        f"{name}@acme.example",
        f"{name.upper()}@x.test",
        f"{name}.anna+2@acme.example",
    ):
        assert behaviour_of(address).name == name


def test_an_address_that_is_listed_as_unknown_does_not_exist_however_it_is_written() -> None:
    unknown = ["John@Contoso.example"]
    assert behaviour_of("john@contoso.EXAMPLE", unknown).name == "unknown"
    assert behaviour_of("jon@contoso.example", unknown).name == "exists"
    assert behaviour_of("john@acme.example", unknown).name == "exists"


def test_a_name_that_begins_with_unknown_does_not_exist() -> None:
    assert behaviour_of("unknownbob@acme.example").name == "unknown"


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=lambda each: each.name)
def test_time_only_goes_forward(behaviour: Behaviour) -> None:
    times = [step.after for step in behaviour.steps]
    assert times == sorted(times)
