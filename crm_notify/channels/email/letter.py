"""Write the mail about one attempt: rendered when it is sent, in the recipient's language."""

from __future__ import annotations

import hashlib

from django.conf import settings as django_settings
from django.template.loader import render_to_string
from django.utils import translation

from crm_notify.channels.email.address import (
    deliverable,
    encodable,
    fit_for_header,
    mailbox,
)
from crm_notify.channels.email.carry import carry
from crm_notify.channels.email.message import Letter
from crm_notify.channels.opening import opening_link
from crm_notify.channels.signing import sign
from crm_notify.channels.wording import ascii_domain, language_of, page_in_mail
from crm_notify.conf import Settings
from crm_notify.exceptions import RefusedInput, SettingsError
from crm_notify.models import Activity, Attempt, Notification
from crm_notify.rules.providers import Provider
from crm_notify.rules.sender import Sender, visible
from crm_notify.rules.text import one_line
from crm_notify.rules.token import Purpose

LONGEST_SUBJECT = 200
_SESSIONS = "django.contrib.auth.middleware.AuthenticationMiddleware"


def write(attempt: Attempt, *, conf: Settings, provider: Provider) -> Letter:
    """Return the mail about this attempt, to exactly one address.

    Raises RefusedInput where that address cannot be used or a header would hold a control
    character, and SettingsError where our own sender cannot be used.
    """
    notification = attempt.notification
    activity = notification.activity
    to = deliverable(attempt.address)
    sender = _sender(activity, conf)
    domain = ascii_domain(conf.RETURN_PATH_DOMAIN)
    with translation.override(language_of(notification, conf)):
        unsubscribe = _unsubscribe_url(attempt, conf)
        context = {
            "activity": activity,
            "notification": notification,
            "product": conf.PRODUCT_NAME,
            "link": opening_link(notification, conf),
            "unsubscribe": unsubscribe,
            "preferences": _preferences_url(notification, conf),
        }
        subject = render_to_string("crm_notify/email/subject.txt", context)
        text = render_to_string("crm_notify/email/body.txt", context)
        html = render_to_string("crm_notify/email/body.html", context)
    letter = Letter(
        subject=one_line(subject, LONGEST_SUBJECT) or conf.PRODUCT_NAME,
        body=text,
        from_email=mailbox(sender.name, sender.address),
        to=[mailbox(notification.recipient_name, to)],
        reply_to=[mailbox(activity.actor_name, sender.reply_to)] if sender.reply_to else None,
        headers=_headers(attempt, unsubscribe=unsubscribe, domain=domain, conf=conf),
    )
    letter.attach_alternative(html, "text/html")
    name = sign(attempt.pk, Purpose.NOTIFICATION, conf)
    carry(letter, token=name, envelope_sender=f"{name}@{domain}", by=provider)
    refuse_what_cannot_be_sent(letter, html)
    return letter


def _sender(activity: Activity, conf: Settings) -> Sender:
    try:
        own = deliverable(conf.SENDER)
    except RefusedInput as error:
        raise SettingsError(f'CRM_NOTIFY["SENDER"]: {error}') from error
    try:
        actor = deliverable(activity.actor_address)
    except RefusedInput:
        # An actor's broken address must not keep his news from others.
        actor = ""
    return visible(
        actor_name=activity.actor_name,
        actor_address=actor,
        own=own,
        domains=[ascii_domain(name) for name in conf.SENDER_DOMAINS],
        product=conf.PRODUCT_NAME,
    )


def _unsubscribe_url(attempt: Attempt, conf: Settings) -> str:
    """Where one POST opts the recipient out (RFC 8058), or an empty string."""
    name = sign(attempt.pk, Purpose.UNSUBSCRIBE, conf)
    return page_in_mail(conf, "crm_notify:unsubscribe", name)


def _preferences_url(notification: Notification, conf: Settings) -> str:
    """Where a user says what he wants to hear of, or an empty string."""
    if notification.recipient_id is None:
        return ""
    # A browser that follows a link sends no token: without sessions nobody could open the page.
    if conf.AUTHENTICATE and _SESSIONS not in django_settings.MIDDLEWARE:
        return ""
    return page_in_mail(conf, "crm_notify:preferences")


def _headers(attempt: Attempt, *, unsubscribe: str, domain: str, conf: Settings) -> dict[str, str]:
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
    }
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _thread(activity: Activity, conf: Settings) -> str:
    """One stable synthetic root for each record, so that mail programs thread its mails."""
    named = f"{conf.INSTALLATION}\0{activity.target_type_id}\0{activity.target_id}"
    return "record-" + hashlib.sha256(named.encode()).hexdigest()[:32]


def refuse_what_cannot_be_sent(letter: Letter, html: str) -> None:
    """Raise RefusedInput where a header holds more than a line, or a text half a character.

    Anymail's HTTP back ends skip Django's own check against header injection.
    """
    places = [letter.subject, letter.from_email, *letter.to, *letter.reply_to]
    places += [part for pair in letter.extra_headers.items() for part in pair]
    if not all(fit_for_header(place) for place in places):
        raise RefusedInput("A header of the mail would hold a control character.")
    if not (encodable(str(letter.body)) and encodable(html)):
        raise RefusedInput("The text of the mail holds half a character.")
