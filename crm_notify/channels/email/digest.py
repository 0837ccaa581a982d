"""Write the admins' digest: what nobody acted on in time, and the incidents that stand open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from crm_notify.channels.email.address import deliverable, mailbox
from crm_notify.channels.email.carry import carry
from crm_notify.channels.email.letter import LONGEST_SUBJECT, refuse_what_cannot_be_sent
from crm_notify.channels.email.message import Letter
from crm_notify.channels.signing import sign
from crm_notify.channels.wording import ascii_domain, page_in_mail, site_language
from crm_notify.conf import Settings
from crm_notify.models import Alert, Incident
from crm_notify.rules.providers import Provider
from crm_notify.rules.text import one_line
from crm_notify.rules.token import Purpose


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What the admins are told; ``number`` names it, ``alerts`` are the first of ``count``."""

    number: int
    alerts: Sequence[Alert]
    count: int
    incidents: Sequence[Incident]


def write_digest(digest: Digest, *, to: str, conf: Settings, provider: Provider) -> Letter:
    """Return the mail to one of the admins, in the site's language.

    Its token is good for nothing but to say that it is about a digest. Raises RefusedInput where
    an address cannot be used, that of our own sender included.
    """
    domain = ascii_domain(conf.RETURN_PATH_DOMAIN)
    with translation.override(site_language()):
        context = {
            "product": conf.PRODUCT_NAME,
            "count": digest.count,
            "more": digest.count - len(digest.alerts),
            "alerts": [
                (alert, _page("notification_change", conf, alert.notification_id))
                for alert in digest.alerts
            ],
            "incidents": [
                (incident, _page("incident_change", conf, incident.pk))
                for incident in digest.incidents
            ],
            "link": _page("alert_changelist", conf),
        }
        subject = render_to_string("crm_notify/email/digest_subject.txt", context)
        text = render_to_string("crm_notify/email/digest_body.txt", context)
        html = render_to_string("crm_notify/email/digest_body.html", context)
    name = sign(digest.number, Purpose.DIGEST, conf)
    letter = Letter(
        subject=one_line(subject, LONGEST_SUBJECT),
        body=text,
        from_email=mailbox(conf.PRODUCT_NAME, deliverable(conf.SENDER)),
        to=[deliverable(to)],
        headers={
            "Message-ID": f"<{name}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "AutoReply, RN, NRN",
        },
    )
    letter.attach_alternative(html, "text/html")
    carry(letter, token=name, envelope_sender=f"{name}@{domain}", by=provider)
    refuse_what_cannot_be_sent(letter, html)
    return letter


def _page(name: str, conf: Settings, *args: int) -> str:
    """A page of the admin, or an empty string where the admin is not installed."""
    return page_in_mail(conf, f"admin:crm_notify_{name}", *args)
