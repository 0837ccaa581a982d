"""What one notice says about one recipient, and how findings become the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crm_notify.rules.bounce import reasons
from crm_notify.rules.bounce.addresses import MAX_ADDRESSES, without_addresses
from crm_notify.rules.bounce.codes import is_vague, reply_code, stated_status, status_in
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.transcripts import Answer
from crm_notify.rules.bounce.value import Bounce, BounceKind
from crm_notify.rules.bounce.wording import fold, occurs
from crm_notify.rules.evidence import Blame

MAX_DIAGNOSTIC = 1000
_MAX_READ = 4000
_MAX_ANSWERS = 10
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_URL = re.compile(r"https?://\S*", re.IGNORECASE)
_CODE = re.compile(r"(?<![\d.])[245]\d\d[ -](?:#?[245]\.\d{1,3}\.\d{1,3}[ -]?)?")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Codes, reason and words about one recipient."""

    status: str | None
    reply_code: str | None
    reason: reasons.Reason
    diagnostic: str
    recipients: tuple[str, ...] = ()

    @property
    def permanent(self) -> bool | None:
        code = self.status or self.reply_code or ""
        return {"5": True, "4": False}.get(code[:1])


def one_line(text: str, limit: int = MAX_DIAGNOSTIC) -> str:
    """Return ``text`` on one line of at most ``limit`` characters, without control characters."""
    return " ".join(_INVISIBLE.sub(" ", text[: 4 * limit]).split())[:limit].rstrip()


def judge(
    stated: str,
    told: Sequence[Answer],
    *,
    recipients: tuple[str, ...] = (),
    rest: str = "",
) -> Finding:
    """Weigh what is known about one recipient.

    ``stated`` is an enhanced code that the notice states as such (the Status field), ``told`` the
    answers of servers, best first, and ``rest`` the text of the notice to fall back on.
    """
    status, reply = stated_status(stated), None
    for answer in told:
        status = _more_exact(status, status_in(answer.words))
        reply = reply or reply_code(answer.words)
        if reply:
            break
    # Beside an exact code, what stands near an address may be a disclaimer.
    exact = status is not None and not is_vague(status)
    words, entry = _reason([answer for answer in told if answer.quoted or not exact])
    words = words or reasons.by_words(_telling(stated))
    words = words or (None if exact else reasons.by_words(fold(rest)))
    words = _at_stage(words, fold(entry[:_MAX_READ]), status)
    return Finding(
        status=status,
        reply_code=reply,
        reason=reasons.weigh(words, status, reply),
        diagnostic=one_line(next((answer.lines for answer in told if answer.lines), rest)),
        recipients=recipients,
    )


def bounce_of(kind: BounceKind, findings: Iterable[Finding]) -> Bounce:
    """Return the answer of ``kind``: the worst finding speaks, the addresses of all are named."""
    ordered = sorted(findings, key=lambda finding: (not finding.reason.dead, not finding.permanent))
    worst = ordered[0]
    named = dict.fromkeys(address for finding in ordered for address in finding.recipients)
    bounce = Bounce(
        kind=kind,
        status=worst.status,
        reply_code=worst.reply_code,
        diagnostic=worst.diagnostic,
        recipients=tuple(named)[:MAX_ADDRESSES],
    )
    blame = worst.reason.blame
    if kind is BounceKind.FAILURE:
        dead = worst.reason.dead
        return replace(bounce, permanent=worst.permanent, address_dead=dead, blame=blame)
    if kind is BounceKind.DELAY:
        # Nothing that is still tried is permanent, and what is not explained waits for a server.
        blame = Blame.SERVER if blame is Blame.UNKNOWN else blame
        return replace(bounce, permanent=False, blame=blame)
    return bounce


def _reason(told: Sequence[Answer]) -> tuple[reasons.Reason | None, str]:
    """Return the first reason that an answer names, and the entry of that answer."""
    for answer in told[:_MAX_ANSWERS]:
        for said in dict.fromkeys((answer.words, answer.lines)):
            if reason := reasons.by_words(_telling(said)):
                return reason, answer.entry
    # "553 Rejected, see https://www.spamhaus.org/": sometimes the link alone tells.
    linked = (reasons.by_words(fold(answer.words[:_MAX_READ])) for answer in told[:1])
    return next(linked, None), ""


def _more_exact(stated: str | None, said: str | None) -> str | None:
    if stated is None or (said is not None and is_vague(stated) and not is_vague(said)):
        return said or stated
    return stated


def _telling(text: str) -> str:
    """Return a server's words folded, without what only looks like a reason: addresses, links,
    repeated codes, and the name of the host that said it."""
    text = text[:_MAX_READ].rpartition(" said: ")[2]
    return fold(_CODE.sub(" ", _URL.sub(" ", without_addresses(text))))


def _at_stage(
    words: reasons.Reason | None, entry: str, status: str | None
) -> reasons.Reason | None:
    """Correct a reason by the SMTP command that was refused."""
    if words is None or not words.dead:
        return words
    if occurs(PHRASES[Topic.AT_SENDER], entry):
        return reasons.SENDER
    # Who accepted the recipient and refuses the message knows the address.
    if occurs(PHRASES[Topic.AT_DATA], entry) and (status is None or is_vague(status)):
        return reasons.MAILBOX
    return words
