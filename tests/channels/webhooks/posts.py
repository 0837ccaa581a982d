"""Small posts of every provider, as their documentation shows them, about one mail to John."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from crm_notify.rules.evidence import Kind
from crm_notify.rules.news import Posted

JOHN = "john@example.com"
TOKEN = "bounce-na" + "a2b3c4d5e6" * 2 + "abcdefghi"
OURS = f"{TOKEN}@bounces.crm.example"
AT = 1_760_000_000  # 2025-10-09T08:53:20Z

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def post(
    provider: str,
    body: bytes,
    *,
    via: str = "tracking",
    content_type: str = JSON,
    url: str = "https://crm.example/notify/webhooks/x/tracking/",
    **headers: str,
) -> Posted:
    """A stored request; ``x_some_header="1"`` stands for the header X-Some-Header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Posted(
        provider=provider,
        via=via,
        method="POST",
        url=url,
        headers={"content-type": content_type, **named},
        body=body,
    )


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def sns(message: Any, kind: str = "Notification", **more: Any) -> dict[str, Any]:
    text = message if isinstance(message, str) else json.dumps(message)
    return {
        "Type": kind,
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:ses",
        "Timestamp": "2025-10-09T08:53:20.000Z",
        "Message": text,
        **more,
    }


SES_BOUNCE: dict[str, Any] = {
    "eventType": "Bounce",
    "mail": {
        "messageId": "ses-1",
        "destination": [JOHN],
        "headers": [{"name": "X-Metadata", "value": json.dumps({"crm_notify": TOKEN})}],
    },
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [
            {"emailAddress": JOHN, "action": "failed", "status": "5.1.1",
             "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
        ],
    },
}  # fmt: skip

BREVO_BOUNCE: dict[str, Any] = {
    "event": "hard_bounce",
    "email": JOHN,
    "message-id": "<1@brevo.example>",
    "ts_epoch": AT * 1000,
    "reason": "550 5.1.1 user unknown",
    "X-Mailin-custom": json.dumps({"crm_notify": TOKEN}),
    "tags": ["crm"],
}

MAILERSEND_BOUNCE: dict[str, Any] = {
    "type": "activity.hard_bounced",
    "data": {
        "type": "hard_bounced",
        "created_at": "2025-10-09T08:53:20.000000Z",
        "email": {
            "recipient": {"email": JOHN},
            "message": {"id": "mailersend-1"},
            "tags": [TOKEN],
        },
        "morph": {"object": "recipient_bounce", "reason": "550 5.1.1 user unknown"},
    },
}

MAILGUN_BOUNCE: dict[str, Any] = {
    "signature": {"token": "t", "timestamp": str(AT), "signature": "s"},
    "event-data": {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": AT,
        "recipient": JOHN,
        "message": {"headers": {"message-id": "1@mailgun.example", "to": JOHN}},
        "delivery-status": {"code": 550, "message": "5.1.1 user unknown"},
        "user-variables": {"crm_notify": TOKEN},
        "tags": [],
    },
}

MAILGUN_OLD_BOUNCE: dict[str, Any] = {
    "event": "bounced",
    "recipient": JOHN,
    "code": "550",
    "error": "5.1.1 user unknown",
    "timestamp": str(AT),
    "Message-Id": "<1@mailgun.example>",
    "message-headers": json.dumps([["X-Mailgun-Variables", json.dumps({"crm_notify": TOKEN})]]),
    "token": "t",
    "signature": "s",
}

MAILJET_BOUNCE: dict[str, Any] = {
    "event": "bounce",
    "time": AT,
    "MessageID": 1234567890123456789,
    "email": JOHN,
    "hard_bounce": True,
    "blocked": True,
    "error_related_to": "recipient",
    "error": "user unknown",
    "Payload": json.dumps({"crm_notify": TOKEN}),
    "customcampaign": "",
}

MAILTRAP_BOUNCE: dict[str, Any] = {
    "event": "bounce",
    "timestamp": AT,
    "message_id": "mailtrap-1",
    "event_id": "e1",
    "email": JOHN,
    "response": "550 5.1.1 user unknown",
    "response_code": 550,
    "bounce_category": "badmailbox",
    "custom_variables": {"crm_notify": TOKEN},
}

MANDRILL_BOUNCE: dict[str, Any] = {
    "event": "hard_bounce",
    "ts": AT,
    "_id": "mandrill-1",
    "msg": {
        "email": JOHN,
        "diag": "smtp;550 5.1.1 user unknown",
        "bounce_description": "bad_mailbox",
        "metadata": {"crm_notify": TOKEN},
        "tags": [],
    },
}

POSTAL_BOUNCE: dict[str, Any] = {
    "event": "MessageBounced",
    "timestamp": AT + 0.5,
    "uuid": "u1",
    "payload": {
        "original_message": {
            "id": 12345,
            "to": f"John <{JOHN}>",
            "tag": TOKEN,
            "direction": "outgoing",
        },
        "bounce": {"id": 12346, "subject": "Undelivered Mail Returned to Sender"},
    },
}

