"""Which of the addresses at hand somebody may have meant when he wrote a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Below this likeness (0 to 1) two spellings are two different names.
_ALIKE = 0.75


class Why(StrEnum):
    """What speaks for a suggestion."""

    TODAY = "today"
    SPELLING = "spelling"
    DOMAIN = "domain"


@dataclass(frozen=True, kw_only=True)
class NearMiss:
    """One address that may be meant, and why; ``likeness`` is from 0 to 1."""

    address: str
    why: Why
    likeness: float


def near_misses(
    wrong: str, known: Iterable[str], *, today: str = "", most: int = 3
) -> list[NearMiss]:
    """Return the likeliest of the ``known`` addresses, the best first.

    ``today`` is the recipient's address as the CRM has it now; another than the wrong one is first.
    """
    folded = wrong.casefold()
    found: dict[str, NearMiss] = {}
    if today and today.casefold() != folded:
        found[today.casefold()] = NearMiss(address=today, why=Why.TODAY, likeness=1.0)
    for address in known:
        key = address.casefold()
        if not address or key == folded or key in found or "@" not in address:
            continue
        miss = _compare(folded, key)
        if miss is not None:
            why, likeness = miss
            found[key] = NearMiss(address=address, why=why, likeness=likeness)
    ranked = sorted(found.values(), key=lambda miss: (-miss.likeness, miss.address))
    return ranked[:most]


def _compare(wrong: str, other: str) -> tuple[Why, float] | None:
    """How near two case-folded addresses are; None where they are not."""
    local, _, domain = wrong.rpartition("@")
    other_local, _, other_domain = other.rpartition("@")
    if domain == other_domain:
        alike = _likeness(local, other_local)
        return (Why.SPELLING, alike) if alike >= _ALIKE else None
    if local == other_local:
        alike = _likeness(domain, other_domain)
        return (Why.DOMAIN, alike) if alike >= _ALIKE else None
    return None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
