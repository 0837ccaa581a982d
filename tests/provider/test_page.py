"""The page shows what each mailbox got, and nothing that a mail says can act there."""

from __future__ import annotations

import re
import time

import pytest
import requests

from project.provider import Provider
from tests.provider.conftest import Run, Send, settle

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def page(provider: Provider, path: str = "/") -> requests.Response:
    return requests.get(provider.url + path)


def test_mail_stands_in_its_mailbox_with_envelope_and_bodies(
    provider: Provider, send: Send
) -> None:
    send("Jon@acme.example", headers={"X-CRM-Notification": "na7x"})
    settle(provider)
    boxes = page(provider, "/mailboxes.json").json()
    (mail,) = boxes["jon@acme.example"]
    assert (mail["held"], mail["state"]) == (True, "delivered")
    assert mail["return_path"] == "bounce-na7x@bounces.crm.example"
    assert mail["headers"]["X-CRM-Notification"] == "na7x"
    assert [event["type"] for event in mail["events"]] == ["injection", "delivery"]
    shown = page(provider).text
    for text in (mail["subject"], "notify@crm.example", mail["return_path"], mail["text"]):
        assert text in shown


def test_refused_mail_is_shown_with_the_reply_it_got(provider: Provider, send: Send) -> None:
    send("john@acme.example")
    settle(provider)
    (mail,) = page(provider, "/mailboxes.json").json()["john@acme.example"]
    assert (mail["held"], mail["state"]) == (False, "bounced")
    assert mail["reply"].startswith("550 5.1.1 <john@acme.example>")
    shown = page(provider).text
    assert 'class="mail refused"' in shown
    assert "550 5.1.1 &lt;john@acme.example&gt;" in shown


def test_what_a_late_bounce_took_back_is_not_held(provider: Provider, send: Send) -> None:
    send("late@acme.example")
    settle(provider)
    (letter,) = provider.letters
    accepted = letter.message.accepted_at
    assert letter.state(accepted) == "accepted"
    assert letter.held(letter.happenings[1].at)
    assert letter.refused(time.time())


def test_one_mailbox_can_be_looked_at_alone(provider: Provider, send: Send) -> None:
    send("jon@acme.example", subject="For Jon")
    send("bob@acme.example", subject="For Bob")
    shown = page(provider, "/?mailbox=bob%40acme.example").text
    assert "For Bob" in shown
    assert "For Jon" not in shown


def test_nothing_hostile_becomes_markup(provider: Provider, send: Send) -> None:
    send("jon@acme.example", subject=HOSTILE, body=HOSTILE, headers={"X-Evil": HOSTILE})
    message_id = provider.messages[0].id
    for path in ("/", f"/messages/{message_id}", f"/?mailbox={HOSTILE}"):
        shown = page(provider, path).text
        assert "<script" not in shown
        assert "<img" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(provider).text


def test_the_html_of_a_mail_is_locked_in(provider: Provider, send: Send) -> None:
    mail = send(esp_extra={"content": {"html": "<p>Ready</p><script>alert(1)</script>"}})
    assert mail.anymail_status.status == {"queued"}
    message_id = provider.messages[0].id
    frame = re.search(r"<iframe [^>]*>", page(provider).text)
    assert frame is not None
    assert f'src="/messages/{message_id}/html"' in frame[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    policy = page(provider, f"/messages/{message_id}/html").headers["Content-Security-Policy"]
    assert policy.startswith(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'"
    )
    assert "allow-scripts" not in policy
    assert "script-src" not in policy


def test_every_page_forbids_whatever_it_does_not_need(provider: Provider, send: Send) -> None:
    send()
    for path in ("/", "/style.css", "/mailboxes.json", f"/messages/{provider.messages[0].id}/raw"):
        answer = page(provider, path)
        assert answer.ok
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; frame-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert " style=" not in page(provider).text


def test_the_page_loads_itself_again_but_a_mail_that_is_read_stays(
    provider: Provider, send: Send
) -> None:
    send()
    assert '<meta http-equiv="refresh" content="3">' in page(provider).text
    assert "http-equiv" not in page(provider, f"/messages/{provider.messages[0].id}").text


def test_the_mail_can_be_had_as_it_went_over_the_wire(provider: Provider, send: Send) -> None:
    send()
    (message,) = provider.messages
    answer = page(provider, f"/messages/{message.id}/raw")
    assert answer.content == message.raw
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/messages/none", "/messages/none/html", "/messages/a/b/c"])
def test_what_is_not_there_is_not_found(provider: Provider, path: str) -> None:
    assert page(provider, path).status_code == 404


def test_the_page_explains_the_mailboxes_and_the_controls(run: Run) -> None:
    shown = page(run(unknown=["john@contoso.example"])).text
    for text in ("No mail yet", "suppressed", "552 5.2.2 class 22 after 4", "john@contoso.example"):
        assert text in shown
    for verb in (
        "hold",
        "release",
        "repeat",
        "break",
        "empty",
        "mend",
        "give_up",
        "answer",
        "limit",
    ):
        assert f"<code>{verb}</code>" in shown
