"""A message of Amazon SNS counts only where SNS signed it with a certificate of its own."""

from __future__ import annotations

import base64
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from crm_notify.channels.http import NoAnswer, TooLarge
from crm_notify.channels.webhooks import BadSignature, certificate, signature
from crm_notify.channels.webhooks import amazon as asking
from crm_notify.exceptions import MissingExtra, SettingsError
from crm_notify.rules.news import Posted
from tests.people import Clock
from tests.support import sns
from tests.support.sns import CERTIFICATE, HOST, Sns, issue, message, signed

KINDS = ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]


def post(sent: Any, *, via: str = "tracking", **headers: str) -> Posted:
    return Posted(
        provider="amazon_ses",
        via=via,
        method="POST",
        url="https://crm.example/notify/webhooks/amazon_ses/tracking/",
        headers={**sns.headers(sent), **headers},
        body=sns.body(sent),
    )


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


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE.replace("https", "http"),
        CERTIFICATE.replace(HOST, "sns.eu-west-1.amazonaws.com.evil.example"),
        CERTIFICATE.replace(HOST, "evil.example"),
        CERTIFICATE.replace(HOST, "sns.amazonaws.com"),
        CERTIFICATE.replace(HOST, "evil-sns.eu-west-1.amazonaws.com"),
        CERTIFICATE.replace(HOST, "evil.sns.eu-west-1.amazonaws.com"),
        CERTIFICATE.replace(HOST, "bucket.s3.eu-west-1.amazonaws.com"),
        CERTIFICATE.replace(HOST, f"{HOST}:444"),
        CERTIFICATE.replace(HOST, f"{HOST}."),
        CERTIFICATE.replace(HOST, f"evil.example@{HOST}"),
        CERTIFICATE.replace(HOST, f"{HOST}@evil.example"),
        CERTIFICATE.replace(HOST, f"{HOST}\\@evil.example"),
        CERTIFICATE.replace(".pem", ".txt"),
        CERTIFICATE + "?x=.pem",
        CERTIFICATE + "#.pem",
        CERTIFICATE + "\n",
        CERTIFICATE.replace("/Simple", "/../Simple"),
        CERTIFICATE.replace("eu-west-1", "eu-wést-1"),
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(amazon: Sns, url: str) -> None:
    with pytest.raises(BadSignature, match="keeps no certificates"):
        signature(post(signed(message(), url=url)))
    assert amazon.asked == []


def served(amazon: Sns, pem: bytes, host: str = HOST) -> Posted:
    url = CERTIFICATE.replace(HOST, host)
    amazon.serve(url, pem)
    return post(signed(message(), url=url))


@pytest.mark.parametrize(
    ("host", "pem"),
    [
        (HOST, lambda: issue("sns.amazonaws.com", "sns.eu-west-1.amazonaws.com")),
        (HOST, lambda: issue(common_name="sns.amazonaws.com")),
        (
            "sns.af-south-1.amazonaws.com",
            lambda: issue("sns-signing.af-south-1.amazonaws.com", "sns.af-south-1.amazonaws.com"),
        ),
        (
            "sns.us-gov-east-1.amazonaws.com",
            lambda: issue(common_name="sns-us-gov-west-1.amazonaws.com"),
        ),
        (
            "sns.cn-north-1.amazonaws.com.cn",
            lambda: issue(common_name="sns-cn-north-1.amazonaws.com.cn"),
        ),
    ],
)
def test_the_names_of_every_partition_are_known(amazon: Sns, host: str, pem: Any) -> None:
    assert signature(served(amazon, pem(), host)) == "valid"


@pytest.mark.parametrize(
    "pem",
    [
        lambda: issue("evil.example"),
        lambda: issue("sns-signing.af-south-1.amazonaws.com"),
        lambda: issue("sns.amazonaws.com.evil.example"),
        lambda: issue("*.amazonaws.com"),
        # With alternative names the common name says nothing.
        lambda: issue("evil.example", common_name="sns.amazonaws.com"),
    ],
)
def test_a_certificate_of_somebody_else_is_refused(amazon: Sns, pem: Any) -> None:
    with pytest.raises(BadSignature, match="not issued to Amazon SNS"):
        signature(served(amazon, pem()))