POSTMARK_BOUNCE: dict[str, Any] = {
    "RecordType": "Bounce",
    "ID": 42,
    "Type": "HardBounce",
    "MessageID": "postmark-1",
    "Description": "The server was unable to deliver your message",
    "Details": "550 5.1.1 user unknown",
    "Email": JOHN,
    "BouncedAt": "2025-10-09T08:53:20Z",
    "Metadata": {"crm_notify": TOKEN},
    "Tag": "crm",
}

RESEND_BOUNCE: dict[str, Any] = {
    "type": "email.bounced",
    "created_at": "2025-10-09T08:53:20.000Z",
    "data": {
        "email_id": "resend-1",
        "to": [JOHN],
        "headers": [{"name": "X-Metadata", "value": json.dumps({"crm_notify": TOKEN})}],
        "bounce": {"type": "Permanent", "subType": "General", "message": "sent a bounce message"},
    },
}

SENDGRID_BOUNCE: dict[str, Any] = {
    "event": "bounce",
    "type": "bounce",
    "email": JOHN,
    "timestamp": AT,
    "status": "5.1.1",
    "reason": "550 5.1.1 user unknown",
    "sg_event_id": "sg-e1",
    "anymail_id": "sendgrid-1",
    "crm_notify": TOKEN,
    "category": "crm",
}

SPARKPOST_BOUNCE: dict[str, Any] = {
    "msys": {
        "message_event": {
            "type": "bounce",
            "bounce_class": "10",
            "error_code": "550",
            "raw_reason": "550 5.1.1 user unknown",
            "transmission_id": "sparkpost-1",
            "event_id": "9",
            "timestamp": str(AT),
            "raw_rcpt_to": JOHN,
            "rcpt_meta": {"crm_notify": TOKEN},
        }
    }
}

UNISENDER_GO_BOUNCE: dict[str, Any] = {
    "event_name": "transactional_email_status",
    "event_data": {
        "job_id": "unisender-1",
        "email": JOHN,
        "status": "hard_bounced",
        "event_time": "2025-10-09 08:53:20",
        "metadata": {"crm_notify": TOKEN},
        "delivery_info": {
            "delivery_status": "err_user_unknown",
            "destination_response": "550 5.1.1 user unknown",
        },
    },
}


def mandrill(*events: Any) -> bytes:
    return urlencode({"mandrill_events": json.dumps(events)}).encode()


def unisender_go(*events: Any, auth: str = "0") -> bytes:
    return as_json({"auth": auth, "events_by_user": [{"user_id": 1, "events": list(events)}]})


#: Every provider's bounce, with the provider's message id that it names.
BOUNCES: dict[str, tuple[Posted, str]] = {
    "amazon_ses": (
        post("amazon_ses", as_json(sns(SES_BOUNCE)), content_type="text/plain"),
        "ses-1",
    ),
    "brevo": (post("brevo", as_json(BREVO_BOUNCE)), "<1@brevo.example>"),
    "sendinblue": (post("sendinblue", as_json(BREVO_BOUNCE)), "<1@brevo.example>"),
    "mailersend": (post("mailersend", as_json(MAILERSEND_BOUNCE)), "mailersend-1"),
    "mailgun": (post("mailgun", as_json(MAILGUN_BOUNCE)), "<1@mailgun.example>"),
    "mailgun, before 2018": (
        post("mailgun", urlencode(MAILGUN_OLD_BOUNCE).encode(), content_type=FORM),
        "<1@mailgun.example>",
    ),
    "mailjet": (post("mailjet", as_json([MAILJET_BOUNCE])), "1234567890123456789"),
    "mailjet, not grouped": (post("mailjet", as_json(MAILJET_BOUNCE)), "1234567890123456789"),
    "mailtrap": (post("mailtrap", as_json({"events": [MAILTRAP_BOUNCE]})), "mailtrap-1"),
    "mandrill": (post("mandrill", mandrill(MANDRILL_BOUNCE), content_type=FORM), "mandrill-1"),
    "postal": (post("postal", as_json(POSTAL_BOUNCE)), "12345"),
    "postmark": (post("postmark", as_json(POSTMARK_BOUNCE)), "postmark-1"),
    "resend": (post("resend", as_json(RESEND_BOUNCE)), "resend-1"),
    "sendgrid": (post("sendgrid", as_json([SENDGRID_BOUNCE])), "sendgrid-1"),
    "sparkpost": (post("sparkpost", as_json([SPARKPOST_BOUNCE])), "sparkpost-1"),
    "unisender_go": (post("unisender_go", unisender_go(UNISENDER_GO_BOUNCE)), "unisender-1"),
}

FAILED = {Kind.BOUNCED, Kind.REJECTED}
