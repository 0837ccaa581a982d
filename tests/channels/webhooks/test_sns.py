"""A message of Amazon SNS counts only where SNS signed it with a certificate of its own."""

from __future__ import annotations

import base64
import socket
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from pytest_django import Settings

from crm_notify.channels.webhooks import BadSignature, signature
from crm_notify.exceptions import MissingExtra, SettingsError
from crm_notify.rules.news import Posted
from tests.support import sns
from tests.support.sns import CERTIFICATE, HOST, Sns, message, post, signed

KINDS = ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("via", ["tracking", "inbound"])
def test_what_sns_signed_is_valid(amazon: Sns, kind: str, version: str, via: str) -> None:
    assert signature(post(signed(message(kind), version=version), via=via)) == "valid"


def test_a_subject_is_signed_where_there_is_one(amazon: Sns) -> None:
    sent = signed(message(Subject="Amazon SES Email Event Notification"))
    assert signature(post(sent)) == "valid"
    with pytest.raises(BadSignature, match="has not signed"):
        signature(post({**sent, "Subject": "another"}))
    del sent["Subject"]
    with pytest.raises(BadSignature, match="has not signed"):
        signature(post(sent))
    assert signature(post({**signed(message()), "Subject": None})) == "valid"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *[("Notification", name) for name in ("Message", "MessageId", "TopicArn", "Timestamp")],
        *[("SubscriptionConfirmation", name) for name in ("SubscribeURL", "Token")],
        *[("UnsubscribeConfirmation", name) for name in ("Message", "TopicArn")],
    ],
)
def test_what_was_changed_on_the_way_is_refused(amazon: Sns, kind: str, name: str) -> None:
    sent = signed(message(kind))
    sent[name] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.124Z" if name == "Timestamp" else "other"
    with pytest.raises(BadSignature, match="has not signed"):
        signature(post(sent))


def test_one_kind_of_message_cannot_be_shown_as_another(amazon: Sns) -> None:
    sent = signed(message("UnsubscribeConfirmation"))
    with pytest.raises(BadSignature, match="has not signed"):
        signature(post({**sent, "Type": "SubscriptionConfirmation"}))


def test_the_signature_of_another_key_or_digest_or_none_is_refused(amazon: Sns) -> None:
    sent = message()
    for forged in [
        signed(sent, owner="somebody else"),
        {**signed(sent, version="2"), "SignatureVersion": "1"},
        {**signed(sent), "SignatureVersion": "3"},
        {**signed(sent), "SignatureVersion": 1},
        {**signed(sent), "Signature": ""},
        {**signed(sent), "Signature": "%%%"},
        {**signed(sent), "Signature": base64.b64encode(bytes(256)).decode()},
        {**signed(sent), "SigningCertURL": None},
        sent,
    ]:
        with pytest.raises(BadSignature):
            signature(post(forged))


def test_a_message_older_than_any_delivery_is_refused(amazon: Sns) -> None:
    now = datetime.now(UTC)
    # The longest that SNS can be told to try is an hour.
    assert signature(post(signed(message(at=now - timedelta(minutes=119))))) == "valid"
    with pytest.raises(BadSignature, match="too long ago"):
        signature(post(signed(message(at=now - timedelta(minutes=121)))))


@pytest.mark.parametrize("time", ["yesterday", "2026-01-01T00:00:00", "", "9" * 400])
def test_a_message_without_a_time_is_refused(amazon: Sns, time: str) -> None:
    with pytest.raises(BadSignature, match="no message of Amazon SNS") as caught:
        signature(post(signed(message(Timestamp=time))))
    assert len(str(caught.value)) < 300


def test_a_raw_delivery_is_refused_with_what_to_do(amazon: Sns) -> None:
    raw = Posted(
        provider="amazon_ses",
        via="tracking",
        method="POST",
        url="https://crm.example/",
        headers={**sns.headers(message()), "X-Amz-Sns-Rawdelivery": "true"},
        body=b'{"eventType": "Delivery"}',
    )
    with pytest.raises(BadSignature, match="switch raw message delivery off"):
        signature(raw)


def test_saying_that_it_is_raw_does_not_help_a_forger(amazon: Sns) -> None:
    with pytest.raises(BadSignature):
        signature(post(message(), **{"x-amz-sns-rawdelivery": "true"}))


def test_a_body_that_readers_may_read_differently_is_refused(amazon: Sns) -> None:
    sent = signed(message())
    for charset in ["latin-1", "cp1252", "ascii"]:
        with pytest.raises(BadSignature, match="UTF-8"):
            signature(post(sent, **{"Content-Type": f"text/plain; charset={charset}"}))
    for content_type in ["text/plain", "text/plain; charset=utf8", "application/json"]:
        assert signature(post(sent, **{"Content-Type": content_type})) == "valid"


@pytest.mark.parametrize("body", [b'\xef\xbb\xbf{"Type": "x"}', b"\xff", b"[" * 100_000, b""])
def test_a_body_that_is_no_message_is_refused(amazon: Sns, body: bytes) -> None:
    posted = post(message())
    with pytest.raises(BadSignature):
        signature(
            Posted(
                provider="amazon_ses",
                via="tracking",
                method="POST",
                url=posted.url,
                headers=posted.headers,
                body=body,
            )
        )


def test_topics_may_be_named_and_others_are_refused(amazon: Sns, settings: Settings) -> None:
    settings.CRM_NOTIFY = {"SNS_TOPICS": [sns.TOPIC]}
    assert signature(post(signed(message()))) == "valid"
    foreign = message(TopicArn="arn:aws:sns:eu-west-1:999999999999:mine")
    with pytest.raises(BadSignature, match="SNS_TOPICS"):
        signature(post(signed(foreign)))
    assert len(amazon.asked) == 1


def test_the_headers_must_agree_with_the_message(amazon: Sns) -> None:
    with pytest.raises(BadSignature, match="message-id"):
        signature(post(signed(message()), **{"x-amz-sns-message-id": "other"}))


def test_without_cryptography_nothing_is_accepted(
    amazon: Sns, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=r"crm-notify\[amazon-ses\]"):
        signature(post(_signed_before))
    assert amazon.asked == []


_signed_before = {
    **message(),
    "SignatureVersion": "1",
    "Signature": "AAAA",
    "SigningCertURL": CERTIFICATE,
}


class Unknown(hashes.HashAlgorithm):
    """A digest that OpenSSL does not do, as SHA-1 where the policy of a machine forbids it."""

    name = "unknown"
    digest_size = 20
    block_size = 64


def test_a_machine_without_sha1_says_what_to_do(
    amazon: Sns, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = post(signed(message()))
    monkeypatch.setattr(hashes, "SHA1", Unknown)
    with pytest.raises(SettingsError, match="SignatureVersion of the SNS topic to 2"):
        signature(posted)


def test_nothing_but_sns_is_on_the_loopback(amazon: Sns) -> None:
    assert socket.getaddrinfo(HOST, 443)[0][4] == ("127.0.0.1", amazon.port)
    assert socket.getaddrinfo("127.0.0.2", 443)[0][4] == ("127.0.0.2", 443)
