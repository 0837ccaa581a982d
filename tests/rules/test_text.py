"""What of a text is fit for a log, and what an error of somebody else's code says."""

from __future__ import annotations

from crm_notify.rules.text import masked, said


def test_of_an_address_a_log_has_the_domain_only() -> None:
    text = 'John: failed <john@example.com>; CRM_NOTIFY["MAILER"] must be set'
    assert masked(text) == ('John: failed <...@example.com>; CRM_NOTIFY["MAILER"] must be set')
    assert masked("a" * 10_000) == "a" * 10_000


def test_an_error_that_cannot_say_what_it_is_is_named() -> None:
    class Wordless(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    assert said(Wordless()) == "Wordless"
    assert said(ValueError("wrong")) == "ValueError: wrong"
