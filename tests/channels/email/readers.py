"""What arrived at each of Anymail's 14 providers, read from the call as its API documents it."""

from __future__ import annotations

import base64
import email
import email.policy
import json
from collections.abc import Mapping

from tests.channels.email.arrived import Arrived, Mailbox, mailbox, mailboxes, named
from tests.support.send_api import Call


def amazon_ses(call: Call) -> Arrived:
    raw = base64.b64decode(call.json["Content"]["Raw"]["Data"])
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    (recipient,) = call.json["Destination"]["ToAddresses"]
    (shown,) = mailboxes(message["To"])
    assert shown.address == recipient
    return Arrived(
        sender=mailboxes(message["From"])[0],
        to=(shown,),
        reply_to=mailboxes(message["Reply-To"]) if message["Reply-To"] else (),
        # The parser keeps the space of a fold.
        subject=message["Subject"].strip(),
        text=text.get_content(),
        html=html.get_content(),
        headers=named(message.items()),
        envelope=call.json["FeedbackForwardingEmailAddress"],
        metadata=json.loads(message["X-Metadata"]),
        extra=raw,
    )


def brevo(call: Call) -> Arrived:
    data = call.json
    headers = named(data["headers"].items())
    return Arrived(
        sender=mailbox(data["sender"]),
        to=tuple(map(mailbox, data["to"])),
        reply_to=(mailbox(data["replyTo"]),) if "replyTo" in data else (),
        subject=data["subject"],
        text=data["textContent"],
        html=data["htmlContent"],
        headers=headers,
        metadata=json.loads(headers["x-mailin-custom"]),
    )


def mailersend(call: Call) -> Arrived:
    data = call.json
    return Arrived(
        sender=mailbox(data["from"]),
        to=tuple(map(mailbox, data["to"])),
        reply_to=(mailbox(data["reply_to"]),) if "reply_to" in data else (),
        subject=data["subject"],
        text=data["text"],
        html=data["html"],
        headers=named((entry["name"], entry["value"]) for entry in data.get("headers", [])),
        tags=tuple(data["tags"]),
        extra=data,
    )


def mailgun(call: Call) -> Arrived:
    (subject,), (text,), (html,) = (call.form[name] for name in ("subject", "text", "html"))
    headers = named((name[2:], value[0]) for name, value in call.form.items() if name[:2] == "h:")
    return Arrived(
        sender=mailboxes(*call.form["from"])[0],
        to=mailboxes(*call.form["to"]),
        reply_to=mailboxes(headers["reply-to"]) if "reply-to" in headers else (),
        subject=subject,
        text=text,
        html=html,
        headers=headers,
        metadata={name[2:]: value[0] for name, value in call.form.items() if name[:2] == "v:"},
    )


def mailjet(call: Call) -> Arrived:
    data = call.json["Globals"]
    (message,) = call.json["Messages"]

    def box(entry: Mapping[str, str]) -> Mailbox:
        return mailbox(entry, "Name", "Email")

    return Arrived(
        sender=box(data["From"]),
        to=tuple(map(box, message["To"])),
        reply_to=(box(data["ReplyTo"]),) if "ReplyTo" in data else (),
        subject=data["Subject"],
        text=data["TextPart"],
        html=data["HTMLPart"],
        headers=named(data["Headers"].items()),
        envelope=data["Sender"]["Email"],
        metadata=json.loads(data["EventPayload"]),
        extra=data,
    )


def mailtrap(call: Call) -> Arrived:
    data = call.json
    return Arrived(
        sender=mailbox(data["from"]),
        to=tuple(map(mailbox, data["to"])),
        reply_to=(mailbox(data["reply_to"]),) if "reply_to" in data else (),
        subject=data["subject"],
        text=data["text"],
        html=data["html"],
        headers=named(data["headers"].items()),
        metadata=data["custom_variables"],
    )


