"""What each provider does with an answer that is not 200 is known, and where it is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_notify.rules.retrying import RETRYING, retrying


def test_brevo_and_the_others_are_asked_to_come_again_in_their_own_words() -> None:
    assert retrying("brevo", "tracking").ask == 429
    assert retrying("sendinblue", "tracking").ask == 429
    assert retrying("postal", "inbound").ask == 503
    assert retrying("sparkpost", "tracking").lasts == timedelta(hours=8)


def test_of_an_unknown_provider_the_usual_is_expected() -> None:
    unknown = retrying("unisender_go", "tracking")
    assert unknown.ask == 503
    assert unknown.lasts is None
    assert unknown.source == ""


@pytest.mark.parametrize("row", RETRYING.values(), ids=[f"{p}-{v}" for p, v in RETRYING])
def test_every_row_has_a_source_and_an_answer_that_is_no_refusal(row: object) -> None:
    assert isinstance(row, type(retrying("brevo", "tracking")))
    assert row.source
    assert row.ask in {429, 503}
    assert row.lasts is None or row.lasts > timedelta()
