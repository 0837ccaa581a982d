"""The certificates with which Amazon SNS signs: fetched from its own hosts, and kept.

Whoever serves a certificate vouches for it: it comes over TLS from a host of SNS, and no other
host is ever asked. The chain of the certificate itself is not climbed a second time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from crm_notify.channels.http import NoAnswer
from crm_notify.channels.webhooks.amazon import opened
from crm_notify.channels.webhooks.errors import BadSignature
from crm_notify.exceptions import SettingsError
from crm_notify.extras import load
from crm_notify.rules.sns import signers

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

EXTRA = "amazon-ses"

#: SNS changes a region's certificate about once a year, and gives the new one another URL.
_MOST = 32
#: Seconds for which a URL that gave no certificate is left alone: each request would wait for it.
_PAUSE = 10

_lock = threading.Lock()
_kept: dict[str, Certificate] = {}
_in_vain: dict[str, float] = {}


def check(text: bytes, signature: bytes, *, version: str, url: str, now: datetime) -> None:
    """Raise BadSignature unless the owner of the certificate at ``url``, which is SNS, signed this.

    Version 1 is SHA-1 and version 2 SHA-256, with RSA (PKCS #1 v1.5). Raises NoAnswer where the
    certificate cannot be had now, MissingExtra where ``cryptography`` is not installed, and
    SettingsError where it is built so that it knows no SHA-1.
    """
    names = signers(url)
    if names is None:
        raise BadSignature("Amazon SNS keeps no certificates where the message says.")
    rsa = load("cryptography.hazmat.primitives.asymmetric.rsa", extra=EXTRA)
    padding = load("cryptography.hazmat.primitives.asymmetric.padding", extra=EXTRA)
    hashes = load("cryptography.hazmat.primitives.hashes", extra=EXTRA)
    errors = load("cryptography.exceptions", extra=EXTRA)
    # SHA-1 is what a topic signs by until its owner chooses otherwise.
    digests = {"1": hashes.SHA1, "2": hashes.SHA256}
    if version not in digests:
        raise BadSignature("Amazon SNS signs by version 1 or 2; the message says another.")
    certificate = _certificate(url)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise BadSignature("The certificate of the message is not valid now.")
    if names.isdisjoint(_names(certificate)):
        raise BadSignature("The certificate of the message is not issued to Amazon SNS.")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadSignature("The certificate of the message holds no RSA key.")
    try:
        key.verify(signature, text, padding.PKCS1v15(), digests[version]())
    except errors.InvalidSignature as error:
        raise BadSignature("Amazon SNS has not signed this message.") from error
    except errors.UnsupportedAlgorithm as error:
        raise SettingsError(
            f"The policy of this machine forbids the digest of SignatureVersion {version}: set "
            "SignatureVersion of the SNS topic to 2."
        ) from error


def forget() -> None:
    """Fetch every certificate anew from now on."""
    with _lock:
        _kept.clear()
        _in_vain.clear()


def _certificate(url: str) -> Certificate:
    """One thread fetches it, the others wait for what it finds."""
    with _lock:
        if url not in _kept:
            if time.monotonic() < _in_vain.get(url, 0):
                raise NoAnswer("The certificate of Amazon SNS could not be fetched just now.")
            for full in (_kept, _in_vain):
                while len(full) >= _MOST:
                    del full[next(iter(full))]
            # Until it is there, it is not.
            _in_vain[url] = time.monotonic() + _PAUSE
            _kept[url] = _fetched(url)
            del _in_vain[url]
        return _kept[url]


def _fetched(url: str) -> Certificate:
    x509 = load("cryptography.x509", extra=EXTRA)
    answer = opened(url)
    if answer.status != HTTPStatus.OK:
        raise NoAnswer(f"Amazon SNS was asked for its certificate and answered {answer.status}.")
    try:
        certificate: Certificate = x509.load_pem_x509_certificate(answer.content)
    except ValueError as error:
        raise NoAnswer("Amazon SNS was asked for its certificate and gave none.") from error
    return certificate


def _names(certificate: Certificate) -> Iterator[str]:
    """The DNS names, or where there are none the common name (RFC 6125 section 6.4.4)."""
    x509 = load("cryptography.x509", extra=EXTRA)
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        yield from (str(name.value) for name in common)
    else:
        yield from found.value.get_values_for_type(x509.DNSName)
