"""The certificate of Amazon SNS: from where it may come, whose it must be, and that it is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crm_notify.channels.http import NoAnswer, TooLarge
from crm_notify.channels.webhooks import BadSignature, certificate, signature
from crm_notify.channels.webhooks import amazon as asking
from crm_notify.rules.news import Posted
from tests.people import Clock
from tests.support.sns import CERTIFICATE, HOST, Sns, issue, message, post, signed


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
