"""Who a mail is from: the visible From, the Reply-To, and never the envelope in their domains."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The visible sender. ``reply_to`` is empty where a reply to From already reaches the actor."""

    name: str
    address: str
    reply_to: str


def domain_of(address: str) -> str:
    """The domain of an address, lower case, or an empty string."""
    return address.rpartition("@")[2].strip().rstrip(".").lower() if "@" in address else ""


def visible(
    *, actor_name: str, actor_address: str, own: str, domains: Collection[str], product: str
) -> Sender:
    """Decide From and Reply-To (RFC 5322 section 3.6.2).

    The actor's own address stands in From only where its domain is verified as ours, so that DKIM
    aligns (DMARC); else ``own`` does, and a reply still reaches the actor.
    """
    verified = {name.lower() for name in domains}
    if actor_address and domain_of(actor_address) in verified:
        return Sender(name=actor_name, address=actor_address, reply_to="")
    name = f"{actor_name} via {product}" if actor_name else product
    return Sender(name=name, address=own, reply_to=actor_address)
