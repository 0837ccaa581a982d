"""Detectors for messages that say what they are in fields made for programs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm_notify.rules.bounce.addresses import addresses
from crm_notify.rules.bounce.codes import position
from crm_notify.rules.bounce.fields import Fields, read_blocks
from crm_notify.rules.bounce.findings import Finding, bounce_of, judge, one_line
from crm_notify.rules.bounce.notice import MAX_BLOCKS, Notice
from crm_notify.rules.bounce.phrases import PHRASES, Topic
from crm_notify.rules.bounce.transcripts import Answer
from crm_notify.rules.bounce.value import Bounce, BounceKind
from crm_notify.rules.bounce.wording import earliest, occurs

_FIELDS = re.compile(r"^(final-recipient|action)[ \t]*:", re.IGNORECASE | re.MULTILINE)

#: The values of Action in RFC 3464 section 2.3.3, and those that programs write instead.
ACTIONS: dict[str, BounceKind] = {
    "failed": BounceKind.FAILURE,
    "failure": BounceKind.FAILURE,
    "error": BounceKind.FAILURE,
    "undeliverable": BounceKind.FAILURE,
    "delayed": BounceKind.DELAY,
    "deferred": BounceKind.DELAY,
    "delivered": BounceKind.DELIVERED,
    "deliverable": BounceKind.DELIVERED,
    "relayed": BounceKind.DELIVERED,
    "expanded": BounceKind.DELIVERED,
}


def feedback_report(notice: Notice) -> Bounce | None:
    """A complaint: a feedback report (RFC 5965) of any Feedback-Type, or one in an older form."""
    plain = notice.has_copy and occurs(PHRASES[Topic.COMPLAINT], notice.subject)
    if not plain and notice.report_type != "feedback-report" and not notice.feedback.pairs:
        return None
    rcpt = notice.feedback.get("original-rcpt-to") or notice.feedback.get("removal-recipient")
    return Bounce(
        kind=BounceKind.COMPLAINT,
        diagnostic=one_line(notice.feedback.get("feedback-type")),
        recipients=addresses(rcpt),
    )


def challenge_report(notice: Notice) -> Bounce | None:
    """A challenge in the form of a delivery status notification: no server refused anything."""
    said = [block.get("diagnostic-code") for block in notice.status]
    if notice.from_daemon or not said or any(position(words) >= 0 for words in said):
        return None
    if not occurs(PHRASES[Topic.CHALLENGE], notice.folded):
        return None
    return Bounce(kind=BounceKind.CHALLENGE, diagnostic=one_line(notice.text))


def delivery_status(notice: Notice) -> Bounce | None:
    """A delivery status notification (RFC 3464). Action decides, not Status."""
    return _of_blocks(notice, notice.status)


def status_in_words(notice: Notice) -> Bounce | None:
    """The fields of a delivery status notification in a text, where the structure was lost."""
    fields = {name.lower() for name in _FIELDS.findall(notice.text)}
    if not notice.from_machine or fields != {"final-recipient", "action"}:
        return None
    return _of_blocks(notice, read_blocks(notice.text, MAX_BLOCKS))


def disposition_report(notice: Notice) -> Bounce | None:
    """A report of what became of a delivered message (RFC 8098), such as a read receipt."""
    said_so = notice.null_return_path and earliest(PHRASES[Topic.READ], notice.subject) == 0
    if (
        not said_so
        and notice.report_type != "disposition-notification"
        and not notice.disposition.pairs
    ):
        return None
    return Bounce(
        kind=BounceKind.REPORT,
        diagnostic=one_line(notice.disposition.get("disposition")),
        recipients=addresses(notice.disposition.get("final-recipient")),
    )


def _of_blocks(notice: Notice, fields: Iterable[Fields]) -> Bounce | None:
    blocks = [(kind, block) for block in fields if (kind := _kind(block))]
    for kind in (BounceKind.FAILURE, BounceKind.DELAY, BounceKind.DELIVERED):
        chosen = [block for block_kind, block in blocks if block_kind is kind]
        if chosen:
            # Words outside the fields belong to nobody in particular, if there are several.
            told, rest = (notice.told, notice.text) if len(blocks) == 1 else ([], "")
            return bounce_of(kind, [_finding(block, told, rest) for block in chosen])
    return None


def _kind(block: Fields) -> BounceKind | None:
    action = block.get("action").lower().replace("(", " ").split()
    if action:
        return ACTIONS.get(action[0].strip(".;,"))
    status = block.get("status")[:1]
    if "final-recipient" in block and status == "5":
        return BounceKind.FAILURE
    return None


def _finding(block: Fields, told: list[Answer], rest: str) -> Finding:
    diagnostic = block.get("diagnostic-code")
    kind, _, said = diagnostic.partition(";")
    words = said.strip() if kind.strip().lower() in ("smtp", "lmtp") else diagnostic
    own = Answer(entry=words, lines=words, words=words)
    named = addresses(block.get("final-recipient")) or addresses(block.get("original-recipient"))
    return judge(
        block.get("status"),
        [own, *told] if words else told,
        rest=rest,
        recipients=named or addresses(block.get("x-actual-recipient")),
    )
