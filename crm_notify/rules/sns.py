"""What Amazon SNS signs, where it keeps its certificates, and to whom they are issued."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

NOTIFICATION: Final = "Notification"
SUBSCRIPTION: Final = "SubscriptionConfirmation"
UNSUBSCRIBED: Final = "UnsubscribeConfirmation"

#: Exactly the public hosts of SNS, with their region; never a user, a port or a trailing dot.
_HOST = r"https://sns\.(?P<region>[a-z]{2}(?:-[a-z]{2,12}){1,2}-[0-9]{1,2})\.(?P<suffix>amazonaws\.com(?:\.cn)?)"
_CERTIFICATE = re.compile(_HOST + r"/[A-Za-z0-9_-]{1,100}\.pem")
_CONFIRM = re.compile(_HOST + r"/\?[!$-~]{1,1500}")

_OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_OF_CONFIRMATION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
_SIGNED = {
    NOTIFICATION: _OF_NOTIFICATION,
    SUBSCRIPTION: _OF_CONFIRMATION,
    UNSUBSCRIBED: _OF_CONFIRMATION,
}


def signed_text(message: Mapping[str, Any]) -> bytes:
    """Return the text that SNS signs of a message; raise ValueError where it can be no message.

    Names and values, each on a line, in the order of their names; Subject only where there is one:
    docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
    """
    kind = message.get("Type")
    if not isinstance(kind, str) or kind not in _SIGNED:
        raise ValueError("SNS sends no message of this type.")
    lines = []
    for name in _SIGNED[kind]:
        value = message.get(name)
        if name == "Subject" and value is None:
            continue
        if not isinstance(value, str):
            raise ValueError(f"A message of SNS has a text as {name}.")
        if name != "Message" and "\n" in value:
            # Else one signed text could be cut into other names and values.
            raise ValueError(f"A message of SNS has no line break in {name}.")
        lines += [name, value]
    try:
        return "".join(f"{line}\n" for line in lines).encode()
    except UnicodeEncodeError as error:
        raise ValueError("A message of SNS holds no half characters.") from error


def signers(url: str) -> frozenset[str] | None:
    """Return to whom the certificate at ``url`` may be issued, or None where SNS keeps none there.

    The names differ by region: sns.amazonaws.com in most, sns-signing.<region> in those that must
    be enabled, and older ones in China and GovCloud. AWS writes them down nowhere but in
    SnsHostProvider of its SDK for Java 2.
    """
    found = _CERTIFICATE.fullmatch(url)
    if found is None:
        return None
    region, suffix = found["region"], found["suffix"]
    names = {
        f"sns.{suffix}",
        f"sns.{region}.{suffix}",
        f"sns-signing.{region}.{suffix}",
        f"sns-{region}.{suffix}",
    }
    if region.startswith("us-gov-"):
        # The one of the western region signs for both.
        names.add("sns-us-gov-west-1.amazonaws.com")
    return frozenset(names)


def leads_to_confirmation(url: str, *, topic: str, token: str) -> bool:
    """Whether opening ``url`` confirms a subscription to this topic at SNS, and does nothing else.

    docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
    """
    found = _CONFIRM.fullmatch(url)
    if found is None or topic.split(":")[3:4] != [found["region"]]:
        return False
    asked = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    wanted = {"Action": "ConfirmSubscription", "TopicArn": topic, "Token": token}
    return len(asked) == len(wanted) and dict(asked) == wanted
