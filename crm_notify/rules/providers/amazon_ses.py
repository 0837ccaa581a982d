"""Amazon SES's events and notifications.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import as_text, at, is_true_at, items_at, text_at
from crm_notify.rules.providers.verdict import Verdict, failure_code, reading

_SUPPRESSED = Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS)

#: By bounceType and bounceSubType; Resend, which sends through SES, uses the same words.
#: "Transient" means that SES has given up, except for "General", which an out-of-office looks
#: like, and which then comes beside a delivery.
BOUNCES: Mapping[tuple[str, str], Verdict] = {
    ("Permanent", "General"): Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS),
    ("Permanent", "NoEmail"): Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS),
    # Nothing was sent: SES, or the account, or the tenant remembers an earlier bounce. Earlier
    # complaints come as a Complaint of the subtype OnAccountSuppressionList.
    ("Permanent", "Suppressed"): _SUPPRESSED,
    ("Permanent", "OnAccountSuppressionList"): _SUPPRESSED,
    ("Permanent", "OnTenantSuppressionList"): _SUPPRESSED,
    ("Permanent", "EmailValidationSuppressed"): _SUPPRESSED,
    ("Permanent", "UnsubscribedRecipient"): Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    ("Transient", "General"): Verdict(kind=Kind.UNCLEAR),
    ("Transient", "MailboxFull"): Verdict(kind=Kind.EXPIRED, blame=Blame.MAILBOX),
    ("Transient", "MessageTooLarge"): Verdict(kind=Kind.EXPIRED, blame=Blame.CONTENT),
    ("Transient", "ContentRejected"): Verdict(kind=Kind.EXPIRED, blame=Blame.CONTENT),
    ("Transient", "AttachmentRejected"): Verdict(kind=Kind.EXPIRED, blame=Blame.CONTENT),
    ("Transient", "CustomTimeoutExceeded"): Verdict(kind=Kind.EXPIRED, blame=Blame.SERVER),
}

EVENTS: Mapping[str, Verdict] = {
    "Send": plain.SENT,
    "Delivery": plain.DELIVERED,
    "Open": plain.OPENED,
    "Click": plain.CLICKED,
    # "Bad content", the only documented reason, is a virus.
    "Reject": Verdict(kind=Kind.REJECTED, otherwise=Blame.CONTENT),
    "Rendering Failure": Verdict(kind=Kind.REJECTED, blame=Blame.CONTENT),
}

#: delayType of DeliveryDelay, which Anymail calls "unknown"; the others are of a server's making.
DELAYS: Mapping[str, Blame] = {
    "MailboxFull": Blame.MAILBOX,
    "SpamDetected": Blame.POLICY,
    "IPFailure": Blame.POLICY,
}

#: Reports that no recipient made (RFC 5965 section 7.3); the first praises the mail.
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus"})


def bounce(bounce_type: str, subtype: str, sources: tuple[str, ...]) -> Verdict:
    """Return what a bounce of SES means; ``sources`` are the codes and answers beside it."""
    known = BOUNCES.get((bounce_type, subtype))
    if known is None:
        return plain.EXPIRED if bounce_type == "Transient" else plain.BOUNCED
    code = failure_code(sources)
    if known.kind is Kind.UNCLEAR and code:
        return plain.BOUNCED if code.startswith("5") else plain.EXPIRED
    return known


def read(reported: Reported) -> Reading:
    raw = reported.raw
    name = text_at(raw, "eventType") or text_at(raw, "notificationType")
    if name == "Bounce":
        return _bounce(reported)
    if name == "Complaint":
        return _complaint(reported)
    if name == "DeliveryDelay":
        return _delay(raw)
    if name == "Subscription":
        left = is_true_at(raw, "subscription", "newTopicPreferences", "unsubscribeAll")
        return reading(plain.UNSUBSCRIBED if left else plain.OTHER, raw_kind=name)
    if name not in EVENTS:
        return anymail_words.read(reported, raw_kind=name)
    said = reported.mta_response or reported.description or ""
    return reading(EVENTS[name], raw_kind=name, said=(said,))


def _bounce(reported: Reported) -> Reading:
    raw = reported.raw
    answer = reported.mta_response or ""
    kind, subtype = text_at(raw, "bounce", "bounceType"), text_at(raw, "bounce", "bounceSubType")
    status = text_at(_the_one(items_at(raw, "bounce", "bouncedRecipients"), answer), "status")
    return reading(
        bounce(kind, subtype, (status, answer)),
        raw_kind="/".join(part for part in ("Bounce", kind, subtype) if part),
        codes=(status,),
        said=(answer,),
        shown=(reported.description or "",),
        own_id=text_at(raw, "bounce", "feedbackId"),
    )


def _complaint(reported: Reported) -> Reading:
    complaint = at(reported.raw, "complaint")
    subtype = text_at(complaint, "complaintSubType")
    feedback = text_at(complaint, "complaintFeedbackType")
    verdict = plain.COMPLAINED
    if subtype == "OnAccountSuppressionList":
        # Accepted and thrown away, because of an earlier complaint: no delivery at all.
        verdict = Verdict(kind=Kind.REJECTED, blame=Blame.POLICY)
    elif feedback in NO_COMPLAINTS:
        verdict = plain.OTHER
    return reading(
        verdict,
        raw_kind="/".join(part for part in ("Complaint", subtype or feedback) if part),
        shown=(subtype or feedback,),
        own_id=text_at(complaint, "feedbackId"),
    )


def _delay(raw: Mapping[str, object]) -> Reading:
    delay = at(raw, "deliveryDelay")
    kind = text_at(delay, "delayType")
    recipient = _the_one(items_at(delay, "delayedRecipients"), "")
    return reading(
        Verdict(kind=Kind.DEFERRED, blame=DELAYS.get(kind, Blame.SERVER)),
        raw_kind=f"DeliveryDelay/{kind}" if kind else "DeliveryDelay",
        codes=(text_at(recipient, "status"),),
        said=(text_at(recipient, "diagnosticCode"),),
        shown=(kind,),
    )


def _the_one(recipients: list[object], answer: str) -> object:
    """One event may name many recipients; Anymail's event is about the one with its answer."""
    for recipient in recipients:
        if as_text(at(recipient, "diagnosticCode")) == answer:
            return recipient
    return recipients[0] if recipients else None
