"""How each of Anymail's 14 providers is spoken to: options, path, and its documented success."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.channels.email import readers
from tests.channels.email.arrived import Arrived
from tests.support.send_api import Call, Reply


@dataclass(frozen=True, kw_only=True)
class Wire:
    """One provider's send API."""

    #: The options of the back end besides ``api_url``.
    options: Mapping[str, Any]
    #: The API's own part of ``api_url``, and the path that is called then.
    api: str = ""
    path: str
    #: Its documented answer to a message for one recipient.
    success: Callable[[Call], Reply]
    #: The message id in that answer; empty where Anymail makes one.
    message_id: str = ""
    read: Callable[[Call], Arrived] = field(repr=False)

    def backend_options(self, url: str) -> dict[str, Any]:
        """The back end's OPTIONS for an API at ``url``."""
        if "client_params" in self.options:
            return {"client_params": {**self.options["client_params"], "endpoint_url": url}}
        return {**self.options, "api_url": f"{url}{self.api}"}


def _json(body: Any, status: int = 200) -> Callable[[Call], Reply]:
    return lambda call: Reply(status=status, body=body(call) if callable(body) else body)


WIRES: dict[str, Wire] = {
    "amazon_ses": Wire(
        options={
            "client_params": {
                "region_name": "eu-west-1",
                "aws_access_key_id": "an id",
                "aws_secret_access_key": "a secret",
            }
        },
        path="/v2/email/outbound-emails",
        success=_json({"MessageId": "0102019a-ses"}),
        message_id="0102019a-ses",
        read=readers.amazon_ses,
    ),
    "brevo": Wire(
        options={"api_key": "a key"},
        api="/v3/",
        path="/v3/smtp/email",
        success=_json({"messageId": "<2026.5787683@smtp-relay.mailin.fr>"}, 201),
        message_id="<2026.5787683@smtp-relay.mailin.fr>",
        read=readers.brevo,
    ),
    "mailersend": Wire(
        options={"api_token": "a token"},
        api="/v1/",
        path="/v1/email",
        success=lambda call: Reply(
            status=202, headers={"X-Message-Id": "5e42957d51f1d94a1070a733"}
        ),
        message_id="5e42957d51f1d94a1070a733",
        read=readers.mailersend,
    ),
    "mailgun": Wire(
        options={"api_key": "a key", "sender_domain": "mg.crm.example"},
        api="/v3",
        path="/v3/mg.crm.example/messages",
        success=_json({"id": "<20260101.1.A@mg.crm.example>", "message": "Queued. Thank you."}),
        message_id="<20260101.1.A@mg.crm.example>",
        read=readers.mailgun,
    ),
    "mailjet": Wire(
        options={"api_key": "a key", "secret_key": "a secret"},
        api="/v3.1/",
        path="/v3.1/send",
        success=_json(
            lambda call: {
                "Messages": [
                    {
                        "Status": "success",
                        "To": [
                            {
                                "Email": call.json["Messages"][0]["To"][0]["Email"],
                                "MessageUUID": "1ab23cd4-e567",
                                "MessageID": 1234567890987654321,
                                "MessageHref": "https://api.mailjet.com/v3/message/1",
                            }
                        ],
                    }
                ]
            }
        ),
        message_id="1234567890987654321",
        read=readers.mailjet,
    ),
    "mailtrap": Wire(
        options={"api_token": "a token"},
        api="/api/",
        path="/api/send",
        success=_json({"success": True, "message_ids": ["0c7fd939-02cf-11ed-88c2"]}),
        message_id="0c7fd939-02cf-11ed-88c2",
        read=readers.mailtrap,
    ),
    "mandrill": Wire(
        options={"api_key": "a key"},
        api="/api/1.0",
        path="/api/1.0/messages/send.json",
        success=_json(
            lambda call: [
                {
                    "email": call.json["message"]["to"][0]["email"],
                    "status": "sent",
                    "_id": "abc123abc123abc123abc123abc123",
                    "reject_reason": None,
                }
            ]
        ),
        message_id="abc123abc123abc123abc123abc123",
        read=readers.mandrill,
    ),
    "postal": Wire(
        options={"api_key": "a key"},
        path="/api/v1/send/message",
        success=_json(
            lambda call: {
                "status": "success",
                "time": 1.8,
                "flags": {},
                "data": {
                    "message_id": "a4b0@rp.postal.example",
                    "messages": {readers.postal(call).to[0].address: {"id": 1503, "token": "a4b"}},
                },
            }
        ),
        message_id="1503",
        read=readers.postal,
    ),
    "postmark": Wire(
        options={"server_token": "a token"},
        path="/email",
        success=_json(
            lambda call: {
                "To": call.json["To"],
                "SubmittedAt": "2026-01-01T00:00:00Z",
                "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
                "ErrorCode": 0,
                "Message": "OK",
            }
        ),
        message_id="b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
        read=readers.postmark,
    ),
    "resend": Wire(
        options={"api_key": "a key"},
        path="/emails",
        success=_json({"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}),
        message_id="49a3999c-0ce1-4ea6-ab68-afcd6dc2e794",
        read=readers.resend,
    ),
    "scaleway": Wire(
        options={"secret_key": "a secret", "project_id": "8j512135-9f5f"},
        api="/regions/{region}/",
        path="/regions/fr-par/emails",
        success=_json(
            lambda call: {
                "emails": [
                    {
                        "id": "655c27f2-b2a3-4a9f-8e1f-3e6dc268b1c4",
                        "message_id": "3d928e21-187a-4539-b303-403156e37911",
                        "project_id": "8j512135-9f5f",
                        "mail_from": call.json["from"]["email"],
                        "mail_rcpt": call.json["to"][0]["email"],
                        "rcpt_to": call.json["to"][0]["email"],
                        "rcpt_type": "to",
                        "status": "new",
                        "try_count": 0,
                    }
                ]
            }
        ),
        message_id="655c27f2-b2a3-4a9f-8e1f-3e6dc268b1c4",
        read=readers.scaleway,
    ),
    "sendgrid": Wire(
        options={"api_key": "a key"},
        api="/v3/",
        path="/v3/mail/send",
        success=lambda call: Reply(status=202, headers={"X-Message-Id": "14c5d75ce93"}),
        read=readers.sendgrid,
    ),
    "sparkpost": Wire(
        options={"api_key": "a key"},
        api="/api/v1/",
        path="/api/v1/transmissions/",
        success=_json(
            {
                "results": {
                    "total_rejected_recipients": 0,
                    "total_accepted_recipients": 1,
                    "id": "11668787484950529",
                }
            }
        ),
        message_id="11668787484950529",
        read=readers.sparkpost,
    ),
    "unisender_go": Wire(
        options={"api_key": "a key"},
        api="/ru/transactional/api/v1/",
        path="/ru/transactional/api/v1/email/send.json",
        success=_json(
            lambda call: {
                "status": "success",
                "job_id": "1ZymBc-00041N-9X",
                "emails": [call.json["message"]["recipients"][0]["email"]],
            }
        ),
        read=readers.unisender_go,
    ),
}
