"""Files saved on the way: mails in a folder, an mbox or a Maildir; bodies of webhooks."""

from __future__ import annotations

import email.parser
import email.policy
import mailbox
from collections.abc import Iterator
from pathlib import Path

from crm_notify.channels.mail import posted_mail
from crm_notify.exceptions import RefusedInput
from crm_notify.rules import bounce, token
from crm_notify.rules.news import InboundMail, Posted

#: Where mail servers write down to whom a mail came (RFC 9228 for Delivered-To, the others by use).
_DELIVERED_TO = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To")
_LINES = {".jsonl", ".ndjson"}


def mails(path: Path) -> Iterator[Posted | None]:
    """Each mail in a file, a folder of files, an mbox or a Maildir; None for one that is not ours.

    Ours is what names one of our mails: in the address that it came to, or in the headers that it
    returns. Raises RefusedInput where nothing of that kind is there.
    """
    for raw in _raw_mails(path):
        mail = InboundMail(raw=raw)
        ours = token.find(mail.head) or bounce.classify(raw).token
        yield posted_mail(raw, recipient=_recipient(mail)) if ours else None


def bodies(path: Path, *, provider: str, via: str) -> Iterator[Posted]:
    """Each body of a webhook: a file of one, a file with one a line (.jsonl), or a folder of both.

    A form is known by its first octets. Raises RefusedInput where nothing is there.
    """
    for file in _files(path):
        content = file.read_bytes()
        for body in content.splitlines() if file.suffix in _LINES else [content]:
            if body.strip():
                headers = {"content-type": _content_type(body)}
                yield Posted(
                    provider=provider, via=via, method="POST", url="", headers=headers, body=body
                )


def _raw_mails(path: Path) -> Iterator[bytes]:
    if (path / "cur").is_dir():
        box = mailbox.Maildir(path, create=False)
        yield from (box.get_bytes(key) for key in sorted(box.keys()))
        return
    for file in _files(path):
        with file.open("rb") as opened:
            is_mbox = opened.read(5) == b"From "
        if is_mbox:
            many = mailbox.mbox(file, create=False)
            yield from (many.get_bytes(key) for key in many.keys())  # noqa: SIM118 - no mapping
            many.close()
        else:
            yield file.read_bytes()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.is_file())
    else:
        found = [path] if path.is_file() else []
    if not found:
        raise RefusedInput(f"There is nothing to import at {path}: name a file or a folder.")
    return found


def _recipient(mail: InboundMail) -> str:
    """The address of ours that it came to, where a header says so."""
    headers = email.parser.HeaderParser(policy=email.policy.compat32).parsestr(mail.head)
    told = (str(value) for name in _DELIVERED_TO for value in headers.get_all(name, []))
    return next((value.strip() for value in told if token.find(value)), "")


def _content_type(body: bytes) -> str:
    start = body.lstrip()[:200]
    if start[:1] in b"{[":
        return "application/json"
    if start.startswith(b"--"):
        boundary = start[2:].splitlines()[0].decode("ascii", "replace").strip()
        return f'multipart/form-data; boundary="{boundary}"'
    return "application/x-www-form-urlencoded"
