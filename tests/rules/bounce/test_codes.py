"""A number is a code only where a server would write one."""

from __future__ import annotations

import pytest

from crm_notify.rules.bounce.codes import position, reply_code, status_in


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 User unknown", "550"),
        ("host mx.example.com[192.0.2.1] said: 554 no", "554"),
        ("Remote host said: 452-4.2.2 over quota", "452"),
        ("<<< 550 no", "550"),
        ("<-- 550 no", "550"),
        ("it failed with 550 5.1.1 in the end", "550"),
        ("220 ready\n421 closing", "421"),
        ("The error: '550 no'", "550"),
        ("554 550 5.7.0 twice", "554"),
        ("250 2.0.0 queued", None),
        ("550 4.1.1 the classes differ, 450 4.1.1 they agree", "550"),
        ("after 500 hours", None),
        ("port 550", None),
        ("call 030-5501", None),
        ("192.0.2.550", None),
        (": \uff15\uff15\uff10 no", None),
        ("", None),
    ],
)
def test_a_reply_code_begins_an_answer_or_precedes_a_status(text: str, code: str | None) -> None:
    assert reply_code(text) == code


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("(#5.1.1)", "5.1.1"),
        ("5.1.1.", "5.1.1"),
        ("5.0.0 or rather 5.2.2", "5.2.2"),
        ("5.1.0 only", "5.1.0"),
        ("2.1.5 then 4.2.2", "4.2.2"),
        ("#<mx.example.net #5.7.26>", "5.7.26"),
        ("address 5.1.1.7", None),
        ("1.5.1.1", None),
        ("Exim 4.80.1", None),
        ("Release 5.0.8", None),
        ("version 4.2.1", None),
        ("v5.1.1", None),
        ("2.0.0", None),
        ("nothing", None),
    ],
)
def test_a_status_is_no_version_and_no_address(text: str, status: str | None) -> None:
    assert status_in(text) == status


def test_the_position_is_that_of_the_first_code() -> None:
    assert position("no such user (#5.1.1), 550 5.1.1") == 15
    assert position("550 5.1.1") == 0
    assert position("nothing") == -1
