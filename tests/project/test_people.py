"""How people look: their name, their initials, and a colour that stays theirs."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from project.crm.templatetags.people import TONES, initials, name_of, tone


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Janet Smith", "JS"),
        ("Marieke de Vries", "MV"),
        ("bob", "B"),
        ("", "?"),
        ("Åsa Öberg", "ÅÖ"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_colour_stays_the_same_and_is_one_of_the_style_sheets() -> None:
    assert tone("Janet Smith") == tone("Janet Smith")
    assert {tone(f"Person {number}") for number in range(200)} == set(range(TONES))


def test_who_has_no_name_goes_by_his_log_in_and_who_is_gone_is_somebody() -> None:
    assert name_of(User(username="janet", first_name="Janet", last_name="Smith")) == "Janet Smith"
    assert name_of(User(username="janet")) == "janet"
    assert name_of(None) == "Somebody"
