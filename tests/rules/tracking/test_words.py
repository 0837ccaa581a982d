"""A change is said in one short line."""

from __future__ import annotations

from crm_notify.rules.tracking import LONGEST, list_members, say_change, shorten


def test_a_change_is_one_line() -> None:
    assert say_change("Stage", "Prospect", "Customer") == "Stage: Prospect -> Customer"
    assert say_change("Owner", "", "John\r\nBcc: spy") == "Owner: - -> John Bcc: spy"


def test_what_is_long_is_cut_and_says_so() -> None:
    assert shorten("x" * LONGEST) == "x" * LONGEST
    assert shorten("x" * (LONGEST + 1)) == "x" * (LONGEST - 3) + "..."


def test_a_set_names_who_came_and_who_went() -> None:
    assert list_members("People", ["Bob"], ["Alice", "Carol"]) == "People: +Alice, +Carol, -Bob"


def test_a_large_set_says_how_many_more_there_are() -> None:
    said = list_members("People", ["z"], [str(number) for number in range(20)], more=5)
    assert said.endswith("+18, +19, ... (+6)")
