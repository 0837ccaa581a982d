"""Messages of Amazon SNS: whether it signed them, and what it asks by them."""

from __future__ import annotations

import base64
import codecs
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest

from crm_notify.channels.http import NoAnswer
from crm_notify.channels.webhooks import certificate
from crm_notify.channels.webhooks.amazon import opened
from crm_notify.channels.webhooks.errors import BadSignature
from crm_notify.conf import get_settings
from crm_notify.exceptions import CrmNotifyError
from crm_notify.rules.body.document import decode, dig, text
from crm_notify.rules.freshness import is_too_old
from crm_notify.rules.news import Posted
from crm_notify.rules.sns import SUBSCRIPTION, UNSUBSCRIBED, leads_to_confirmation, signed_text
from crm_notify.rules.text import printable

RAW_IS_UNSIGNED = (
    "SNS delivers this topic raw, and so without a signature: switch raw message delivery off in "
    "the subscription."
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What SNS asks about a topic: to confirm that it may post here, or to know that it ended."""

    ended: bool
    topic: str
    url: str
    token: str


class NotConfirmed(CrmNotifyError):
    """SNS will not confirm this subscription, now or later; the message is fit to be shown."""


def is_raw(posted: Posted) -> bool:
    """Whether it says to be a raw delivery, which has no envelope and so no signature.

    None is accepted: whoever knows the shared secret could leave the signature out by saying that
    his message is one. Nor can Anymail read them.
    docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
    """
    headers = {name.lower(): value for name, value in posted.headers.items()}
    return headers.get("x-amz-sns-rawdelivery", "").lower() == "true"


def verify(posted: Posted, request: HttpRequest, came_at: datetime) -> None:
    """Raise BadSignature unless SNS signed this message, and not long ago.

    Raises NoAnswer where the certificate cannot be had now, so that SNS is to come again, and
    MissingExtra where ``cryptography`` is not installed.
    """
    try:
        message = _message(request)
        signed = signed_text(message)
        signature = base64.b64decode(text(dig(message, "Signature")), validate=True)
        signed_at = datetime.fromisoformat(message["Timestamp"])
        too_old = is_too_old(posted.provider, posted.via, signed_at=signed_at, now=came_at)
    except (TypeError, ValueError) as error:
        # A TypeError is a time without a zone.
        said = printable(str(error), 200)
        raise BadSignature(f"This is no message of Amazon SNS: {said}") from error
    topics = get_settings().SNS_TOPICS
    if topics and message["TopicArn"] not in topics:
        raise BadSignature(
            f"The message is of the topic {printable(message['TopicArn'], 200)}, which "
            'CRM_NOTIFY["SNS_TOPICS"] does not name.'
        )
    certificate.check(
        signed,
        signature,
        version=text(dig(message, "SignatureVersion")),
        url=text(dig(message, "SigningCertURL")),
        now=came_at,
    )
    if too_old:
        raise BadSignature(f"SNS signed this message too long ago, at {message['Timestamp']}.")


def asked(posted: Posted) -> Asked | None:
    """Return what an SNS message asks of us, or None where it is a notification like any other."""
    message = decode(posted.body)
    kind = dig(message, "Type")
    if kind not in (SUBSCRIPTION, UNSUBSCRIBED):
        return None
    return Asked(
        ended=kind == UNSUBSCRIBED,
        topic=text(dig(message, "TopicArn")),
        url=text(dig(message, "SubscribeURL")),
        token=text(dig(message, "Token")),
    )


def confirm(subscription: Asked) -> None:
    """Confirm a subscription by opening the URL that SNS gave, which needs no credentials of AWS.

    To be called once, in a worker, for a message that was verified when it came.

    Raises NotConfirmed where SNS says no, or the URL does not lead to it; NoAnswer where SNS
    cannot be reached now.
    """
    topic, url = subscription.topic, subscription.url
    if not leads_to_confirmation(url, topic=topic, token=subscription.token):
        raise NotConfirmed("The link of the message does not lead to Amazon SNS.")
    status = opened(url).status
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise NoAnswer(f"Amazon SNS was asked to confirm a subscription and answered {status}.")
    if status != HTTPStatus.OK:
        raise NotConfirmed(f"Amazon SNS was asked to confirm it and answered {status}.")


def _message(request: HttpRequest) -> dict[str, Any]:
    """The object that Anymail has read, where every reader reads the same.

    In another charset one body could be two messages: one that is signed, and one that is read.
    """
    if codecs.lookup(request.encoding or "utf-8").name != "utf-8":
        raise ValueError("SNS posts UTF-8.")
    message: dict[str, Any] = decode(request.body.decode())
    return message
