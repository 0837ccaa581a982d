"""Any bytes are read: no exception, nothing unbounded, and never more than half a second."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm_notify.rules.bounce import Bounce, classify
from tests.support.budget import costs_at_most

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "samples").glob("*.eml"))]
SECONDS = 0.5
SIZE = 256 * 1024
DAEMON = b"From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\n"
STATUS = b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\n"
MIXED = b"Content-Type: multipart/mixed; boundary=a\n\n"
HTML = b"Content-Type: text/html\n\n"


def nested(depth: int) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return opened + b"text\n" + b"".join(b"--b%d--\n" % n for n in reversed(range(depth)))


def filled(head: bytes, piece: bytes) -> bytes:
    return head + piece * (SIZE // len(piece))


BOMBS = {
    "1,000 nested parts": nested(1000),
    "200,000 addresses": b"To: " + b",".join(b"a%d@b.example" % n for n in range(200_000)),
    "addresses in From": filled(b"From: ", b"a@b.example,"),
    "addresses in the body": filled(DAEMON, b"<a@b.example>: "),
    "at signs": filled(DAEMON, b"@"),
    "one endless local part": filled(DAEMON, b"a"),
    "one endless domain": filled(DAEMON + b"x@", b"a."),
    "line feeds": filled(b"", b"\n"),
    "line feeds in the body": filled(DAEMON, b"\n"),
    "spaces": filled(DAEMON, b" "),
    "blank lines with spaces": filled(DAEMON, b"\n "),
    "a header folded for ever": filled(b"Subject:", b"\n "),
    "headers": filled(b"", b"X: y\n"),
    "parts": filled(MIXED, b"--a\n\n"),
    "multiparts in parts": filled(
        MIXED, b"--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
    ),
    "open tags": filled(HTML, b"<"),
    "open styles": filled(HTML, b"<style"),
    "entities": filled(HTML, b"&#"),
    "one huge entity": filled(HTML + b"&#", b"9"),
    "encoded words without end": filled(b"Subject: ", b"=?utf-8?b?"),
    "encoded words": filled(b"Subject: ", b"=?utf-8?q?=41?= "),
    "parameters": filled(b"Content-Type: text/plain;", b' a="'),
    "recipients": filled(b"", STATUS + b"Action: failed\nStatus: 5.1.1\n\n"),
    "one huge status": filled(STATUS + b"Action: failed\nStatus: ", b"5.1.1 "),
    "one huge diagnostic": filled(STATUS + b"Action: failed\nDiagnostic-Code: smtp; ", b"550 "),
    "codes": filled(DAEMON, b"550 5.1.1 x\n"),
    "codes on one line": filled(DAEMON, b"550 5.0.0 "),
    "paragraphs with a code": filled(DAEMON, b"550 x\n\n"),
    "recipients with a code": filled(DAEMON, b"a@b.example:\n550 said\n"),
    "beginnings of phrases": filled(DAEMON, b"user account mailbox domain quota exceed "),
    "one beginning of a phrase": filled(DAEMON, b"user "),
    "letters that grow when normalised": filled(DAEMON, "\ufdfa".encode()),
    "combining signs": filled(DAEMON, "a\u0301\u0327".encode()),
    "announcements of a copy": filled(DAEMON, b"--- original \n"),
    "announcements of a summary": filled(DAEMON, b"Original mail:\n"),
    "remarks before a copy": filled(DAEMON + b"--- Original mail\n", b"--- x\n\n"),
    "quotes": filled(DAEMON, b"> x\n"),
    "reasons": filled(DAEMON, b"reason "),
    "dates": filled(b"Subject: auto reply\nAuto-Submitted: auto-replied\n\n", b"until the a "),
    "months": filled(b"Subject: auto reply\nAuto-Submitted: auto-replied\n\n", b"January "),
    "escapes of iso-2022-jp": filled(DAEMON, b"\x1b$B"),
    "base64": filled(b"Content-Transfer-Encoding: base64\n\n", b"A"),
    "quoted-printable": filled(b"Content-Transfer-Encoding: quoted-printable\n\n", b"=\n"),
    "noise": random.Random(7).randbytes(SIZE),
    "25 MiB": b"Subject: x\n\n" + bytes(25 * 1024 * 1024),
}


def assert_sane(bounce: Bounce) -> None:
    text = [
        bounce.diagnostic,
        bounce.token,
        bounce.message_id,
        bounce.original_message_id,
        bounce.away_until or "",
        bounce.status or "",
        bounce.reply_code or "",
        *bounce.recipients,
    ]
    assert all(len(one) <= 1000 for one in text)
    assert not any("\0" in one or "\n" in one for one in text)
    "".join(text).encode("utf-8")
    assert len(bounce.recipients) <= 50
    assert f"{bounce.status or ''}{bounce.reply_code or ''}".isascii()
    assert not (bounce.address_dead and bounce.permanent is False)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_less_than_half_a_second(name: str) -> None:
    with costs_at_most(SECONDS):
        bounce = classify(BOMBS[name])
    assert_sane(bounce)


@given(st.binary(max_size=3000))
@example(b"Content-Transfer-Encoding: base64\n\nA")
@example(b"Content-Type: text/html\n\n&#xd800;&#1114112;")
@example(b"Content-Type: text/html\n\n<          b>")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read(raw: bytes) -> None:
    assert_sane(classify(raw))


@given(st.sampled_from(SAMPLES), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_notice_is_read(sample: bytes, data: st.DataObject) -> None:
    cuts = st.integers(min_value=0, max_value=len(sample))
    start, end = sorted((data.draw(cuts), data.draw(cuts)))
    filling = data.draw(st.one_of(st.binary(max_size=20), st.sampled_from(SAMPLES)))
    assert_sane(classify(sample[:start] + filling + sample[end:]))


@given(st.sampled_from(SAMPLES))
@settings(max_examples=30, deadline=None)
def test_the_same_bytes_give_the_same_answer(sample: bytes) -> None:
    assert classify(sample) == classify(sample)


@given(st.sampled_from(SAMPLES))
@settings(max_examples=80, deadline=None)
def test_line_ends_do_not_matter(sample: bytes) -> None:
    assert classify(sample.replace(b"\n", b"\r\n")) == classify(sample)
