"""The text of a short message: who did what to which record, cut to one SMS, and nothing else."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from crm_notify.channels.opening import opening_link
from crm_notify.channels.wording import language_of, link
from crm_notify.conf import Settings
from crm_notify.models import Notification
from crm_notify.rules.text import printable

#: Characters of one SMS (3GPP TS 23.040); with letters that its alphabet lacks it is sent as two.
LONGEST = 160
#: A longer link would leave no room for what it is about.
LONGEST_LINK = 100
#: Three dots: the one sign for them is not in the alphabet of SMS (3GPP TS 23.038).
CUT = "..."


def write(notification: Notification, *, conf: Settings) -> str:
    """Return the text in the recipient's language, on one line, of at most LONGEST characters.

    What people wrote of the matter stays in the CRM: a phone shows its messages while locked.
    """
    with translation.override(language_of(notification, conf)):
        # Ours tells that it was opened; the record's own is often shorter.
        links = (opening_link(notification, conf), link(conf.BASE_URL, notification.activity.url))
        address = next((one for one in links if len(one) <= LONGEST_LINK), "")
        text = _fitted(notification, address, conf)
        if len(text) > LONGEST:
            # Half a link is none.
            text = _fitted(notification, "", conf)
    return text[:LONGEST]


def _fitted(notification: Notification, address: str, conf: Settings) -> str:
    """The text with its parts cut as far as they must be, the record's label first."""
    activity = notification.activity
    parts = {
        "label": printable(activity.target_label, LONGEST),
        "verb": printable(activity.verb, LONGEST),
        "actor": printable(activity.actor_name, LONGEST),
    }
    text = _rendered(parts, address, conf)
    for name, part in list(parts.items()):
        over = len(text) - LONGEST
        if over > 0:
            parts[name] = _shorter(part, by=over)
            text = _rendered(parts, address, conf)
    return text


def _rendered(parts: dict[str, str], address: str, conf: Settings) -> str:
    context = {**parts, "link": address, "product": conf.PRODUCT_NAME}
    return printable(render_to_string("crm_notify/sms/text.txt", context), 10 * LONGEST)


def _shorter(text: str, *, by: int) -> str:
    if len(text) <= len(CUT):
        return ""
    return text[: max(len(text) - by - len(CUT), 0)].rstrip() + CUT
