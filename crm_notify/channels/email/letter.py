"""Write the mail about one attempt: rendered when it is sent, in the recipient's language."""

from __future__ import annotations

import hashlib
from urllib.parse import urljoin

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from crm_notify.conf import Settings
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Activity, Attempt, Notification
from crm_notify.rules import token
from crm_notify.rules.providers import Provider, carriers
from crm_notify.rules.sender import visible
from crm_notify.rules.text import has_control, one_line
from crm_notify.rules.token import Purpose

METADATA_KEY = "crm_notify"
TOKEN_HEADER = "X-CRM-Notification"  # noqa: S105


def write(attempt: Attempt, *, conf: Settings, provider: Provider) -> EmailMultiAlternatives:
    """Return the message about this attempt, to exactly one address.

    Raises RefusedInput where an address cannot be used or a header would hold a control character.
    """
    notification = attempt.notification
    activity = notification.activity
    _check_address(attempt.address)
    name = sign(attempt.pk, Purpose.NOTIFICATION, conf)
    sender = visible(
        actor_name=activity.actor_name,
        actor_address=_usable(activity.actor_address),
        own=conf.SENDER,
        domains=conf.SENDER_DOMAINS,
        product=conf.PRODUCT_NAME,
    )
    with translation.override(language_of(notification, conf)):
        context = {
            "activity": activity,
            "notification": notification,
            "product": conf.PRODUCT_NAME,
            "link": urljoin(conf.BASE_URL, activity.url) if activity.url else "",
            "unsubscribe": unsubscribe_url(attempt, conf),
        }
        subject = render_to_string("crm_notify/email/subject.txt", context)
        text = render_to_string("crm_notify/email/body.txt", context)
        html = render_to_string("crm_notify/email/body.html", context)
    message = EmailMultiAlternatives(
        subject=one_line(subject, 200),
        body=text,
        from_email=_mailbox(sender.name, sender.address),
        to=[_mailbox(notification.recipient_name, attempt.address)],
        reply_to=[_mailbox(activity.actor_name, sender.reply_to)] if sender.reply_to else None,
        headers=_headers(attempt, name=name, unsubscribe=context["unsubscribe"], conf=conf),
    )
    message.attach_alternative(html, "text/html")
    _carry(message, name=name, envelope_sender=f"{name}@{conf.RETURN_PATH_DOMAIN}", by=provider)
    _refuse_control(message)
    return message


def sign(id: int, purpose: Purpose, conf: Settings) -> str:
    """A token of this installation."""
    return token.make(
        id=id,
        purpose=purpose,
        key=conf.signing_key,
        keys=conf.RETURN_PATH_KEYS,
        installation=conf.INSTALLATION,
    )


def language_of(notification: Notification, conf: Settings) -> str:
    """The recipient's language: the host's word, else the language of the site."""
    ask = conf.function("LANGUAGE")
    if ask is not None and notification.recipient is not None:
        return str(ask(notification.recipient))
    return translation.get_language() or "en"


def unsubscribe_url(attempt: Attempt, conf: Settings) -> str:
    """Where one POST opts the recipient out (RFC 8058), or an empty string without BASE_URL."""
    if not conf.BASE_URL:
        return ""
    name = sign(attempt.pk, Purpose.UNSUBSCRIBE, conf)
    try:
        return urljoin(conf.BASE_URL, reverse("crm_notify:unsubscribe", args=[name]))
    except NoReverseMatch:
        return ""


def _headers(attempt: Attempt, *, name: str, unsubscribe: str, conf: Settings) -> dict[str, str]:
    domain = conf.RETURN_PATH_DOMAIN
    thread = f"<{_thread(attempt.notification.activity, conf)}@{domain}>"
    message_name = sign(attempt.notification_id, Purpose.MESSAGE, conf)
    headers = {
        # It names the notification, so a mail that had to be repeated shows once in most programs.
        "Message-ID": f"<{message_name}@{domain}>",
        "In-Reply-To": thread,
        "References": thread,
        "Auto-Submitted": "auto-generated",
        # Never "All" and never NDR: those suppress the bounces that we live on. Not OOF either:
        # that the recipient is away is news.
        "X-Auto-Response-Suppress": "AutoReply, RN, NRN",
        TOKEN_HEADER: name,
    }
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _thread(activity: Activity, conf: Settings) -> str:
    """One stable synthetic root for each record, so that mail programs thread its mails."""
    named = f"{conf.INSTALLATION}\0{activity.target_type_id}\0{activity.target_id}"
    return "record-" + hashlib.sha256(named.encode()).hexdigest()[:32]


def _carry(message: EmailMultiAlternatives, *, name: str, envelope_sender: str, by: Provider) -> None:
    """Give the token to every carrier that this provider has."""
    carried = carriers(by)
    if carried.metadata:
        message.metadata = {METADATA_KEY: name}  # type: ignore[attr-defined]
    if carried.tag:
        message.tags = [name]  # type: ignore[attr-defined]
    if carried.envelope and by.anymail:
        message.envelope_sender = envelope_sender  # type: ignore[attr-defined]
    elif carried.envelope:
        # A back end of Django's takes from_email as MAIL FROM, and the visible From as a header.
        message.extra_headers["From"] = message.from_email
        message.from_email = envelope_sender
    if not carried.header:
        # Where a custom header makes the call fail, the mail goes without.
        message.extra_headers.clear()


def _mailbox(name: str, address: str) -> str:
    """An RFC 5322 mailbox with its name as it is: Django and Anymail encode it, each in its way."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if name else address


def _usable(address: str) -> str:
    """An actor's broken address must not keep his news from others."""
    try:
        _check_address(address)
    except RefusedInput:
        return ""
    return address


def _check_address(address: str) -> None:
    """Take exactly one address: Anymail would read a line break or a comma as another one."""
    if not address:
        raise RefusedInput("There is no address on file.")
    try:
        validate_email(address)
    except ValidationError as error:
        raise RefusedInput(f"{one_line(address, 100)!r} is not an address.") from error


def _refuse_control(message: EmailMultiAlternatives) -> None:
    """Anymail's HTTP back ends skip Django's own check against header injection."""
    places = [message.subject, message.from_email, *message.to, *message.reply_to]
    places += [part for pair in message.extra_headers.items() for part in pair]
    if any(has_control(place) for place in places):
        raise RefusedInput("A header of the mail would hold a control character.")
