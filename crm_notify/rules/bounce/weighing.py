"""The detector for notices in plain words: many small signs, summed up."""

from __future__ import annotations

from collections.abc import Callable

from crm_notify.rules.bounce.addresses import addresses
from crm_notify.rules.bounce.codes import position
from crm_notify.rules.bounce.findings import Finding, bounce_of, judge
from crm_notify.rules.bounce.notice import Notice
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.transcripts import answers
from crm_notify.rules.bounce.value import Bounce, BounceKind
from crm_notify.rules.bounce.wording import count, find

#: From here on a message from a mail system counts as a notice, and one that seems to come from a
#: person: people write about deliveries, too.
ENOUGH = 6
ENOUGH_FROM_PERSON = 8

_OUTCOMES = (Topic.FAILED, Topic.DELAYED, Topic.DELIVERED)
# A reply to a notice, or a notice passed on, has a subject that begins with that of the notice.
_REPEATED = 24


def from_daemon(notice: Notice) -> bool:
    """Whether the sender calls himself a mail system."""
    return find(PHRASES[Topic.DAEMON], notice.sender) >= 0


def _from_machine(notice: Notice) -> bool:
    return (
        from_daemon(notice)
        or notice.null_return_path
        or "x-failed-recipients" in notice.headers
        or notice.report_type == "delivery-status"
    )


def _subject_says(notice: Notice) -> bool:
    found = [at for topic in _OUTCOMES if (at := find(PHRASES[topic], notice.subject)) >= 0]
    return bool(found) and (not notice.is_reply or from_daemon(notice) or min(found) > _REPEATED)


def _text_says(notice: Notice) -> bool:
    return any(find(PHRASES[topic], notice.folded) >= 0 for topic in _OUTCOMES)


def _has_code(notice: Notice) -> bool:
    return any(position(answer.words) >= 0 for answer in answers(notice.text))


#: What speaks for a notice and what speaks against it: points, and when they are given.
SIGNS: tuple[tuple[int, Callable[[Notice], bool]], ...] = (
    (3, from_daemon),
    (1, lambda notice: notice.null_return_path),
    (3, lambda notice: "x-failed-recipients" in notice.headers),
    (2, lambda notice: notice.report_type == "delivery-status"),
    (1, lambda notice: notice.has_copy),
    (1, lambda notice: bool(addresses(notice.text))),
    (2, _has_code),
    (3, _subject_says),
    (3, _text_says),
    (1, lambda notice: sum(count(PHRASES[topic], notice.folded) for topic in _OUTCOMES) > 1),
    (-4, lambda notice: find(PHRASES[Topic.AUTOREPLY], notice.subject) >= 0),
    (-4, lambda notice: find(PHRASES[Topic.CHALLENGE], notice.subject) >= 0),
    (-4, lambda notice: find(PHRASES[Topic.CHALLENGE], notice.folded) >= 0),
)


def plain_words(notice: Notice) -> Bounce | None:
    """A failure, a delay or a delivery told in words to people."""
    points = sum(points for points, applies in SIGNS if applies(notice))
    if points < (ENOUGH if _from_machine(notice) else ENOUGH_FROM_PERSON):
        return None
    kind = _kind(notice)
    return bounce_of(kind, _findings(notice)) if kind else None


def _findings(notice: Notice) -> list[Finding]:
    told = answers(notice.text)
    apart = [answer for answer in told if answer.recipients and position(answer.words) >= 0]
    if len(apart) > 1:
        return [judge("", [answer], recipients=answer.recipients) for answer in apart]
    named = addresses(notice.headers.get("x-failed-recipients")) or addresses(notice.text)
    return [judge("", told, recipients=named, rest=notice.folded)]


def _kind(notice: Notice) -> BounceKind | None:
    """Tell failure, delay and delivery apart; the subject knows best, a last word outweighs."""
    subject = {topic: find(PHRASES[topic], notice.subject) >= 0 for topic in _OUTCOMES}
    text = {topic: find(PHRASES[topic], notice.folded) >= 0 for topic in _OUTCOMES}
    if subject[Topic.DELAYED] != subject[Topic.FAILED]:
        return BounceKind.DELAY if subject[Topic.DELAYED] else BounceKind.FAILURE
    if text[Topic.DELAYED] and find(PHRASES[Topic.FINAL], notice.folded) < 0:
        return BounceKind.DELAY
    if text[Topic.FAILED] or subject[Topic.FAILED]:
        return BounceKind.FAILURE
    if text[Topic.DELIVERED] or subject[Topic.DELIVERED]:
        return BounceKind.DELIVERED
    return BounceKind.FAILURE if _has_code(notice) else None
