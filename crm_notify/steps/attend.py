"""Attend to what Amazon SNS asks about a topic: let it post here, or tell that it does no more."""

from __future__ import annotations

import logging

from crm_notify.channels.webhooks import sns
from crm_notify.models import Incident, Receipt
from crm_notify.rules.text import printable
from crm_notify.steps.incident import close_incident, note_incident

logger = logging.getLogger(__name__)

#: What is shown of a topic, and what an incident is known by.
_TOPIC = 200


def attend(receipt: Receipt) -> None:
    """Confirm a subscription, or open an incident where one has ended or cannot be confirmed.

    To be called when a receipt is read for the first time, with no transaction open, for SNS is
    asked; a replay must not come here. Only a message that SNS signed when it came is attended to.
    Raises NoAnswer where SNS cannot be reached now.
    """
    if receipt.provider != "amazon_ses" or receipt.verdict != Receipt.Verdict.VALID:
        return
    asked = sns.asked(receipt.posted())
    if asked is None:
        return
    topic = printable(asked.topic, _TOPIC)
    if asked.ended:
        said = "SNS posts this topic here no more. If nobody wanted that, subscribe it again."
        note_incident(Incident.Kind.SILENT, subject=topic, sample=said)
        return
    try:
        sns.confirm(asked)
    except sns.NotConfirmed as error:
        note_incident(Incident.Kind.SILENT, subject=topic, sample=f"Not subscribed: {error}")
    else:
        logger.info("crm_notify confirmed the subscription of %s", topic)
        close_incident(Incident.Kind.SILENT, subject=topic)
