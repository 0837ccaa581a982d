"""The send API: what arrives is what was sent, and what cannot be sent is refused as documented."""

from __future__ import annotations

import email
import email.policy
import json
import socket
from typing import Any

import pytest
import requests
from anymail.exceptions import AnymailAPIError

from project.provider import Provider
from tests.provider.conftest import Run, Send

KEY = {"Authorization": "a key"}


def transmission(**changes: Any) -> dict[str, Any]:
    content = {"from": "notify@crm.example", "subject": "A call", "text": "They are ready."}
    return {"recipients": [{"address": "jon@acme.example"}], "content": content} | changes


def content(**changes: Any) -> dict[str, Any]:
    return transmission(content=transmission()["content"] | changes)


def post(provider: Provider, body: Any, **options: Any) -> requests.Response:
    return requests.post(
        f"{provider.url}/api/v1/transmissions", **({"json": body, "headers": KEY} | options)
    )


def test_what_anymail_sends_is_what_arrives(provider: Provider, send: Send) -> None:
    headers = {
        "X-CRM-Notification": "na7x",
        "Message-ID": "<notification-17@crm.example>",
        "References": "<customer-4@crm.example>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://crm.example/unsubscribe/17>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = send(
        "Jon Müller <jon@acme.example>",
        headers=headers,
        reply_to=["Janet Smith <janet@crm.example>"],
        subject="Anruf für Contoso",
    )
    assert mail.anymail_status.status == {"queued"}
    (arrived,) = provider.messages
    assert arrived.transmission_id == mail.anymail_status.message_id
    assert arrived.mailbox == "jon@acme.example"
    assert arrived.return_path == "bounce-na7x@bounces.crm.example"
    assert arrived.metadata == {"crm_notification": "na7x"}
    assert arrived.text == "They are ready to close the deal today."
    assert {name: arrived.header(name) for name in headers} == headers
    read = email.message_from_bytes(arrived.raw, policy=email.policy.default)
    assert read["Return-Path"] == "<bounce-na7x@bounces.crm.example>"
    assert read["From"] == "Janet Smith via Acme CRM <notify@crm.example>"
    assert read["To"].addresses[0].display_name == "Jon Müller"
    assert read["Reply-To"] == "Janet Smith <janet@crm.example>"
    assert read["Subject"] == "Anruf für Contoso"
    assert read.get_content().strip() == "They are ready to close the deal today."


def test_both_bodies_and_files_arrive(provider: Provider, send: Send) -> None:
    mail = send(attachments=[("minutes.txt", "All agreed.", "text/plain")])
    assert mail.anymail_status.status == {"queued"}
    body = content(html="<p>They are ready.</p>")
    assert post(provider, body).status_code == 200
    with_file, with_html = (
        email.message_from_bytes(each.raw, policy=email.policy.default)
        for each in provider.messages
    )
    (file,) = with_file.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("minutes.txt", "All agreed.")
    html = with_html.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>They are ready.</p>"


def test_each_recipient_may_have_an_envelope_and_metadata_of_its_own(provider: Provider) -> None:
    recipients = [
        {"address": {"email": "jon@acme.example"}, "return_path": "bounce-1@crm.example"},
        {"address": {"email": "bob@acme.example"}, "metadata": {"id": "2"}},
    ]
    body = transmission(recipients=recipients, return_path="b@crm.example", metadata={"id": "1"})
    assert post(provider, body).json()["results"]["total_accepted_recipients"] == 2
    assert [(each.return_path, each.metadata) for each in provider.messages] == [
        ("bounce-1@crm.example", {"id": "1"}),
        ("b@crm.example", {"id": "2"}),
    ]


def test_a_return_path_header_is_no_envelope(provider: Provider) -> None:
    body = content(headers={"Return-Path": "<guess@crm.example>"}) | {
        "return_path": "b@crm.example"
    }
    assert post(provider, body).status_code == 200
    assert provider.messages[0].header("Return-Path") == "<b@crm.example>"


