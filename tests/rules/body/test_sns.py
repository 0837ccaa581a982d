"""What Amazon SNS asks of the admins can be read, and never sends them to a foreign page."""

from __future__ import annotations

from crm_notify.rules.body.sns import request_to_admins
from crm_notify.rules.evidence import Kind

TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses"
URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=123"


def test_a_subscription_waits_for_somebody_to_allow_it() -> None:
    message = {"Type": "SubscriptionConfirmation", "TopicArn": TOPIC, "SubscribeURL": URL}
    reading = request_to_admins({**message, "MessageId": "m1"})
    assert reading is not None
    assert reading.kind == Kind.OTHER
    assert reading.raw_kind == "SubscriptionConfirmation"
    assert reading.own_id == "m1"
    assert reading.text == (
        f"Amazon SNS asks whether the topic {TOPIC} may post here. "
        f"It was answered yes where SNS had signed it; to allow it by hand, open {URL}"
    )


def test_an_ended_subscription_is_told_too() -> None:
    message = {"Type": "UnsubscribeConfirmation", "TopicArn": TOPIC, "SubscribeURL": URL}
    reading = request_to_admins(message)
    assert reading is not None
    assert "has stopped posting" in reading.text
    assert URL in reading.text


def test_a_link_that_is_not_amazons_is_not_shown() -> None:
    for url in [
        "https://sns.eu-west-1.amazonaws.com.evil.example/?x",
        "http://sns.eu-west-1.amazonaws.com/?x",
        "https://evil.example/https://sns.eu-west-1.amazonaws.com/",
        URL + "\n",
        None,
    ]:
        reading = request_to_admins(
            {"Type": "SubscriptionConfirmation", "TopicArn": TOPIC, "SubscribeURL": url}
        )
        assert reading is not None
        assert reading.text.endswith("do not open it.")


def test_a_notification_asks_nothing() -> None:
    for message in [{"Type": "Notification"}, {"Type": ["x"]}, {}, [], None]:
        assert request_to_admins(message) is None
