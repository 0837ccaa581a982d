"""The detector for notices in plain words: many small signs, summed up."""

from __future__ import annotations

from collections.abc import Callable

from crm_notify.rules.bounce import reasons
from crm_notify.rules.bounce.addresses import addresses
from crm_notify.rules.bounce.findings import Finding, bounce_of, judge
from crm_notify.rules.bounce.notice import Notice
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.value import Bounce, BounceKind
from crm_notify.rules.bounce.wording import count, earliest, occurs

#: From here on a message from a mail system counts as a notice, and one that seems to come from a
#: person: people write about deliveries, too, and not only about those of mail.
ENOUGH = 6
ENOUGH_FROM_PERSON = 8

_OUTCOMES = (Topic.FAILED, Topic.DELAYED, Topic.DELIVERED)
# A reply to a notice, or a notice passed on, has a subject that begins with that of the notice.
_REPEATED = 24
# Our own mail has one recipient; what a stranger sends may claim any number.
_MAX_RECIPIENTS = 20


def _subject_says(notice: Notice) -> bool:
    found = [at for topic in _OUTCOMES if (at := earliest(PHRASES[topic], notice.subject)) >= 0]
    return bool(found) and (not notice.is_reply or notice.from_daemon or min(found) > _REPEATED)


def _text_says(notice: Notice) -> bool:
    return any(occurs(PHRASES[topic], notice.folded) for topic in _OUTCOMES)


def _has_code(notice: Notice) -> bool:
    return any(answer.coded for answer in notice.told)


def _names_dead_address(notice: Notice) -> bool:
    """Whether a mail system says nothing but that an address is dead; people say so, too."""
    if not notice.from_daemon or occurs(PHRASES[Topic.AWAY], notice.folded):
        return False
    reason = reasons.by_words(notice.folded)
    return reason is not None and reason.dead


#: What speaks for a notice and what speaks against it: points, and when they are given.
SIGNS: tuple[tuple[int, Callable[[Notice], bool]], ...] = (
    (3, lambda notice: notice.from_daemon),
    (1, lambda notice: notice.null_return_path),
    (3, lambda notice: "x-failed-recipients" in notice.headers),
    (2, lambda notice: notice.report_type == "delivery-status"),
    (1, lambda notice: notice.has_copy),
    (1, lambda notice: bool(addresses(notice.text))),
    (2, _has_code),
    (3, _subject_says),
    (3, _text_says),
    (2, _names_dead_address),
    (1, lambda notice: sum(count(PHRASES[topic], notice.folded) for topic in _OUTCOMES) > 1),
    (-4, lambda notice: occurs(PHRASES[Topic.AUTOREPLY], notice.subject)),
    (-3, lambda notice: not notice.from_machine and occurs(PHRASES[Topic.AWAY], notice.folded)),
    (-4, lambda notice: occurs(PHRASES[Topic.CHALLENGE], notice.subject)),
    (-4, lambda notice: occurs(PHRASES[Topic.CHALLENGE], notice.folded)),
)


def plain_words(notice: Notice) -> Bounce | None:
    """A failure, a delay or a delivery told in words to people."""
    points = sum(points for points, applies in SIGNS if applies(notice))
    enough = ENOUGH if notice.from_machine else ENOUGH_FROM_PERSON
    if points < enough or not (notice.from_machine or occurs(PHRASES[Topic.MAIL], notice.folded)):
        return None
    kind = _kind(notice)
    return bounce_of(kind, _findings(notice)) if kind else None


def _findings(notice: Notice) -> list[Finding]:
    apart = [answer for answer in notice.told if answer.recipients and answer.coded]
    if len(apart) > 1:
        apart = apart[:_MAX_RECIPIENTS]
        return [judge("", [answer], recipients=answer.recipients) for answer in apart]
    returned = notice.returned
    own = addresses(
        f"{notice.headers.get('to')} {returned.get('from')} {returned.get('return-path')}"
    )
    failed = addresses(notice.headers.get("x-failed-recipients")) or addresses(notice.text)
    named = tuple(address for address in failed if address not in own)
    return [judge("", notice.told, recipients=named, rest=notice.text)]


def _kind(notice: Notice) -> BounceKind | None:
    """Tell failure, delay and delivery apart; the subject knows best, a last word outweighs."""
    subject = {topic: occurs(PHRASES[topic], notice.subject) for topic in _OUTCOMES}
    text = {topic: occurs(PHRASES[topic], notice.folded) for topic in _OUTCOMES}
    if subject[Topic.DELAYED] != subject[Topic.FAILED]:
        return BounceKind.DELAY if subject[Topic.DELAYED] else BounceKind.FAILURE
    if text[Topic.DELAYED] and not occurs(PHRASES[Topic.FINAL], notice.folded):
        return BounceKind.DELAY
    if text[Topic.FAILED] or subject[Topic.FAILED]:
        return BounceKind.FAILURE
    if text[Topic.DELIVERED] or subject[Topic.DELIVERED]:
        return BounceKind.DELIVERED
    return BounceKind.FAILURE if _has_code(notice) or _names_dead_address(notice) else None
