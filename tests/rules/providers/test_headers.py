"""Which headers of a mail a provider sends along."""

from __future__ import annotations

import pytest

from crm_notify.rules.providers import PROVIDERS, UNKNOWN, Provider, takes_header


@pytest.mark.parametrize("row", [*PROVIDERS.values(), UNKNOWN], ids=lambda row: row.name)
def test_the_header_with_the_token_goes_along_wherever_headers_do(
    row: Provider,
) -> None:
    assert takes_header(row, "X-CRM-Notification") is row.headers


def test_unisender_go_takes_only_names_that_begin_with_x() -> None:
    row = PROVIDERS["unisender_go"]
    assert takes_header(row, "x-anything")
    assert not takes_header(row, "Auto-Submitted")


@pytest.mark.parametrize("provider", ["mailjet", "resend"])
def test_a_message_id_of_our_own_is_left_out_where_it_would_be_refused(provider: str) -> None:
    row = PROVIDERS[provider]
    assert not takes_header(row, "Message-ID")
    assert takes_header(row, "Auto-Submitted")


def test_what_takes_headers_takes_them_all() -> None:
    assert takes_header(PROVIDERS["smtp"], "Auto-Submitted")
