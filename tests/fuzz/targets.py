"""What is fuzzed: the input that it begins with, and the promises that hold for any other."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from crm_notify.channels.webhooks import BadSignature, signature
from crm_notify.channels.webhooks.table import WEBHOOKS
from crm_notify.channels.webhooks.views import view_class
from crm_notify.rules import token
from crm_notify.rules.body import is_empty
from crm_notify.rules.bounce import classify
from crm_notify.rules.bounce.mime import MAX_BYTES
from tests.channels.webhooks.posts import post
from tests.channels.webhooks.test_any_bytes import check, read
from tests.fuzz import posted
from tests.fuzz.changes import in_document, in_lines, in_token
from tests.rules.bounce.test_hostile import assert_sane

#: No input may take more processor time than that.
SECONDS = 0.5

SAMPLES = Path(__file__).parents[1] / "rules" / "bounce" / "samples"
KEYS = {"a": "one secret", "b": "another"}
HERE = "this installation"
_LARGE = 64
_ASKS_FOR_CERTIFICATES = ("amazon_ses",)

# A view is imported when it is first needed, which is no input's fault.
for (_provider, _), _webhook in WEBHOOKS.items():
    view_class(_provider, _webhook)


@dataclass(frozen=True, kw_only=True)
class Target:
    """``check`` raises where a promise is broken; ``change`` knows what its input is made of."""

    check: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    change: Callable[[bytes, Random], bytes]


def read_bounce(data: bytes) -> None:
    assert_sane(classify(data))
    if data and zlib.crc32(data) % _LARGE == 0:
        large = data * (2 * MAX_BYTES // len(data) + 1)
        assert classify(large) == classify(large[:MAX_BYTES]), "it read more than it may"


def read_token(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for found in [*token.find(text), text]:
        assert found in text
        if known := token.read(found, keys=KEYS, installation=HERE):
            made = token.make(
                id=known.id, purpose=known.purpose, key=known.key, keys=KEYS, installation=HERE
            )
            assert found.lower().replace("bounce+", "bounce-") == made, "a second spelling"


def read_webhook(data: bytes) -> None:
    (provider, via, content_type), body = posted.taken_apart(data)
    request = post(provider, body, via=via, content_type=content_type)
    if not is_empty(provider, via, content_type, body) and provider not in _ASKS_FOR_CERTIFICATES:
        with contextlib.suppress(BadSignature):
            signature(request)
    check(read(request))


def _bounces() -> Iterable[bytes]:
    return (path.read_bytes() for path in sorted(SAMPLES.glob("*.eml")))


def _tokens() -> Iterable[bytes]:
    for purpose in token.Purpose:
        for key in KEYS:
            made = token.make(id=42, purpose=purpose, key=key, keys=KEYS, installation=HERE)
            yield made.encode()
            yield f"<{made.upper().replace('-', '+')}@bounces.crm.example>".encode()


def _in_body(data: bytes, random: Random) -> bytes:
    names, body = posted.taken_apart(data)
    return posted.put_together(names, in_document(body, random))


TARGETS = {
    "bounce": Target(check=read_bounce, seeds=_bounces, change=in_lines),
    "token": Target(check=read_token, seeds=_tokens, change=in_token),
    "webhook": Target(check=read_webhook, seeds=posted.seeds, change=_in_body),
}
