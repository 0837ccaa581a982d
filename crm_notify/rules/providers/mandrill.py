"""Mandrill's events: https://mailchimp.com/developer/transactional/docs/webhooks/."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.bounce_classes import CLASSES
from crm_notify.rules.providers.raw import at, items_at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

#: There is no event for a delivery, and none has an id of its own: ``_id`` is the message's.
EVENTS: Mapping[str, Verdict] = {
    "send": plain.SENT,
    "deferral": plain.DEFERRED,
    "open": plain.OPENED,
    "click": plain.CLICKED,
    "spam": plain.COMPLAINED,
    "unsub": plain.UNSUBSCRIBED,
    # Sync events: an address was put on the account's lists, or taken off.
    "whitelist": plain.OTHER,
    "blacklist": plain.OTHER,
}

BOUNCES: Mapping[str, Kind] = {"hard_bounce": Kind.BOUNCED, "soft_bounce": Kind.EXPIRED}

#: ``bounce_description`` beside ``bgtools_code``.
DESCRIPTIONS: Mapping[str, Blame] = {
    "bad_mailbox": Blame.ADDRESS,
    "mailbox_full": Blame.MAILBOX,
}

#: Why Mandrill refused to send: ``reject_reason`` of its send API. A webhook seldom names one.
REFUSALS: Mapping[str, Blame] = {
    "hard-bounce": Blame.ADDRESS,
    "soft-bounce": Blame.MAILBOX,
    "spam": Blame.POLICY,
    "unsub": Blame.POLICY,
    "custom": Blame.POLICY,
    "invalid": Blame.ADDRESS,
    "invalid-sender": Blame.SENDER,
    "unsigned": Blame.SENDER,
    "test-mode-limit": Blame.SENDER,
    "rule": Blame.SENDER,
}


def read(reported: Reported) -> Reading:
    message = at(reported.raw, "msg")
    name = text_at(reported.raw, "event") or text_at(reported.raw, "type")
    detail = ""
    verdict = EVENTS.get(name)
    if name in BOUNCES:
        detail = text_at(message, "bounce_description")
        verdict = _bounce(BOUNCES[name], detail, text_at(message, "bgtools_code"))
    elif name == "reject":
        detail = text_at(message, "reject", "reason") or text_at(reported.raw, "reject", "reason")
        verdict = Verdict(kind=Kind.REJECTED, blame=REFUSALS.get(detail))
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{detail}" if detail else name,
        said=(text_at(message, "diag"), _last_answer(message)),
        shown=(detail, reported.description or ""),
    )


def _bounce(kind: Kind, description: str, number: str) -> Verdict:
    """The event says how final it is, the class whom it blames."""
    known = CLASSES.get(number)
    blame = DESCRIPTIONS.get(description)
    if known is None or blame is not None:
        return Verdict(kind=kind, blame=blame)
    if known.kind in {Kind.AUTO_REPLIED, Kind.UNSUBSCRIBED, Kind.OTHER, Kind.UNCLEAR}:
        # A reply rather than a bounce; but nothing says whether it came in the SMTP session.
        return Verdict(kind=Kind.UNCLEAR)
    return Verdict(kind=kind, blame=known.blame, otherwise=known.otherwise)


def _last_answer(message: object) -> str:
    """A deferral keeps the server's answers in a list, and none on the message itself."""
    answers = items_at(message, "smtp_events")
    return text_at(answers[-1], "diag") if answers else ""
