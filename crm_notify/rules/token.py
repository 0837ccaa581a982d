"""The signed name of an attempt in the outside world: the local part of its envelope sender.

``bounce-`` + purpose letter + key letter + lower-case unpadded base32 (RFC 4648 section 6) of the
8-byte attempt id and the first 10 bytes of an HMAC-SHA256: 38 octets, where RFC 5321 section
4.5.3.1.1 allows 64. A mail system may change the case of a local part and rewrite the delimiter;
a token survives both, and no other change.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VERSION = b"1"
_ID_BYTES = 8
_MAC_BYTES = 10
_SHAPE = re.compile(r"bounce[-+]([a-z])([a-z])([a-z2-7]{29})", re.ASCII)
_FIND = re.compile(
    r"(?<![a-z0-9])bounce[-+][a-z]{2}[a-z2-7]{29}(?![a-z0-9])", re.ASCII | re.IGNORECASE
)


class Purpose(StrEnum):
    """What a token may be used for; it is part of what is signed."""

    #: An attempt, in its envelope sender, metadata and header.
    NOTIFICATION = "n"
    #: A notification, in its Message-ID.
    MESSAGE = "m"
    #: A digest to the admins, by the second in which it was made.
    DIGEST = "d"
    #: A notification, in the link that leads its recipient to the record.
    OPEN = "o"
    #: An attempt whose recipient may opt out with it.
    UNSUBSCRIBE = "u"


_PURPOSES = {purpose.value: purpose for purpose in Purpose}


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a valid token says."""

    purpose: Purpose
    key: str
    id: int

    @property
    def names_notification(self) -> bool:
        """Whether ``id`` is a notification's; else it is an attempt's."""
        return self.purpose in {Purpose.MESSAGE, Purpose.OPEN}


def make(*, id: int, purpose: Purpose, key: str, keys: Mapping[str, str], installation: str) -> str:
    """Return the token that names ``id``, signed with the key called ``key``.

    ``keys`` maps one lower-case letter to a secret; ``installation`` goes into what is signed, so
    that tokens never cross from one installation to another.
    """
    packed = id.to_bytes(_ID_BYTES, "big")
    mac = _mac(packed, purpose=purpose, secret=keys[key], installation=installation)
    return f"bounce-{purpose}{key}{_encode(packed + mac)}"


def read(text: str, *, keys: Mapping[str, str], installation: str) -> Token | None:
    """Return what ``text`` says if it is exactly a token that we signed, else None."""
    # Outside ASCII, lower() folds letters that are no change of case (the Kelvin sign to a k).
    match = _SHAPE.fullmatch(text.lower()) if text.isascii() else None
    if match is None:
        return None
    letter, key, body = match.groups()
    secret = keys.get(key)
    purpose = _PURPOSES.get(letter)
    if secret is None or purpose is None:
        return None
    raw = base64.b32decode(body.upper() + "===")
    # 29 characters carry one bit more than 18 bytes: only the canonical spelling counts.
    if _encode(raw) != body:
        return None
    packed, mac = raw[:_ID_BYTES], raw[_ID_BYTES:]
    expected = _mac(packed, purpose=purpose, secret=secret, installation=installation)
    if not hmac.compare_digest(mac, expected):
        return None
    return Token(purpose=purpose, key=key, id=int.from_bytes(packed, "big"))


def find(text: str) -> list[str]:
    """Return what looks like a token in ``text`` (an address, a header), unverified, in order."""
    return _FIND.findall(text)


def _mac(packed: bytes, *, purpose: Purpose, secret: str, installation: str) -> bytes:
    signed = b"\0".join([VERSION, purpose.encode(), installation.encode(), packed])
    return hmac.new(secret.encode(), signed, hashlib.sha256).digest()[:_MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()