def test_places_are_filled_in_once_unless_that_is_switched_off(provider: Provider) -> None:
    html = "{{who}} {{{who}}} {{ nobody }}{{ address.email }}"
    body = content(subject="{{ who }} called", html=html, headers={"X-Who": "{{ who }}"})
    body["substitution_data"] = {"who": "Jan & {{ who }}"}
    assert post(provider, body).ok
    assert post(provider, body | {"options": {"perform_substitutions": False}}).ok
    filled, kept = provider.messages
    assert filled.subject == filled.header("Subject") == "Jan & {{ who }} called"
    assert filled.header("X-Who") == "Jan & {{ who }}"
    assert filled.html == "Jan &amp; {{ who }} Jan & {{ who }} jon@acme.example"
    assert (kept.subject, kept.html, kept.header("X-Who")) == (
        "{{ who }} called",
        html,
        "{{ who }}",
    )


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "another key"}])
def test_without_the_right_key_nothing_is_taken(run: Run, headers: dict[str, str]) -> None:
    provider = run(api_keys=["the key"])
    answer = post(provider, transmission(), headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"errors": [{"message": "Unauthorized."}]})
    assert provider.messages == ()
    assert post(provider, transmission(), headers={"Authorization": "the key"}).ok


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (transmission(recipients=[]), 422, "1400"),
        (transmission(recipients={"list_id": "all"}), 422, "1603"),
        (transmission(recipients="jon@acme.example"), 422, "1300"),
        (transmission(recipients=[{"address": {"name": "Jon"}}]), 400, "5002"),
        (transmission(recipients=[{"address": "jon at acme"}]), 400, "5002"),
        (transmission(recipients=[{"address": "a@b.c\r\nBcc: x@y.z"}]), 400, "5002"),
        (transmission(metadata={"text": "x" * 1000}), 400, "5002"),
        (transmission(metadata=["x"]), 400, "5002"),
        (transmission(campaign_id="x" * 65), 422, "1300"),
        (transmission(options="now"), 422, "1300"),
        (transmission(return_path="nobody"), 400, "5002"),
        (transmission(content={}), 422, "1400"),
        (transmission(content={"template_id": "call"}), 422, "1603"),
        (content(template_id="call"), 422, "1301"),
        (content(**{"from": "Janet"}), 422, "1300"),
        (content(**{"from": {"name": "Janet"}}), 422, "1400"),
        (content(**{"from": None}), 422, "1400"),
        (content(subject=""), 422, "1400"),
        (content(subject="A call\r\nBcc: x@y.z"), 422, "1300"),
        (content(text=""), 422, "1400"),
        (content(text=7), 422, "1300"),
        (content(headers={"X-A": "1\nBcc: x@y.z"}), 422, "1300"),
        (content(headers={"X A": "1"}), 422, "1300"),
        (content(headers={"Content-Type": "text/plain"}), 422, "1300"),
        (content(reply_to="janet@crm.example\x00"), 422, "1300"),
        (content(attachments=[{"name": "a", "type": "text/plain", "data": "?"}]), 422, "1300"),
        (content(attachments=[{"name": "a", "type": "text", "data": "eA=="}]), 422, "1400"),
        (content(attachments="a"), 422, "1300"),
        ([], 422, "1300"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_not_kept(
    provider: Provider, body: Any, status: int, code: str
) -> None:
    answer = post(provider, body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (status, code), answer.json()
    assert error["message"]
    assert provider.messages == ()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "1200"),
        (b"", 400, "1200"),
        (b"\xff", 400, "1305"),
        (json.dumps(content(subject="\ud800")).encode(), 400, "1305"),
        (b"[" * 100_000, 400, "1200"),
    ],
)
def test_what_is_no_text_or_no_json_is_refused(
    provider: Provider, body: bytes, status: int, code: str
) -> None:
    headers = KEY | {"Content-Type": "application/json"}
    answer = post(provider, None, data=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_good_recipients_are_served_beside_a_bad_one(provider: Provider) -> None:
    recipients = [{"address": "jon@acme.example"}, {"address": {"name": "John"}}]
    answer = post(provider, transmission(recipients=recipients)).json()
    assert answer["errors"][0]["code"] == "2000"
    assert answer["results"].pop("id").isdigit()
    assert answer["results"] == {
        "total_rejected_recipients": 1,
        "total_accepted_recipients": 1,
        "rcpt_to_errors": [
            {
                "message": "required field is missing",
                "code": "1400",
                "description": "address.email is required for each recipient",
            }
        ],
    }


def test_anymail_understands_a_refusal(provider: Provider, send: Send) -> None:
    with pytest.raises(AnymailAPIError, match="required field is missing") as raised:
        send(subject="")
    assert raised.value.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v1/transmissions/", 200),
        ("GET", "/api/v1/transmissions/", 405),
        ("POST", "/api/v1/metrics", 404),
        ("POST", "/", 405),
        ("PUT", "/mailboxes.json", 405),
        ("DELETE", "/api/v1/transmissions/1", 404),
        ("GET", "/nothing", 404),
    ],
)
def test_paths_and_methods(provider: Provider, method: str, path: str, status: int) -> None:
    answer = requests.request(method, provider.url + path, json=transmission(), headers=KEY)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("Host: evil.example\r\nContent-Length: 0", 421),
        ("Host: 127.0.0.1\r\nContent-Length: 99999999999", 413),
        ("Host: 127.0.0.1\r\nContent-Length: x", 411),
        ("Host: 127.0.0.1\r\nTransfer-Encoding: chunked", 411),
    ],
)
def test_a_request_that_will_not_be_read_is_refused_by_its_head(
    provider: Provider, head: str, status: int
) -> None:
    port = int(provider.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"POST /api/v1/transmissions HTTP/1.1\r\n{head}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
