"""What failures have in common, so that many of one cause become one thing for the admins."""

from __future__ import annotations

from crm_notify.rules.evidence import Blame, Evidence

#: Causes that are ours; the others are named after the recipient's domain.
OUR_SENDER = "our sender"
OUR_PROVIDER = "our provider"


def cause_of(*, blame: Blame, evidence: Evidence, address: str) -> str:
    """Return the name of the cause that a failure may share with others; empty for its own alone.

    What our sender or the provider is blamed for is one cause wherever the mail was to go. All else
    is counted by the recipient's domain: a server that is down, a policy against us, a domain that
    is gone. A full mailbox and a refused text are nobody else's.
    """
    if blame == Blame.SENDER:
        return OUR_SENDER
    if evidence == Evidence.REFUSED and blame in {Blame.SERVER, Blame.UNKNOWN}:
        return OUR_PROVIDER
    if blame in {Blame.MAILBOX, Blame.CONTENT}:
        return ""
    return address.rpartition("@")[2].casefold()[:190]
