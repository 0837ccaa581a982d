"""Files saved on the way: every form in which an admin may have them."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from crm_notify.channels.archives import bodies, mails
from crm_notify.exceptions import RefusedInput
from crm_notify.rules import token
from crm_notify.rules.news import ENVELOPE_RECIPIENT

NAME = token.make(
    id=7, purpose=token.Purpose.NOTIFICATION, key="a", keys={"a": "s"}, installation="tests"
)
ADDRESS = f"{NAME}@bounces.crm.example"


def notice(to: str, *, header: str = "Delivered-To") -> bytes:
    return (
        f"{header}: {to}\nFrom: MAILER-DAEMON@mx.example\nTo: you@crm.example\n"
        "Subject: Undelivered Mail\n\nFrom here on: 550 5.1.1 user unknown\n"
    ).encode()


FOREIGN = notice("somebody@crm.example")
RETURNED = FOREIGN + f"\n--- Original message headers ---\n\nReturn-Path: <{ADDRESS}>\n".encode()


def recipients(path: Path) -> list[str | None]:
    return [one.headers[ENVELOPE_RECIPIENT] if one else None for one in mails(path)]


def test_a_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "a.eml").write_bytes(notice(ADDRESS))
    (tmp_path / "below" / "b.eml").write_bytes(FOREIGN)
    assert recipients(tmp_path) == [ADDRESS, None]
    (first, _) = mails(tmp_path)
    assert first is not None
    assert (first.body, first.provider, first.via) == (notice(ADDRESS), "smtp", "mail")


def test_a_maildir_with_what_was_read_and_what_was_not(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    box.add(notice(ADDRESS))
    read = mailbox.MaildirMessage(FOREIGN)
    read.set_subdir("cur")
    box.add(read)
    assert sorted(map(str, recipients(tmp_path / "box"))) == ["None", ADDRESS]


def test_an_mbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for raw in (notice(ADDRESS), FOREIGN, notice(ADDRESS)):
        box.add(raw)
    box.close()
    assert recipients(tmp_path / "box") == [ADDRESS, None, ADDRESS]


@pytest.mark.parametrize("header", ["X-Original-To", "Envelope-To", "X-Envelope-To", "To"])
def test_whatever_header_the_server_writes_the_envelope_into(tmp_path: Path, header: str) -> None:
    (tmp_path / "a").write_bytes(notice(f"<{ADDRESS}>", header=header))
    assert recipients(tmp_path) == [f"<{ADDRESS}>"]


def test_what_names_our_mail_only_in_what_it_returns_is_ours_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(RETURNED)
    assert recipients(tmp_path / "a") == [""]


@pytest.mark.parametrize("place", ["nowhere", ""])
def test_nothing_there_is_said(tmp_path: Path, place: str) -> None:
    with pytest.raises(RefusedInput, match="name a file or a folder"):
        list(mails(tmp_path / place))


def test_bodies_one_a_file_and_one_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'[{"event": 1},\n {"event": 2}]')
    (tmp_path / "b.jsonl").write_bytes(b'{"event": 3}\n\n{"event": 4}\n')
    (tmp_path / "c").write_bytes(b"  ")
    found = list(bodies(tmp_path, provider="postmark", via="tracking"))
    assert [posted.body for posted in found] == [
        b'[{"event": 1},\n {"event": 2}]',
        b'{"event": 3}',
        b'{"event": 4}',
    ]
    assert {(posted.provider, posted.via, posted.method) for posted in found} == {
        ("postmark", "tracking", "POST")
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b' {"a": 1}', "application/json"),
        (b"[1]", "application/json"),
        (b"--xyz\r\nContent-Disposition: form-data", 'multipart/form-data; boundary="xyz"'),
        (b"event=bounced&to=john", "application/x-www-form-urlencoded"),
    ],
)
def test_a_form_is_known_by_its_first_octets(
    tmp_path: Path, body: bytes, content_type: str
) -> None:
    (tmp_path / "body").write_bytes(body)
    (posted,) = bodies(tmp_path / "body", provider="mailgun", via="inbound")
    assert posted.headers["content-type"] == content_type
