"""Reads a stored request as Anymail's view would, and loses no event for the sake of another."""

from __future__ import annotations

from dataclasses import replace

from crm_notify.channels.http import NoAnswer
from crm_notify.channels.mail import MAIL, parse_mail
from crm_notify.channels.webhooks.heard import heard_from
from crm_notify.channels.webhooks.inbound import mails_of
from crm_notify.channels.webhooks.request import content_type_of, request_of
from crm_notify.channels.webhooks.signals import SIGNAL, parse_signal
from crm_notify.channels.webhooks.views import view_of
from crm_notify.exceptions import CrmNotifyError
from crm_notify.rules.body import carries_mail, split
from crm_notify.rules.body.document import canonical, document
from crm_notify.rules.body.sns import request_to_admins
from crm_notify.rules.news import Heard, Parsed, Posted, Unreadable
from crm_notify.rules.text import printable

_MAX_ERROR = 1000

#: What came another way than by a provider's post, by via.
_KEPT_BY_US = {SIGNAL: parse_signal, MAIL: parse_mail}


def parse(posted: Posted) -> Parsed:
    """Return what a stored request holds; never raises for what is in its body.

    A batch is read as a whole; only where that fails is each event read alone, so that the others
    go on without the one that is broken.

    Raises SettingsError and MissingExtra where the host lacks what the view needs, and NoAnswer
    where a provider's API had to be asked for the mail (Brevo, Mailtrap, Resend) and did not give
    it. AWS is never asked. May take seconds then: keep it out of transactions.
    """
    if posted.via in _KEPT_BY_US:
        return _read(posted)
    # What the host lacks is told apart from what the body lacks.
    view_of(posted.provider, posted.via)
    whole = _read(posted)
    if not whole.unreadable:
        return whole
    parts = split(posted.provider, posted.via, content_type_of(posted), posted.body)
    if parts == [posted.body]:
        return whole
    read = [_read(replace(posted, body=part)) for part in parts]
    return Parsed(
        heard=tuple(heard for part in read for heard in part.heard),
        mails=tuple(mail for part in read for mail in part.mails),
        unreadable=tuple(unreadable for part in read for unreadable in part.unreadable),
    )


def _read(posted: Posted) -> Parsed:
    """Return all of it, or nothing but the reason why not."""
    try:
        if posted.via in _KEPT_BY_US:
            return _KEPT_BY_US[posted.via](posted)
        if carries_mail(posted.provider, posted.via, content_type_of(posted), posted.body):
            view = view_of(posted.provider, posted.via)
            return Parsed(mails=mails_of(view, posted))
        return Parsed(heard=_events(posted))
    except NoAnswer:
        raise
    except Exception as error:  # noqa: BLE001 - whatever hostile bytes do to a view, the rest goes on
        return Parsed(unreadable=(Unreadable(body=posted.body, error=_reason(error)),))


def _events(posted: Posted) -> tuple[Heard, ...]:
    provider = canonical(posted.provider)
    view = view_of(provider, posted.via)
    events = view.parse_events(request_of(posted))
    if provider == "amazon_ses" and not events:
        asked = request_to_admins(document(provider, posted.via, "", posted.body))
        return (Heard(reading=asked),) if asked else ()
    return tuple(heard_from(provider, event) for event in events)


def _reason(error: Exception) -> str:
    """The error in words; an own one needs no name before it."""
    # Some of Anymail's errors show the whole body.
    said = str(error)[: 2 * _MAX_ERROR]
    name = "" if isinstance(error, CrmNotifyError | ValueError) else f"{type(error).__name__}: "
    return printable(f"{name}{said}", _MAX_ERROR)
