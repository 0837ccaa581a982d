"""An entry of TRACK is read, or it is said what to type."""

from __future__ import annotations

from typing import Any

import pytest

from crm_notify.rules.tracking import Entry, read


@pytest.mark.parametrize(
    ("given", "entry"),
    [
        ({"created": True}, Entry(created="added", changed="changed")),
        ({"created": "logged a call"}, Entry(created="logged a call", changed="changed")),
        ({"changed": ["stage"]}, Entry(changed="changed", fields=("stage",))),
        ({"changed": ("stage", "stage")}, Entry(changed="changed", fields=("stage",))),
        (
            {"changed": {"verb": "moved", "fields": ["stage"]}, "created": False},
            Entry(changed="moved", fields=("stage",)),
        ),
        (
            {"created": True, "changed": [], "tell": [], "urgency": ""},
            Entry(created="added", changed="changed", tell=()),
        ),
        (
            {
                "created": True,
                "on": "customer",
                "tell": ["owner", "owner"],
                "text": "note",
                "link": "page",
                "urgency": "urgent",
            },
            Entry(
                created="added",
                changed="changed",
                on="customer",
                tell=("owner",),
                text="note",
                link="page",
                urgency="urgent",
            ),
        ),
    ],
)
def test_an_entry_says_what_is_noticed_and_who_hears_of_it(given: Any, entry: Entry) -> None:
    assert read(given) == entry


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["owner"], "type a dict"),
        ({"creatd": True}, "no creatd; it knows on, created"),
        ({}, "it notices nothing"),
        ({"created": False, "changed": []}, "it notices nothing"),
        ({"created": 5}, "a verb .* a plain str"),
        ({"created": " "}, "a verb"),
        ({"changed": "stage"}, '"changed" is a list'),
        ({"changed": [5]}, '"changed" is a list'),
        ({"changed": 5}, '"changed" is a list'),
        ({"changed": {"fields": ["stage"], "verb": ""}}, "moved.* a plain str"),
        ({"changed": {"field": ["stage"]}}, "moved"),
        ({"changed": {"verb": "moved"}}, 'names no "fields"'),
        ({"created": True, "tell": "owner"}, '"tell" is a list'),
        ({"created": True, "on": 5}, '"on" is a path to a record'),
        ({"created": True, "text": None}, '"text" is a path'),
        ({"created": True, "link": []}, '"link" is a path'),
        ({"created": True, "urgency": True}, '"urgency" is "normal"'),
    ],
)
def test_what_cannot_be_read_says_what_to_type(given: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read(given)
