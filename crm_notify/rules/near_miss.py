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
    likeness = _Likeness(folded)
    found: dict[str, NearMiss] = {}
    if today and today.casefold() != folded:
        found[today.casefold()] = NearMiss(address=today, why=Why.TODAY, likeness=1.0)
    for address in known:
        key = address.casefold()
        if not address or key == folded or key in found or "@" not in address:
            continue
        miss = likeness.to(key)
        if miss is not None:
            why, alike = miss
            found[key] = NearMiss(address=address, why=why, likeness=alike)
    ranked = sorted(found.values(), key=lambda miss: (-miss.likeness, miss.address))
    return ranked[:most]


class _Likeness:
    """How near other case-folded addresses are to one; it holds what need be worked out once."""

    def __init__(self, wrong: str) -> None:
        self.local, _, self.domain = wrong.rpartition("@")
        self._locals = SequenceMatcher(None, "", self.local, autojunk=False)
        self._domains = SequenceMatcher(None, "", self.domain, autojunk=False)

    def to(self, other: str) -> tuple[Why, float] | None:
        """Why the other one may be meant, and how near it is; None where it is not."""
        local, _, domain = other.rpartition("@")
        if domain == self.domain:
            alike = _ratio(self._locals, local)
            return (Why.SPELLING, alike) if alike >= _ALIKE else None
        if local == self.local:
            alike = _ratio(self._domains, domain)
            return (Why.DOMAIN, alike) if alike >= _ALIKE else None
        return None


def _ratio(matcher: SequenceMatcher[str], other: str) -> float:
    """The likeness, or zero where a cheaper upper bound says that it is too low."""
    matcher.set_seq1(other)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()
