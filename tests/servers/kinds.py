"""The kinds of body that come in, as bytes on the wire, and what must become of each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import count

from tests.posts import AUTHORIZATION
from tests.servers.limits import INBOUND_LIMIT, TRACKING_LIMIT
from tests.servers.wire import Pause, Then

Pieces = list[bytes | Pause]

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data; boundary=x"
_CHUNKED = "Transfer-Encoding: chunked"
_GZIPPED = "Content-Encoding: gzip"
_numbers = count(1)


class Fate(Enum):
    """What must become of it."""

    READ = "kept, every byte"
    AGAIN = "refused so that the provider comes again"
    TOO_LARGE = "refused, and never read to its end"
    CUT = "the client went away: not kept, whatever is answered"


@dataclass(frozen=True, kw_only=True)
class Post:
    """One request: what goes over the wire, and the body that a receipt must hold then."""

    pieces: Pieces
    body: bytes
    then: Then = Then.WAIT


@dataclass(frozen=True, kw_only=True)
class Kind:
    """``make`` gives a new one each time; ``provider`` decides which answer makes it come again."""

    make: Callable[[str], Post]
    fate: Fate
    provider: str = "sparkpost"
    via: str = "tracking"
    slash: str = "/"

    def post(self) -> Post:
        return self.make(f"/notify/webhooks/{self.provider}/{self.via}{self.slash}")


def news(size: int = 0) -> bytes:
    """A body that no other test sends, of that many bytes where a size is given."""
    event = {"type": "bounce", "event_id": f"{next(_numbers)}"}
    body = json.dumps([{"msys": {"message_event": event}}], indent=1).encode()
    return body + b" " * (size - len(body))


def form() -> bytes:
    return b"from=janet&text=news+%d&subject=%%E2%%82%%AC" % next(_numbers)


def multipart(size: int = 0) -> bytes:
    mail = b"Subject: news %d\r\n\r\n\xff\x00" % next(_numbers)
    part = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n%s\r\n--x--\r\n'
    return part % (mail + b"." * size)


def head(path: str, *fields: str, kind: str = _JSON, version: str = "1.1") -> bytes:
    lines = [
        f"POST {path} HTTP/{version}",
        "Host: 127.0.0.1",
        f"Authorization: {AUTHORIZATION}",
        f"Content-Type: {kind}",
        *fields,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunks(body: bytes, size: int = 50) -> bytes:
    """The body in chunks (RFC 9112 section 7.1), with the one that ends it."""
    cut = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*cut, b""])


def plain(path: str) -> Post:
    """A post as the books have it."""
    return _announced(news)(path)


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def _announced(
    make: Callable[[], bytes], *fields: str, kind: str = _JSON, version: str = "1.1"
) -> Callable[[str], Post]:
    def post(path: str) -> Post:
        body = make()
        first = head(path, _length(body), *fields, kind=kind, version=version)
        return Post(pieces=[first + body], body=body)

    return post


def _in_chunks(
    make: Callable[[], bytes], *fields: str, kind: str = _JSON, size: int = 50
) -> Callable[[str], Post]:
    def post(path: str) -> Post:
        body = make()
        first = head(path, _CHUNKED, *fields, kind=kind)
        return Post(pieces=[first + chunks(body, size)], body=body)

    return post


def _denied(*fields: str, version: str = "1.1") -> Callable[[str], Post]:
    """A body on the wire that the head denies."""

    def post(path: str) -> Post:
        return Post(pieces=[head(path, *fields, version=version) + news()], body=b"")

    return post


def _hollow(body: bytes) -> Callable[[str], Post]:
    return _announced(lambda: body)


def _denied_in_chunks(path: str) -> Post:
    body = news()
    return Post(pieces=[head(path, "Content-Length: 0", _CHUNKED) + chunks(body)], body=body)


def _slow(path: str) -> Post:
    body = news()
    whole = head(path, _length(body)) + body
    return Post(pieces=_with_pauses(whole, 8), body=body)


def _slow_in_chunks(path: str) -> Post:
    body = news()
    return Post(pieces=_with_pauses(head(path, _CHUNKED) + chunks(body), 8), body=body)


def _with_pauses(whole: bytes, parts: int) -> Pieces:
    size = len(whole) // parts + 1
    cut: Iterable[bytes] = (whole[at : at + size] for at in range(0, len(whole), size))
    return [piece for part in cut for piece in (part, Pause(seconds=0.05))]


def _expecting(path: str) -> Post:
    body = news()
    first = head(path, _length(body), "Expect: 100-continue")
    return Post(pieces=[first, Pause(seconds=1, for_continue=True), body], body=body)


def _gzip(*, in_chunks: bool = False) -> Callable[[str], Post]:
    def post(path: str) -> Post:
        body = news()
        packed = gzip.compress(body)
        framing, sent = (_CHUNKED, chunks(packed)) if in_chunks else (_length(packed), packed)
        return Post(pieces=[head(path, framing, _GZIPPED) + sent], body=body)

    return post


def _cut(then: Then, *, in_chunks: bool = False) -> Callable[[str], Post]:
    """Half of the body, and the client is gone. The half alone would read well as JSON."""

    def post(path: str) -> Post:
        body = news()
        if in_chunks:
            sent = head(path, _CHUNKED) + chunks(body, len(body)).removesuffix(b"0\r\n\r\n")
        else:
            sent = head(path, f"Content-Length: {2 * len(body)}") + body
        # The server is to see the first half before it sees the end.
        return Post(pieces=[sent, Pause(seconds=0.1)], body=b"", then=then)

    return post


def _bomb() -> bytes:
    return gzip.compress(news(16 * 1024 * 1024))


KINDS: dict[str, Kind] = {
    "with a length": Kind(make=_announced(news), fate=Fate.READ),
    "chunked": Kind(make=_in_chunks(news), fate=Fate.READ),
    "chunked form": Kind(
        make=_in_chunks(form, kind=_FORM), fate=Fate.READ, provider="sendgrid", via="inbound"
    ),
    "chunked multipart": Kind(
        make=_in_chunks(multipart, kind=_MULTIPART),
        fate=Fate.READ,
        provider="sendgrid",
        via="inbound",
    ),
    "one chunk of 2 MiB": Kind(
        make=_in_chunks(lambda: multipart(2**21), kind=_MULTIPART, size=2**22),
        fate=Fate.READ,
        provider="sendgrid",
        via="inbound",
    ),
    "a mail of 3 MiB": Kind(
        make=_announced(lambda: multipart(3 * 2**20), kind=_MULTIPART),
        fate=Fate.READ,
        provider="sendgrid",
        via="inbound",
    ),
    "as large as allowed": Kind(make=_announced(lambda: news(TRACKING_LIMIT)), fate=Fate.READ),
    "gzip": Kind(make=_gzip(), fate=Fate.READ),
    "gzip, chunked": Kind(make=_gzip(in_chunks=True), fate=Fate.READ),
    "called gzip, and plain": Kind(make=_announced(news, _GZIPPED), fate=Fate.READ),
    "slow": Kind(make=_slow, fate=Fate.READ),
    "slow, chunked": Kind(make=_slow_in_chunks, fate=Fate.READ),
    "wrong type": Kind(make=_announced(news, kind="text/plain"), fate=Fate.READ),
    "JSON called a form": Kind(make=_in_chunks(news, kind=_FORM), fate=Fate.READ),
    "no slash": Kind(make=_announced(news), fate=Fate.READ, slash=""),
    "no slash, chunked": Kind(make=_in_chunks(news), fate=Fate.READ, slash=""),
    "HTTP 1.0": Kind(make=_announced(news, version="1.0"), fate=Fate.READ),
    "waits to be let in": Kind(make=_expecting, fate=Fate.READ),
    "length 0, but chunked": Kind(make=_denied_in_chunks, fate=Fate.READ),
    "length 0, but chunked, for Brevo": Kind(
        make=_denied_in_chunks, fate=Fate.READ, provider="brevo"
    ),
    "empty": Kind(make=_hollow(b""), fate=Fate.AGAIN),
    "empty, for Brevo": Kind(make=_hollow(b""), fate=Fate.AGAIN, provider="brevo"),
    "empty, chunked": Kind(make=_in_chunks(lambda: b""), fate=Fate.AGAIN),
    "of nothing": Kind(make=_hollow(b"{}"), fate=Fate.AGAIN),
    "of nothing, chunked": Kind(make=_in_chunks(lambda: b"{}"), fate=Fate.AGAIN),
    "denied by length 0": Kind(make=_denied("Content-Length: 0"), fate=Fate.AGAIN),
    "denied by no length": Kind(make=_denied(), fate=Fate.AGAIN),
    "denied, HTTP 1.0": Kind(make=_denied(version="1.0"), fate=Fate.AGAIN),
    "denied, for Brevo": Kind(make=_denied("Content-Length: 0"), fate=Fate.AGAIN, provider="brevo"),
    "gzip, cut": Kind(
        make=_announced(lambda: gzip.compress(news())[:-9], _GZIPPED), fate=Fate.AGAIN
    ),
    "cut": Kind(make=_cut(Then.SHUT), fate=Fate.CUT),
    "cut, chunked": Kind(make=_cut(Then.SHUT, in_chunks=True), fate=Fate.CUT),
    "reset": Kind(make=_cut(Then.VANISH), fate=Fate.CUT),
    "reset, chunked": Kind(make=_cut(Then.VANISH, in_chunks=True), fate=Fate.CUT),
    "too large": Kind(make=_announced(lambda: news(TRACKING_LIMIT + 1)), fate=Fate.TOO_LARGE),
    "too large, chunked": Kind(
        make=_in_chunks(lambda: news(8 * TRACKING_LIMIT), size=4096), fate=Fate.TOO_LARGE
    ),
    "too large a mail": Kind(
        make=_announced(lambda: multipart(INBOUND_LIMIT), kind=_MULTIPART),
        fate=Fate.TOO_LARGE,
        provider="sendgrid",
        via="inbound",
    ),
    "gzip bomb": Kind(make=_announced(_bomb, _GZIPPED), fate=Fate.TOO_LARGE),
}
