"""What failures have in common: ours is one cause, all else is counted by domain."""

from __future__ import annotations

import pytest

from crm_notify.rules.cause import OUR_PROVIDER, OUR_SENDER, cause_of
from crm_notify.rules.evidence import Blame, Evidence


@pytest.mark.parametrize(
    ("blame", "evidence", "address", "expected"),
    [
        (Blame.SENDER, Evidence.BOUNCED, "john@example.com", OUR_SENDER),
        (Blame.SENDER, Evidence.REFUSED, "", OUR_SENDER),
        (Blame.SERVER, Evidence.REFUSED, "john@example.com", OUR_PROVIDER),
        (Blame.UNKNOWN, Evidence.REFUSED, "john@example.com", OUR_PROVIDER),
        (Blame.SERVER, Evidence.EXPIRED, "john@Example.COM", "example.com"),
        (Blame.ADDRESS, Evidence.REFUSED, "john@example.com", "example.com"),
        (Blame.POLICY, Evidence.BOUNCED, "john@example.com", "example.com"),
        (Blame.NONE, Evidence.UNCLEAR, "john@example.com", "example.com"),
        (Blame.MAILBOX, Evidence.BOUNCED, "john@example.com", ""),
        (Blame.CONTENT, Evidence.REFUSED, "john@example.com", ""),
        (Blame.ADDRESS, Evidence.REFUSED, "", ""),
        (Blame.ADDRESS, Evidence.REFUSED, "+49 30 1234", "+49 30 1234"),
    ],
)
def test_what_failures_share(blame: Blame, evidence: Evidence, address: str, expected: str) -> None:
    assert cause_of(blame=blame, evidence=evidence, address=address) == expected


def test_a_domain_of_any_length_has_its_place() -> None:
    address = "john@" + "x" * 300
    assert len(cause_of(blame=Blame.POLICY, evidence=Evidence.BOUNCED, address=address)) == 190
