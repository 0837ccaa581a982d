"""From a provider's own word to a reading: its kind, its code, and whom it blames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm_notify.rules.bounce.codes import is_vague, reply_code, status_in, statuses
from crm_notify.rules.bounce.reasons import UNKNOWN, Reason, by_words, weigh
from crm_notify.rules.bounce.wording import fold
from crm_notify.rules.evidence import WEIGHT, Blame, Kind
from crm_notify.rules.news import Reading
from crm_notify.rules.text import printable

MAX_TEXT = 1000
_MAX_RAW_KIND = 100
_MAX_OWN_ID = 255

#: Kinds beside the failures of which it can be said whose fault they are.
_HELD_UP = frozenset({Kind.DEFERRED, Kind.UNCLEAR})
_OFTEN_OURS = frozenset({Blame.POLICY, Blame.CONTENT})
_SAYS_ONLY_NO = frozenset({None, "550", "554"})
#: Enhanced codes without their class: "other" and "other protocol status".
_VAGUE = frozenset({"0.0", "5.0"})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a provider's word means.

    ``blame`` stands whatever the receiving server said. ``otherwise`` only counts where neither
    its words nor a telling enhanced code give a better answer.
    """

    kind: Kind
    blame: Blame | None = None
    otherwise: Blame = Blame.UNKNOWN


def reading(
    verdict: Verdict,
    *,
    raw_kind: str,
    said: Sequence[str] = (),
    codes: Sequence[str] = (),
    shown: Sequence[str] = (),
    own_id: str = "",
) -> Reading:
    """Return the reading of one event.

    ``said`` are texts that give the reason of this one event, the most telling first; ``codes``
    are fields that hold nothing but a code. ``shown`` are texts fit to be shown but not to be
    judged by, such as a provider's explanation of the word itself.
    """
    sources = [text[:MAX_TEXT] for text in (*codes, *said)]
    code = failure_code(sources) if _can_blame(verdict.kind) else _success_code(sources)
    shown_text = next((text for text in (*said, *shown) if text.strip()), "")
    return Reading(
        kind=verdict.kind,
        blame=_blame(verdict, sources),
        code=code,
        text=printable(shown_text, MAX_TEXT),
        raw_kind=printable(raw_kind, _MAX_RAW_KIND),
        own_id=printable(own_id, _MAX_OWN_ID),
    )


def failure_code(sources: Sequence[str]) -> str:
    """Return the enhanced code that says most, else a reply code, else an empty text.

    All sources are asked for a telling code before any is asked for a vague one: a field may say
    5.0.0 while the server's answer beside it says 5.1.1.
    """
    found = [status for source in sources if (status := status_in(source))]
    telling = next((status for status in found if not is_vague(status)), None)
    replies = [reply for source in sources if (reply := reply_code(source))]
    return next(iter([telling] if telling else [*found, *replies]), "")


def is_permanent(sources: Sequence[str]) -> bool:
    """Whether the codes in ``sources`` are of class 5 (RFC 3463 section 2)."""
    return failure_code(sources).startswith("5")


def _blame(verdict: Verdict, sources: Sequence[str]) -> Blame:
    if not _can_blame(verdict.kind):
        return Blame.NONE
    reason = _reason(sources)
    if verdict.blame is not None:
        # What a provider files under spam or policy may be our own domain's fault.
        ours = verdict.blame in _OFTEN_OURS and reason.blame is Blame.SENDER
        return Blame.SENDER if ours else verdict.blame
    if reason.blame is Blame.UNKNOWN:
        return verdict.otherwise
    if reason.blame is Blame.ADDRESS and not reason.dead and verdict.kind is not Kind.BOUNCED:
        # "450 4.1.1" and the like: no server was sure enough to speak against the address.
        return verdict.otherwise
    return reason.blame


def _reason(sources: Sequence[str]) -> Reason:
    """Return what the words and codes say; a bare "550" says no more than no."""
    words = by_words(fold(" ".join(sources)))
    code = failure_code(sources)
    status = code if "." in code else None
    reply = next((reply for source in sources if (reply := reply_code(source))), None)
    if words is None and (status is None or status[2:] in _VAGUE) and reply in _SAYS_ONLY_NO:
        return UNKNOWN
    return weigh(words, status, reply)


def _success_code(sources: Sequence[str]) -> str:
    return next((status for source in sources for status in statuses(source)), "")


def _can_blame(kind: Kind) -> bool:
    return WEIGHT[kind].is_failure or kind in _HELD_UP
