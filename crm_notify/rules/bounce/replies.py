"""Detectors for what people's programs answer: challenges and auto-replies."""

from __future__ import annotations

import re

from crm_notify.rules.bounce.findings import one_line
from crm_notify.rules.bounce.notice import Notice
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.value import Bounce, BounceKind
from crm_notify.rules.bounce.wording import occurs

#: Headers that only auto-responders write, and Precedence values that only they use.
_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-auto-response",
    "x-mail-autoreply",
    "x-vacation",
    "x-autoreply-from",
    "x-ms-exchange-inbox-rules-loop",
    "x-amavis-vacation",
)
_PRECEDENCE = ("auto_reply", "auto-reply", "autoreply")
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = (
    rf"(?:(?:[^\W\d_]{{2,12}}[,.]? )?(?:the )?(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[./-]\s?\d{{1,2}}(?:[./-]\s?\d{{2,4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?(?: de| of)? {_MONTH}(?:,?(?: de)? \d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
    rf"|(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日"
    rf"|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)(?!\d)"
)
_UNTIL = re.compile(
    rf"(?:\b(?:until|till|through|returning|return on|returning on|back on|back in the office on"
    rf"|return to the office on|bis(?: einschließlich)?(?: zum)?|wieder ab(?: dem)?|ab dem"
    rf"|jusqu'au|de retour le|hasta el|regreso el|fino al|al|até|até o dia|tot|t/m"
    rf"|tot en met|terug op|till och med|tillbaka den|tilbage den|til og med|do dnia|do|по|до)"
    rf" (?:on |at )?)({_DATE})|({_DATE}) ?(?:まで|前不在)",
    re.IGNORECASE,
)


def challenge(notice: Notice) -> Bounce | None:
    """A mail that wants its sender to prove himself before it delivers anything."""
    asked = occurs(PHRASES[Topic.CHALLENGE], notice.subject)
    if asked or (_automatic(notice) and occurs(PHRASES[Topic.CHALLENGE], notice.folded)):
        return Bounce(kind=BounceKind.CHALLENGE, diagnostic=one_line(notice.text))
    return None


def auto_reply(notice: Notice) -> Bounce | None:
    """An answer by a program on behalf of a person, such as an out-of-office notice.

    ``Auto-Submitted: auto-replied`` alone proves nothing: many bounces carry it.
    """
    said = occurs(PHRASES[Topic.AUTOREPLY], notice.subject)
    worded = occurs(PHRASES[Topic.AWAY], notice.folded)
    automated = _autoresponder(notice) or _auto_replied(notice) or (_automatic(notice) and worded)
    if not said and (notice.from_daemon or not automated):
        return None
    away = _UNTIL.search(f"{notice.headers.get('subject')[:500]}\n{notice.text[:4000]}")
    return Bounce(
        kind=BounceKind.AUTOREPLY,
        diagnostic=one_line(notice.text),
        away_until=one_line(away[1] or away[2]) if away else None,
    )


def automatic(notice: Notice) -> Bounce | None:
    """What a program wrote, for a reason that nothing here understands."""
    if notice.from_daemon or _automatic(notice) or notice.report_type:
        return Bounce(kind=BounceKind.UNKNOWN, diagnostic=one_line(notice.text))
    return None


def ordinary(notice: Notice) -> Bounce:
    """Everything else: mail from a person."""
    return Bounce(kind=BounceKind.ORDINARY)


def _auto_submitted(notice: Notice) -> str:
    return notice.headers.get("auto-submitted").strip().lower()


def _auto_replied(notice: Notice) -> bool:
    return _auto_submitted(notice).startswith("auto-replied")


def _autoresponder(notice: Notice) -> bool:
    precedence = notice.headers.get("precedence").strip().lower()
    return precedence in _PRECEDENCE or any(name in notice.headers for name in _HEADERS)


def _automatic(notice: Notice) -> bool:
    return (
        notice.null_return_path
        or _autoresponder(notice)
        or _auto_submitted(notice) not in ("", "no")
    )