def test_a_certificate_that_is_not_valid_now_is_refused(amazon: Sns, clock: Clock) -> None:
    day = timedelta(days=1)
    for since, until in [(-9 * day, -day), (day, 9 * day)]:
        certificate.forget()
        pem = issue("sns.amazonaws.com", since=since, until=until)
        with pytest.raises(BadSignature, match="not valid now"):
            signature(served(amazon, pem))


def test_a_kept_certificate_expires_too(amazon: Sns, clock: Clock) -> None:
    pem = issue("sns.amazonaws.com", until=timedelta(hours=1))
    assert signature(served(amazon, pem)) == "valid"
    clock.forward(hours=2)
    with pytest.raises(BadSignature, match="not valid now"):
        signature(post(signed(message())))


def test_a_key_that_is_not_rsa_is_refused(amazon: Sns) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(BadSignature, match="no RSA key"):
        signature(served(amazon, issue("sns.amazonaws.com", key=key)))


def test_the_certificate_is_fetched_once(amazon: Sns) -> None:
    posted = post(signed(message()))
    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(signature, [posted] * 20))
    assert verdicts == ["valid"] * 20
    assert amazon.asked == [CERTIFICATE]


def test_no_more_certificates_are_kept_than_there_are_regions(amazon: Sns) -> None:
    for number in range(40):
        url = f"https://{HOST}/{number}.pem"
        amazon.serve(url, issue("sns.amazonaws.com"))
        assert signature(post(signed(message(), url=url))) == "valid"
    first = post(signed(message(), url=f"https://{HOST}/0.pem"))
    last = post(signed(message(), url=f"https://{HOST}/39.pem"))
    assert signature(last) == signature(first) == "valid"
    assert len(amazon.asked) == 41


@pytest.mark.parametrize(
    ("status", "content", "says"),
    [
        (404, b"", "answered 404"),
        (503, b"", "answered 503"),
        (302, f"https://{HOST}/elsewhere.pem".encode(), "answered 302"),
        (200, b"no certificate", "gave none"),
        (200, b"-" * 100_000, "too large"),
    ],
)
def test_a_fetch_that_fails_is_no_wrong_signature(
    amazon: Sns, status: int, content: bytes, says: str
) -> None:
    amazon.serve(CERTIFICATE, content, status)
    with pytest.raises((NoAnswer, TooLarge), match=says):
        signature(post(signed(message())))
    assert amazon.asked == [CERTIFICATE]


def test_an_answer_that_does_not_come_is_not_waited_for(
    amazon: Sns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_WAIT", 0.1)
    amazon.delay = 0.5
    with pytest.raises(NoAnswer, match="Timeout"):
        signature(post(signed(message())))


def test_an_answer_that_drips_is_given_up(amazon: Sns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PATIENCE", 0)
    with pytest.raises(NoAnswer, match="too slow"):
        signature(post(signed(message())))


def test_a_host_that_cannot_prove_its_name_is_not_believed(
    amazon: Sns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(NoAnswer, match="SSLError"):
        signature(post(signed(message())))
    assert amazon.asked == []


def test_after_a_failure_it_is_left_alone_for_a_moment(
    amazon: Sns, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = post(signed(message()))
    amazon.serve(CERTIFICATE, b"", 503)
    for _ in range(3):
        with pytest.raises(NoAnswer):
            signature(posted)
    assert len(amazon.asked) == 1
    certificate.forget()
    monkeypatch.setattr(certificate, "_PAUSE", 0)
    with pytest.raises(NoAnswer):
        signature(posted)
    amazon.serve(CERTIFICATE, issue("sns.amazonaws.com"))
    assert signature(posted) == "valid"


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
