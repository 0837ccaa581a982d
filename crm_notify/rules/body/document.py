"""The document in a body, decoded as the provider's view in Anymail would decode it."""

from __future__ import annotations

import json
from typing import Any, Final

from crm_notify.rules.body import form

#: Brevo's former name, under which Anymail still receives.
ALIASES: Final = {"sendinblue": "brevo"}

#: What ``dig`` finds where there is nothing: JSON's null is something.
MISSING: Final = object()


def canonical(provider: str) -> str:
    """The name under which our tables know a provider."""
    return ALIASES.get(provider, provider)


def is_form(provider: str, via: str, content_type: str) -> bool:
    """Whether Anymail's view reads this body as a form; all others read it as JSON."""
    if provider == "mailgun":
        # Its events come as JSON; its mails, and its events before 2018, as forms.
        return form.media_type(content_type) != "application/json"
    return provider == "mandrill" or (provider == "sendgrid" and via == "inbound")


def document(provider: str, via: str, content_type: str, body: bytes) -> Any:
    """Return the decoded JSON, or a form as a dict of bytes; raise ValueError where it is neither.

    Mandrill puts JSON into a field of a form; the result is that JSON.
    """
    if not is_form(provider, via, content_type):
        return decode(body)
    values = form.values(content_type, body)
    if provider != "mandrill":
        return values
    if values and "mandrill_events" not in values:
        raise ValueError("The form has no field mandrill_events.")
    events = values.get("mandrill_events", b"")
    return decode(events) if events.strip() else None


def decode(source: bytes | str) -> Any:
    """Return what a JSON text says; raise ValueError for whatever cannot be decoded."""
    try:
        return json.loads(source)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error


def encode(value: Any) -> bytes:
    """Return a decoded value as JSON, in ASCII, so that any string in it survives."""
    return json.dumps(value).encode("ascii")


def dig(value: Any, *path: str) -> Any:
    """Return what stands at the end of a path of keys, or MISSING."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    return value


def text(value: Any) -> str:
    """A string as it is, bytes as UTF-8, and an empty string for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def items(value: Any) -> list[Any]:
    """A list as it is, anything else as the only item of one."""
    return value if isinstance(value, list) else [value]


def sns_message(value: Any) -> Any:
    """Return what an Amazon SNS notification carries, decoded where it is JSON.

    SNS wraps it as a string: docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
    """
    message = dig(value, "Message")
    if not isinstance(message, str):
        return message
    try:
        return decode(message)
    except ValueError:
        return message