def mandrill(call: Call) -> Arrived:
    data = call.json["message"]
    headers = named(data["headers"].items())
    assert {entry["type"] for entry in data["to"]} == {"to"}
    return Arrived(
        sender=mailbox(data, "from_name", "from_email"),
        to=tuple(map(mailbox, data["to"])),
        reply_to=mailboxes(headers["reply-to"]) if "reply-to" in headers else (),
        subject=data["subject"],
        text=data["text"],
        html=data["html"],
        headers=headers,
        envelope=data.get("return_path_domain", ""),
        metadata=data["metadata"],
    )


def postal(call: Call) -> Arrived:
    data = call.json
    return Arrived(
        sender=mailboxes(data["from"])[0],
        to=mailboxes(*data["to"]),
        reply_to=mailboxes(data["reply_to"]) if "reply_to" in data else (),
        subject=data["subject"],
        text=data["plain_body"],
        html=data["html_body"],
        headers=named(data["headers"].items()),
        tags=(data["tag"],),
        extra=data,
    )


def postmark(call: Call) -> Arrived:
    data = call.json
    return Arrived(
        sender=mailboxes(data["From"])[0],
        to=mailboxes(data["To"]),
        reply_to=mailboxes(data["ReplyTo"]) if "ReplyTo" in data else (),
        subject=data["Subject"],
        text=data["TextBody"],
        html=data["HtmlBody"],
        headers=named((entry["Name"], entry["Value"]) for entry in data["Headers"]),
        metadata=data["Metadata"],
    )


def resend(call: Call) -> Arrived:
    data = call.json
    headers = named(data["headers"].items())
    return Arrived(
        sender=mailboxes(data["from"])[0],
        to=mailboxes(*data["to"]),
        reply_to=mailboxes(*data.get("reply_to", [])),
        subject=data["subject"],
        text=data["text"],
        html=data["html"],
        headers=headers,
        metadata=json.loads(headers["x-metadata"]),
    )


def scaleway(call: Call) -> Arrived:
    data = call.json
    headers = named((entry["key"], entry["value"]) for entry in data["additional_headers"])
    return Arrived(
        sender=mailbox(data["from"]),
        to=tuple(map(mailbox, data["to"])),
        reply_to=mailboxes(headers["reply-to"]) if "reply-to" in headers else (),
        subject=data["subject"],
        text=data["text"],
        html=data["html"],
        headers=headers,
        metadata=json.loads(headers["x-metadata"]),
    )


def sendgrid(call: Call) -> Arrived:
    data = call.json
    (person,) = data["personalizations"]
    content = {entry["type"]: entry["value"] for entry in data["content"]}
    return Arrived(
        sender=mailbox(data["from"]),
        to=tuple(map(mailbox, person["to"])),
        reply_to=tuple(map(mailbox, data.get("reply_to_list", []))),
        subject=data["subject"],
        text=content["text/plain"],
        html=content["text/html"],
        headers=named(data["headers"].items()),
        metadata={**data["custom_args"], **person["custom_args"]},
    )


def sparkpost(call: Call) -> Arrived:
    data, content = call.json, call.json["content"]
    (recipient,) = data["recipients"]
    (shown,) = mailboxes(recipient["address"]["header_to"])
    assert shown.address == recipient["address"]["email"]
    return Arrived(
        sender=mailboxes(content["from"])[0],
        to=(shown,),
        reply_to=mailboxes(content["reply_to"]) if "reply_to" in content else (),
        subject=content["subject"],
        text=content["text"],
        html=content["html"],
        headers=named(content["headers"].items()),
        envelope=data["return_path"],
        metadata=data["metadata"],
        extra=data,
    )


def unisender_go(call: Call) -> Arrived:
    data = call.json["message"]
    headers = named(data["headers"].items())
    (recipient,) = data["recipients"]
    (shown,) = mailboxes(headers.pop("to"))
    assert shown.address == recipient["email"]
    reply_to = mailbox(data, "reply_to_name", "reply_to") if "reply_to" in data else None
    return Arrived(
        sender=mailbox(data, "from_name", "from_email"),
        to=(shown,),
        reply_to=(reply_to,) if reply_to else (),
        subject=data["subject"],
        text=data["body"]["plaintext"],
        html=data["body"]["html"],
        headers=headers,
        metadata={**data["global_metadata"], **recipient["metadata"]},
        extra=data,
    )
