"""The token survives a change of case and of its delimiter, and no other change."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules import token
from crm_notify.rules.token import Purpose, Token

KEYS = {"a": "the first secret", "b": "the second secret"}
IDS = st.integers(min_value=0, max_value=2**63 - 1)


def make(id: int = 7, **given: object) -> str:
    how = {"purpose": Purpose.NOTIFICATION, "key": "a", "keys": KEYS, "installation": "here"}
    return token.make(id=id, **{**how, **given})


def read(text: str, **given: object) -> Token | None:
    how = {"keys": KEYS, "installation": "here"}
    return token.read(text, **{**how, **given})


@given(IDS, st.sampled_from(list(Purpose)), st.sampled_from(list(KEYS)))
def test_what_was_signed_is_read(id: int, purpose: Purpose, key: str) -> None:
    name = make(id, purpose=purpose, key=key)
    assert len(name) == 38
    assert read(name) == Token(purpose=purpose, key=key, id=id)


@given(IDS, st.lists(st.booleans(), min_size=38, max_size=38), st.sampled_from("-+"))
def test_it_survives_case_and_delimiter(id: int, upper: list[bool], delimiter: str) -> None:
    name = make(id).replace("-", delimiter)
    changed = "".join(c.upper() if up else c for c, up in zip(name, upper, strict=True))
    found = read(changed)
    assert found is not None
    assert found.id == id


@pytest.mark.parametrize("place", range(38))
def test_any_other_change_of_one_character_is_refused(place: int) -> None:
    name = make()
    for other in string.printable + "\u212a\u017f\u00e9":
        changed = name[:place] + other + name[place + 1 :]
        if changed.lower().replace("+", "-") == name and other.isascii():
            continue
        assert read(changed) is None, changed


@given(IDS, st.integers(0, 38), st.text(min_size=1, max_size=3))
def test_nothing_may_be_put_in_or_taken_away(id: int, place: int, more: str) -> None:
    name = make(id)
    assert read(name[:place] + more + name[place:]) is None
    assert place == 38 or read(name[:place] + name[place + 1 :]) is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    assert read(text) is None
    token.find(text)


def test_the_spare_bit_of_the_last_character_is_no_second_spelling() -> None:
    name = make()
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    assert [last for last in alphabet if read(name[:-1] + last)] == [name[-1]]


def test_an_old_key_stays_valid_and_a_lost_one_does_not() -> None:
    name = make(key="b")
    assert read(name, keys={"c": "new", "b": KEYS["b"]}) is not None
    assert read(name, keys={"a": KEYS["a"]}) is None


def test_tokens_never_cross_installations_or_purposes() -> None:
    name = make()
    assert read(name, installation="elsewhere") is None
    assert read(name.replace("-n", "-u", 1)) is None
    assert read(name.replace("-n", "-x", 1)) is None


def test_tokens_are_found_in_addresses_and_headers() -> None:
    name = make()
    text = f"Return-Path: <{name.upper()}@bounces.example>\nX-CRM-Notification: {name}"
    assert token.find(text) == [name.upper(), name]
    assert token.find("x" + name) == []
