"""What a provider says of a message or a recipient that it does not take, in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_notify.channels.email.channel import EmailSpeaker
from crm_notify.models import Attempt
from tests.support.send_api import Reply, SendApi

Through = Callable[..., SendApi]
Speak = Callable[[], EmailSpeaker]
Make = Callable[..., Attempt]


def always(status: int, body: Any) -> Callable[..., Reply]:
    return lambda call: Reply(status=status, body=body)


@pytest.mark.parametrize(
    ("name", "status", "body", "result", "blame", "code"),
    [
        # Mandrill answers 500 to whatever is wrong.
        (
            "mandrill",
            500,
            {"status": "error", "code": -1, "name": "Invalid_Key", "message": "Invalid API key"},
            "refused",
            "sender",
            "Invalid_Key",
        ),
        (
            "mandrill",
            500,
            {"status": "error", "code": -2, "name": "ValidationError", "message": "No."},
            "refused",
            "unknown",
            "ValidationError",
        ),
        (
            "mandrill",
            500,
            {"status": "error", "code": -99, "name": "GeneralError", "message": "An error"},
            "later",
            "server",
            "500",
        ),
        # Postal answers 200.
        (
            "postal",
            200,
            {"status": "error", "data": {"code": "InvalidServerAPIKey", "message": "No."}},
            "refused",
            "sender",
            "InvalidServerAPIKey",
        ),
        (
            "postal",
            200,
            {"status": "error", "data": {"code": "NoContent", "message": "No content"}},
            "refused",
            "unknown",
            "NoContent",
        ),
        (
            "postal",
            200,
            {"status": "parameter-error", "data": {"message": "`to` is required"}},
            "refused",
            "unknown",
            "parameter-error",
        ),
        # Others name an error, too, but mean what their status says.
        ("unisender_go", 500, {"status": "error", "code": 1}, "later", "server", "500"),
    ],
)
def test_an_error_that_is_named_in_the_body_counts_more_than_the_status(
    name: str,
    status: int,
    body: Any,
    result: str,
    blame: str,
    code: str,
    through: Through,
    speaker: Speak,
    attempt: Make,
) -> None:
    through(name, always(status, body))
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame, answer.code) == (result, blame, code)


@pytest.mark.parametrize(
    ("name", "status", "body", "blame"),
    [
        ("mandrill", 200, [{"email": "john@example.com", "status": "invalid"}], "address"),
        ("mandrill", 200, [{"email": "john@example.com", "status": "rejected"}], "policy"),
        (
            "postmark",
            422,
            {
                "ErrorCode": 406,
                "Message": "You tried to send to a recipient that has been marked as inactive.\n"
                "Found inactive addresses: john@example.com.\nInactive recipients are ones that "
                "have generated a hard bounce or a spam complaint.",
            },
            "policy",
        ),
        (
            "postmark",
            422,
            {"ErrorCode": 300, "Message": "Invalid 'To' address: 'john@example.com'."},
            "address",
        ),
        (
            "mailersend",
            202,
            {
                "message": "There are some warnings for your request.",
                "warnings": [
                    {
                        "type": "ALL_SUPPRESSED",
                        "recipients": [{"email": "john@example.com", "reasons": ["hard_bounced"]}],
                    }
                ],
            },
            "policy",
        ),
        (
            "mailjet",
            400,
            {
                "Messages": [
                    {
                        "Status": "error",
                        "Errors": [
                            {
                                "ErrorCode": "send-0008",
                                "StatusCode": 400,
                                "ErrorMessage": "The sender is not validated.",
                                "ErrorRelatedTo": ["From"],
                            }
                        ],
                    }
                ]
            },
            "unknown",
        ),
        (
            "unisender_go",
            200,
            {
                "status": "success",
                "job_id": "1ZymBc",
                "emails": [],
                "failed_emails": {"john@example.com": "invalid"},
            },
            "address",
        ),
        (
            "sparkpost",
            200,
            {
                "results": {
                    "total_rejected_recipients": 1,
                    "total_accepted_recipients": 0,
                    "id": "1",
                }
            },
            "policy",
        ),
    ],
)
def test_a_recipient_that_the_provider_refuses_is_a_failure_at_once(
    name: str,
    status: int,
    body: Any,
    blame: str,
    through: Through,
    speaker: Speak,
    attempt: Make,
) -> None:
    through(name, always(status, body))
    answer = speaker().send(attempt())
    assert (answer.result, answer.blame) == ("refused", blame)
    assert "The provider answered" in answer.text
    if name == "mailjet":
        assert "The sender is not validated." in answer.text


def test_an_address_that_the_provider_writes_in_another_way_is_the_same(
    through: Through, speaker: Speak, attempt: Make
) -> None:
    body = {"To": "jon@example.com", "MessageID": "b7bc", "ErrorCode": 0, "Message": "OK"}
    through("postmark", always(200, body))
    answer = speaker().send(attempt(address="John@Example.com"))
    assert (answer.result, answer.message_id) == ("accepted", "b7bc")
    sent = {"Email": "john@example.com", "MessageID": 7}
    through("mailjet", always(200, {"Messages": [{"Status": "success", "To": [sent]}]}))
    answer = speaker().send(attempt(address="John@Example.com"))
    assert (answer.result, answer.message_id) == ("accepted", "7")
