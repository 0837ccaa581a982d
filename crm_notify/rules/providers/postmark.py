"""Postmark's events: https://postmarkapp.com/developer/webhooks/webhooks-overview."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.news import Reading, Reported
from crm_notify.rules.providers import anymail_words, plain
from crm_notify.rules.providers.raw import at, text_at
from crm_notify.rules.providers.verdict import Verdict, reading

EVENTS: Mapping[str, Verdict] = {
    "Delivery": plain.DELIVERED,
    "Open": plain.OPENED,
    "Click": plain.CLICKED,
    "SpamComplaint": plain.COMPLAINED,
}

#: ``Type`` of a bounce; https://postmarkapp.com/developer/api/bounce-api lists them.
BOUNCES: Mapping[str, Verdict] = {
    "HardBounce": Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS),
    # Mailbox full, account disabled, quota.
    "SoftBounce": Verdict(kind=Kind.EXPIRED, otherwise=Blame.MAILBOX),
    "Transient": Verdict(kind=Kind.DEFERRED, otherwise=Blame.SERVER),
    "DnsError": Verdict(kind=Kind.DEFERRED, otherwise=Blame.SERVER),
    "Unknown": plain.BOUNCED,
    # Refused by the receiving side for what it holds or for where it comes from.
    "SpamNotification": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),
    "Blocked": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),
    "VirusNotification": Verdict(kind=Kind.BOUNCED, blame=Blame.CONTENT),
    "DMARCPolicy": Verdict(kind=Kind.REJECTED, blame=Blame.SENDER),
    # Not sent at all.
    "BadEmailAddress": Verdict(kind=Kind.REJECTED, blame=Blame.ADDRESS),
    "ManuallyDeactivated": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),
    "Unconfirmed": Verdict(kind=Kind.REJECTED, blame=Blame.SENDER),
    "SMTPApiError": Verdict(kind=Kind.REJECTED, blame=Blame.SENDER),
    "TemplateRenderingFailed": Verdict(kind=Kind.REJECTED, blame=Blame.CONTENT),
    # Mails that came back but are no bounces.
    "AutoResponder": Verdict(kind=Kind.AUTO_REPLIED),
    "AddressChange": Verdict(kind=Kind.AUTO_REPLIED),
    "ChallengeVerification": Verdict(kind=Kind.UNCLEAR),
    "SpamComplaint": plain.COMPLAINED,
    "Unsubscribe": plain.UNSUBSCRIBED,
    "Subscribe": plain.OTHER,
    # Somebody tests Postmark's servers, and an error of Postmark's inbound side.
    "OpenRelayTest": plain.OTHER,
    "InboundError": plain.OTHER,
}


def read(reported: Reported) -> Reading:
    raw = reported.raw
    name, detail = text_at(raw, "RecordType"), ""
    verdict = EVENTS.get(name)
    if name == "Bounce":
        detail = text_at(raw, "Type")
        verdict = BOUNCES.get(detail, plain.BOUNCED)
    elif name == "SubscriptionChange":
        detail = text_at(raw, "SuppressionReason")
        verdict = _suppression(raw, detail)
    if verdict is None:
        return anymail_words.read(reported, raw_kind=name)
    return reading(
        verdict,
        raw_kind=f"{name}/{detail}" if detail else name,
        said=(text_at(raw, "Details"),),
        # An explanation of the type with examples, "unknown user" among them.
        shown=(text_at(raw, "Description"),),
        # Bounces and complaints only.
        own_id=text_at(raw, "ID"),
    )


def _suppression(raw: Mapping[str, object], reason: str) -> Verdict:
    """An address went on Postmark's list, or came off it; a bounce says so twice."""
    if at(raw, "SuppressSending") is False:
        return plain.OTHER
    if reason == "ManualSuppression":
        # Only the recipient's own act says that he had the mail.
        return plain.UNSUBSCRIBED if text_at(raw, "Origin") == "Recipient" else plain.OTHER
    return BOUNCES.get(reason, plain.OTHER)
