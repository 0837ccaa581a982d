"""What SNS signs is written as AWS documents it, and only its own URLs are its own."""

from __future__ import annotations

from typing import Any

import pytest

from crm_notify.rules.sns import leads_to_confirmation, signed_text, signers

NOTIFICATION: dict[str, Any] = {
    "Type": "Notification",
    "MessageId": "id-1",
    "TopicArn": "arn:aws:sns:us-east-2:123456789012:MyTopic",
    "Subject": "My subject",
    "Message": "Test\nmessage",
    "Timestamp": "2019-01-31T04:37:04.321Z",
    "SignatureVersion": "1",
    "Signature": "EXAMPLE",
    "SigningCertURL": "https://sns.us-east-2.amazonaws.com/x.pem",
    "UnsubscribeURL": "https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe",
}
CONFIRMATION: dict[str, Any] = {
    **NOTIFICATION,
    "Type": "SubscriptionConfirmation",
    "Token": "token-1",
    "SubscribeURL": "https://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription",
}


def test_a_notification_is_signed_by_its_fields_in_their_order() -> None:
    assert signed_text(NOTIFICATION) == (
        b"Message\nTest\nmessage\nMessageId\nid-1\nSubject\nMy subject\n"
        b"Timestamp\n2019-01-31T04:37:04.321Z\n"
        b"TopicArn\narn:aws:sns:us-east-2:123456789012:MyTopic\nType\nNotification\n"
    )
    without = {name: value for name, value in NOTIFICATION.items() if name != "Subject"}
    assert b"Subject" not in signed_text(without)


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_a_confirmation_is_signed_with_its_link_and_token(kind: str) -> None:
    assert signed_text({**CONFIRMATION, "Type": kind}) == (
        b"Message\nTest\nmessage\nMessageId\nid-1\n"
        b"SubscribeURL\nhttps://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription\n"
        b"Timestamp\n2019-01-31T04:37:04.321Z\nToken\ntoken-1\n"
        b"TopicArn\narn:aws:sns:us-east-2:123456789012:MyTopic\nType\n" + kind.encode() + b"\n"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"Type": "Other"},
        {"Type": ["Notification"]},
        {"Type": None},
        {"Message": None},
        {"Message": {"a": 1}},
        {"Message": "\ud800"},
        {"MessageId": 5},
        {"Subject": 5},
        # One text signed could else be cut into another topic and time.
        {"MessageId": "x\nTimestamp\nother"},
        {"TopicArn": "arn\nType\nNotification"},
    ],
)
def test_what_can_be_no_message_has_no_signed_text(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="SNS"):
        signed_text({**NOTIFICATION, **changes})


def test_a_certificate_is_issued_to_sns_in_the_region_that_serves_it() -> None:
    found = signers("https://sns.eu-south-2.amazonaws.com/SimpleNotificationService-0a.pem")
    assert sorted(found or ()) == [
        "sns-eu-south-2.amazonaws.com",
        "sns-signing.eu-south-2.amazonaws.com",
        "sns.amazonaws.com",
        "sns.eu-south-2.amazonaws.com",
    ]
    assert signers("https://sns.us-east-1.amazonaws.com/") is None


TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses"
GOOD = (
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    "&TopicArn=arn:aws:sns:eu-west-1:123456789012:ses&Token=t1"
)


def test_a_confirmation_is_opened_at_sns_only_and_does_nothing_else() -> None:
    assert leads_to_confirmation(GOOD, topic=TOPIC, token="t1")
    assert leads_to_confirmation(GOOD.replace(":", "%3A").replace("%3A", ":", 1), **_ours)


_ours = {"topic": TOPIC, "token": "t1"}


@pytest.mark.parametrize(
    "url",
    [
        GOOD.replace("https", "http"),
        GOOD.replace("amazonaws.com", "amazonaws.com.evil.example"),
        GOOD.replace("sns.eu-west-1", "evil"),
        GOOD.replace("sns.eu-west-1", "sns.us-east-1", 1),
        GOOD.replace("https://", "https://user@"),
        GOOD.replace(".com/", ".com:8443/"),
        GOOD.replace("ConfirmSubscription", "Unsubscribe"),
        GOOD.replace("ses", "another"),
        GOOD.replace("t1", "t2"),
        GOOD + "&Action=DeleteTopic",
        GOOD + "#x",
        GOOD + "\n",
        GOOD.replace("/?", "/path?"),
        GOOD.replace("&Token=t1", ""),
        "",
    ],
)
def test_another_link_is_not_opened(url: str) -> None:
    assert not leads_to_confirmation(url, **_ours)


def test_a_topic_that_is_none_confirms_nothing() -> None:
    assert not leads_to_confirmation(GOOD, topic="", token="t1")
