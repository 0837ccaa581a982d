"""The link in a message: it lands on the record, and tells us on the way that it was opened."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from crm_notify.channels.signing import sign
from crm_notify.channels.wording import link, page, page_in_mail
from crm_notify.conf import Settings
from crm_notify.models import Notification
from crm_notify.rules.token import Purpose


def opening_link(notification: Notification, conf: Settings) -> str:
    """Where the recipient opens it, or an empty string where there is no such place.

    That is our own page, which sends him on to the record, where our URLs are mounted, he is a user
    and the record is of this site; else the record itself.
    """
    url = notification.activity.url
    plain = link(conf.BASE_URL, url)
    if notification.recipient_id is None or (url and not _is_ours(url, conf.BASE_URL)):
        return plain
    return page_in_mail(conf, "crm_notify:open", _name(notification.pk, conf)) or plain


def open_path(notification: int, conf: Settings) -> str:
    """The path that leads to the record of a notification; empty where it is not mounted."""
    return page("crm_notify:open", _name(notification, conf))


def _name(notification: int, conf: Settings) -> str:
    return sign(notification, Purpose.OPEN, conf)


def _is_ours(url: str, base: str) -> bool:
    try:
        there, here = urlsplit(urljoin(base, url)), urlsplit(base)
    except ValueError:
        return False
    return (there.scheme, there.netloc) == (here.scheme, here.netloc)
