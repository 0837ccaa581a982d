"""Amazon SNS on the loopback: its own key and certificates, over real TLS, by its real names."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from crm_notify.rules.news import Posted
from crm_notify.rules.sns import signed_text
from tests.support.certificate import make_certificate

HOST = "sns.eu-west-1.amazonaws.com"
#: Where requests in tests may be sent; all of them are the loopback.
HOSTS = (
    HOST,
    "sns.af-south-1.amazonaws.com",
    "sns.us-gov-east-1.amazonaws.com",
    "sns.cn-north-1.amazonaws.com.cn",
)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses-events"
CERTIFICATE = f"https://{HOST}/SimpleNotificationService-0123456789abcdef.pem"


@cache
def key_of(owner: str) -> rsa.RSAPrivateKey:
    """An RSA key, one for each owner."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def issue(
    *names: str,
    common_name: str = "",
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None,
    since: timedelta = timedelta(days=-30),
    until: timedelta = timedelta(days=300),
) -> bytes:
    """A certificate for these DNS names, or for a common name alone, as PEM."""
    key = key or key_of("SNS")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name or names[0])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + since)
        .not_valid_after(now + until)
    )
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        made = made.add_extension(alternative, critical=False)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def message(kind: str = "Notification", *, at: datetime | None = None, **fields: Any) -> Any:
    """A message as SNS writes it, not signed yet."""
    at = at or datetime.now(UTC)
    written = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": '{"eventType": "Delivery", "text": "Grüße\\n"}',
        "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.123Z",
    }
    if kind != "Notification":
        token = "2336412f37"
        written["Token"] = token
        written["SubscribeURL"] = (
            f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={token}"
        )
    return {**written, **fields}


def signed(unsigned: Any, *, version: str = "1", url: str = CERTIFICATE, owner: str = "SNS") -> Any:
    """The message with its signature and where the certificate is."""
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}[version]
    signature = key_of(owner).sign(signed_text(unsigned), padding.PKCS1v15(), digest)
    return {
        **unsigned,
        "SignatureVersion": version,
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": url,
    }


def headers(sent: Any) -> dict[str, str]:
    """What SNS says of a message in the headers of its request."""
    return {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": sent["Type"],
        "x-amz-sns-message-id": sent["MessageId"],
        "x-amz-sns-topic-arn": sent["TopicArn"],
    }


def body(sent: Any) -> bytes:
    return json.dumps(sent).encode()


@dataclass
class Sns:
    """Answers by host and path, and remembers what was asked; unknown paths are not found."""

    port: int
    authority: Path
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: Seconds before each answer.
    delay: float = 0

    def serve(self, url: str, content: bytes, status: int = 200) -> None:
        self.answers[url] = (status, content)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Sns]:
    """Start the server on a free port of the loopback; it ends with the block."""
    authority, context = make_certificate(folder, *HOSTS)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"https://{self.headers['Host']}{self.path}"
            sns.asked.append(url)
            time.sleep(sns.delay)
            status, content = sns.answers.get(url, (404, b"not found"))
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", content.decode())
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Say nothing: tests are read."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """A client that does not trust us, or that had enough, goes away."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        sns = Sns(port=server.server_port, authority=authority)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield sns
        finally:
            server.shutdown()
            thread.join(timeout=10)


def route(sns: Sns, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names of SNS lead here, and trust its certificate for TLS; nothing else changes."""
    from_dns = socket.getaddrinfo

    def getaddrinfo(host: str, *args: Any, **kwargs: Any) -> Any:
        if host in HOSTS:
            address = ("127.0.0.1", sns.port)
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]
        return from_dns(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sns.authority))
    monkeypatch.setenv("NO_PROXY", "*")


def post(sent: Any, *, via: str = "tracking", **more: str) -> Posted:
    """The message as SNS posts it."""
    return Posted(
        provider="amazon_ses",
        via=via,
        method="POST",
        url="https://crm.example/notify/webhooks/amazon_ses/tracking/",
        headers={**headers(sent), **more},
        body=body(sent),
    )
