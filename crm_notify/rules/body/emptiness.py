"""Whether a body says anything at all: pings are welcome, an emptied post must come again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from crm_notify.rules.body.document import (
    MISSING,
    canonical,
    dig,
    document,
    is_form,
    items,
    sns_message,
)

#: No documented ping is larger.
_PING_LIMIT = 16 * 1024

#: In every form that Mailgun posts; they sign it and say nothing.
_MAILGUN_SIGNATURE = {"token", "timestamp", "signature"}

#: In these words SNS tells that it may publish events of SES; nothing follows from it.
_SNS_VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."


#: Posts that only ask whether somebody is there. Others (Brevo, Mailgun, Postmark, Resend) test
#: with a sample event, which is kept like a real one.
_PINGS: dict[str, Callable[[Any], bool]] = {
    # docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
    "amazon_ses": lambda value: dig(value, "Message") == _SNS_VALIDATED,
    # The sample of "Test your integration" comes from an inbox that nobody has; Anymail drops it.
    "mailtrap": lambda value: _all_of(dig(value, "events"), lambda e: dig(e, "inbox_id") == 1),
    # When a webhook is added and the HEAD request failed, signed with the key "test-webhook":
    # mailchimp.com/developer/transactional/docs/webhooks
    "mandrill": lambda value: value == [],
    # The test of the event webhook where no event is chosen.
    "sendgrid": lambda value: value == [],
    # When a webhook is created or changed: developers.sparkpost.com/api/webhooks
    "sparkpost": lambda value: _all_of(value, lambda e: e == {"msys": {}}),
}


def is_ping(provider: str, body: bytes) -> bool:
    """Whether this is the provider's documented test of the connection, with nothing to keep."""
    provider = canonical(provider)
    ping = _PINGS.get(provider)
    if ping is None or len(body) > _PING_LIMIT:
        return False
    try:
        return ping(document(provider, "tracking", "", body))
    except ValueError:
        return False


def is_empty(provider: str, via: str, content_type: str, body: bytes) -> bool:
    """Whether nothing is in it, though a provider would not post to say nothing.

    True only where it is certain: what cannot be read is not empty, and is kept. Linear in the
    size of the body, and never raises.
    """
    provider = canonical(provider)
    if is_ping(provider, body):
        return False
    if body.isspace() or body in {b"", b"{}", b"[]", b"null", b'""'}:
        return True
    try:
        value = document(provider, via, content_type, body)
    except ValueError:
        return False
    cores = _FORMS if is_form(provider, via, content_type) and provider != "mandrill" else _JSON
    core = cores.get((provider, via), items)
    return all(_hollow(item) for item in core(value))


def _core(value: Any, *path: str) -> Any:
    """Return what stands at the end of the path, or the first hollow thing on the way."""
    for key in path:
        if _hollow(value):
            return value
        value = dig(value, key)
    return value


def _chosen(value: Any, *keys: str) -> Any:
    """Return a dict reduced to the keys that carry a mail's content."""
    return {key: value.get(key) for key in keys} if isinstance(value, dict) else value


def _ses_tracking(value: Any) -> list[Any]:
    return [sns_message(value) if dig(value, "Type") == "Notification" else value]


def _ses_inbound(value: Any) -> list[Any]:
    (message,) = _ses_tracking(value)
    by_sns = dig(message, "receipt", "action", "type") == "SNS"
    return [dig(message, "content") if by_sns else message]


def _unisender_go(value: Any) -> list[Any]:
    users = dig(value, "events_by_user")
    if users is MISSING:
        return [value]
    return [event for user in items(users) for event in items(_core(user, "events"))]


def _mandrill(value: Any) -> list[Any]:
    inbound = ("msg", "raw_msg")
    return [_core(e, *inbound) if dig(e, "event") == "inbound" else e for e in items(value)]


def _mailgun_form(value: dict[str, bytes]) -> list[Any]:
    if "body-mime" in value:
        return [value["body-mime"]]
    return [text for name, text in value.items() if name not in _MAILGUN_SIGNATURE]


def _sendgrid_form(value: dict[str, bytes]) -> list[Any]:
    if "email" in value and "headers" not in value:
        return [value["email"]]
    return list(value.values())


#: Where in the decoded JSON the news stands. Whoever is not named posts the event itself, or a
#: list of them.
_JSON: dict[tuple[str, str], Callable[[Any], Iterable[Any]]] = {
    ("amazon_ses", "inbound"): _ses_inbound,
    ("amazon_ses", "tracking"): _ses_tracking,
    ("brevo", "inbound"): lambda value: [
        _chosen(item, "Headers", "RawTextBody", "RawHtmlBody", "Attachments")
        for item in items(_core(value, "items"))
    ],
    ("mailersend", "inbound"): lambda value: [_core(value, "data", "raw")],
    ("mailersend", "tracking"): lambda value: [_core(value, "data")],
    ("mailgun", "tracking"): lambda value: [_core(value, "event-data")],
    ("mailjet", "inbound"): lambda value: [
        _chosen(value, "Headers", "Parts", "Text-part", "Html-part")
    ],
    ("mailtrap", "inbound"): lambda value: items(_core(value, "events")),
    ("mailtrap", "tracking"): lambda value: items(_core(value, "events")),
    ("mandrill", "inbound"): _mandrill,
    ("mandrill", "tracking"): _mandrill,
    ("postal", "inbound"): lambda value: [_core(value, "message")],
    ("postal", "tracking"): lambda value: [_core(value, "payload")],
    ("postmark", "inbound"): lambda value: [
        value if dig(value, "RawEmail") is MISSING else value["RawEmail"]
    ],
    ("resend", "inbound"): lambda value: [_core(value, "data", "email_id")],
    ("resend", "tracking"): lambda value: [_core(value, "data")],
    ("sparkpost", "inbound"): lambda value: [
        _core(item, "msys", "relay_message", "content", "email_rfc822") for item in items(value)
    ],
    ("sparkpost", "tracking"): lambda value: [_core(item, "msys") for item in items(value)],
    ("unisender_go", "tracking"): _unisender_go,
}

_FORMS: dict[tuple[str, str], Callable[[Any], Iterable[Any]]] = {
    ("mailgun", "inbound"): _mailgun_form,
    ("mailgun", "tracking"): _mailgun_form,
    ("sendgrid", "inbound"): _sendgrid_form,
}


def _hollow(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_blank(part) for part in value.values())
    if isinstance(value, list):
        return all(_blank(part) for part in value)
    return _blank(value)


def _blank(value: Any) -> bool:
    if isinstance(value, (str, bytes)):
        return not value or value.isspace()
    return value is None or value == {} or value == []


def _all_of(value: Any, test: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and bool(value) and all(test(item) for item in value)
