"""The table of capabilities holds what Anymail's back ends and views do."""

from __future__ import annotations

import json
import warnings
from dataclasses import astuple
from typing import Any

import pytest
from anymail.exceptions import (
    AnymailDeprecationWarning,
    AnymailNotSupportedWarning,
    AnymailUnsupportedFeature,
)
from anymail.urls import urlpatterns
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string
from requests import Response

from crm_notify.rules.providers import (
    PROVIDERS,
    UNKNOWN,
    Carriers,
    Envelope,
    MessageId,
    Provider,
    Signature,
    carriers,
    provider_of,
)
from tests.rules.providers.recorded import tracking_view

TOKEN = "bounce-na" + "a" * 29
METADATA = {"crm_notify": TOKEN}
DOMAIN = "bounces.crm.example"
SENDER = f"{TOKEN}@{DOMAIN}"
ANYMAILS = [row for row in PROVIDERS.values() if row.anymail and row.name != "anymail_test"]
BY_NAME = pytest.mark.parametrize("row", ANYMAILS, ids=lambda row: row.name)


def backend_of(row: Provider, **options: Any) -> Any:
    keys = {
        "mailersend": {"api_token": "key"},
        "mailtrap": {"api_token": "key"},
        "mailjet": {"api_key": "key", "secret_key": "key"},
        "postmark": {"server_token": "key"},
        "postal": {"api_key": "key", "api_url": "http://localhost"},
        "scaleway": {"secret_key": "key", "project_id": "project"},
        "unisender_go": {"api_key": "key", "api_url": "http://localhost"},
        "amazon_ses": {},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)
        cls = import_string(row.backends[0])
        return cls(
            ignore_unsupported_features=False, **keys.get(row.name, {"api_key": "key"}), **options
        )


def message(**extras: Any) -> EmailMessage:
    mail = EmailMessage(
        "Call logged", "Text", "notify@crm.example", ["jon@example.com", "bob@example.org"]
    )
    for name, value in extras.items():
        setattr(mail, name, value)
    return mail


def wire(row: Provider, mail: EmailMessage) -> str:
    """What would go to the provider, as text."""
    payload = backend_of(row).build_message_payload(mail, {})
    if row.name == "amazon_ses":
        payload.finalize_payload()
        return str(payload.params)
    return f"{payload.get_api_endpoint()} {payload.serialize_data()}"


def accepts(row: Provider, **extras: Any) -> bool:
    try:
        wire(row, message(**extras))
    except AnymailUnsupportedFeature:
        return False
    return True


def test_all_of_anymails_back_ends_and_djangos_own_have_a_row() -> None:
    assert {row.name for row in ANYMAILS} == {
        "amazon_ses",
        "brevo",
        "mailersend",
        "mailgun",
        "mailjet",
        "mailtrap",
        "mandrill",
        "postal",
        "postmark",
        "resend",
        "scaleway",
        "sendgrid",
        "sparkpost",
        "unisender_go",
    }
    assert {row.name for row in PROVIDERS.values()} - {row.name for row in ANYMAILS} == {
        "smtp",
        "locmem",
        "console",
        "file",
        "dummy",
        "anymail_test",
    }


@BY_NAME
def test_an_envelope_sender_goes_as_far_as_the_row_says(row: Provider) -> None:
    if row.name == "postal":
        # Taken, but as the Sender header: docs.postalserver.io, "sender" of send/message.
        assert '"sender": "' + SENDER in wire(row, message(envelope_sender=SENDER))
        assert row.envelope is Envelope.NONE
        return
    assert accepts(row, envelope_sender=SENDER) == (row.envelope is not Envelope.NONE)
    if row.envelope is not Envelope.NONE:
        sent = wire(row, message(envelope_sender=SENDER))
        assert DOMAIN in sent
        assert (SENDER in sent) == (row.envelope is Envelope.FULL)


@BY_NAME
def test_metadata_is_taken_where_the_row_says_so(row: Provider) -> None:
    assert accepts(row, metadata=METADATA) == row.metadata
    if row.metadata:
        assert TOKEN in wire(row, message(metadata=METADATA))


@BY_NAME
def test_as_many_tags_are_taken_as_the_row_says(row: Provider) -> None:
    assert accepts(row, tags=[TOKEN])
    assert TOKEN in wire(row, message(tags=[TOKEN]))
    assert accepts(row, tags=[TOKEN, "another"]) == (row.max_tags is None)
    assert row.max_tags in {None, 1}


@BY_NAME
def test_a_token_fits_within_every_limit_of_the_provider(row: Provider) -> None:
    assert row.tag_limit is None or len(TOKEN) <= row.tag_limit
    assert row.metadata_limit is None or len(json.dumps(METADATA)) <= row.metadata_limit
    if row.name == "postmark":
        assert len("crm_notify") <= 20
        assert len(TOKEN) <= 80


@BY_NAME
def test_a_header_of_our_own_is_sent(row: Provider) -> None:
    sent = wire(row, message(extra_headers={"X-CRM-Notification": TOKEN}))
    assert TOKEN in sent
    # MailerSend refuses it at its end, except for Enterprise accounts.
    assert row.headers == (row.name != "mailersend")


def test_every_provider_but_one_can_carry_a_token_in_two_ways() -> None:
    ways = {row.name: sum(astuple(carriers(row))) for row in ANYMAILS}
    assert min(ways.values()) >= 1
    assert {name for name, count in ways.items() if count < 2} == {"mailersend"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mailjet", Carriers(metadata=True, tag=False, envelope=True, header=True)),
        ("mailgun", Carriers(metadata=True, tag=False, envelope=False, header=True)),
        ("mailersend", Carriers(metadata=False, tag=True, envelope=False, header=False)),
        ("postal", Carriers(metadata=False, tag=True, envelope=False, header=True)),
        ("smtp", Carriers(metadata=False, tag=False, envelope=True, header=True)),
    ],
)
def test_the_token_travels_as_metadata_or_else_as_a_tag(name: str, expected: Carriers) -> None:
    assert carriers(PROVIDERS[name]) == expected


def test_of_an_unknown_back_end_only_the_header_is_trusted() -> None:
    row = provider_of("acme.mail.Backend")
    assert row is UNKNOWN
    assert not row.anymail
    assert not row.confirms
    assert carriers(row) == Carriers(metadata=False, tag=False, envelope=False, header=True)


@pytest.mark.parametrize("row", PROVIDERS.values(), ids=lambda row: row.name)
def test_a_row_is_found_by_each_of_its_paths_which_all_exist(row: Provider) -> None:
    for path in row.backends:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AnymailDeprecationWarning)
            assert import_string(path)
        assert provider_of(path) is row


def test_sendinblue_is_brevo() -> None:
    assert provider_of("anymail.backends.sendinblue.EmailBackend").name == "brevo"


def test_webhooks_are_those_that_anymail_mounts() -> None:
    mounted = {pattern.name for pattern in urlpatterns}
    for row in PROVIDERS.values():
        # Mandrill has one address for both.
        both = row.name == "mandrill" and "mandrill_webhook" in mounted
        assert row.tracking == (f"{row.name}_tracking_webhook" in mounted or both)
        assert row.inbound == (f"{row.name}_inbound_webhook" in mounted or both)


def test_who_never_confirms_a_delivery() -> None:
    silent = {row.name for row in PROVIDERS.values() if not row.confirms}
    assert silent == {
        "mandrill",
        "scaleway",
        "smtp",
        "locmem",
        "console",
        "file",
        "dummy",
        "anymail_test",
    }


def test_whose_signature_anymail_checks() -> None:
    by = {
        signature: {row.name for row in PROVIDERS.values() if row.signature is signature}
        for signature in Signature
    }
    assert by[Signature.UNCHECKED] == {"amazon_ses"}
    assert by[Signature.CHECKED] == {
        "mailersend",
        "mailgun",
        "mailtrap",
        "mandrill",
        "postal",
        "resend",
        "sendgrid",
        "unisender_go",
    }
    for row in ANYMAILS:
        if row.tracking:
            own = {cls.__module__ for cls in _with_a_check(row)} - {"anymail.webhooks.base"}
            assert bool(own) == (row.signature is not Signature.NONE)


def _with_a_check(row: Provider) -> list[type]:
    classes = type(tracking_view(row.name)).__mro__
    return [cls for cls in classes if "validate_request" in vars(cls)]


#: What each provider's send API answers to a message for jon@example.com and bob@example.org.
ANSWERS: dict[str, Any] = {
    "amazon_ses": {"MessageId": "010001"},
    "brevo": {"messageId": "<201798300811.5787683@relay.domain.com>"},
    "mailersend": {},
    "mailgun": {"id": "<20160306015544.116301.25145@example.org>", "message": "Queued. Thank you."},
    "mailjet": {
        "Messages": [
            {
                "Status": "success",
                "To": [
                    {"Email": "jon@example.com", "MessageID": 456},
                    {"Email": "bob@example.org", "MessageID": 457},
                ],
            }
        ]
    },
    "mailtrap": {"success": True, "message_ids": ["0c7fd939", "0c7fd93a"]},
    "mandrill": [
        {"email": "jon@example.com", "status": "sent", "_id": "abc"},
        {"email": "bob@example.org", "status": "sent", "_id": "abd"},
    ],
    "postal": {
        "status": "success",
        "data": {
            "messages": {
                "jon@example.com": {"id": 1503, "token": "aaa"},
                "bob@example.org": {"id": 1504, "token": "bbb"},
            }
        },
    },
    "postmark": {
        "To": "jon@example.com, bob@example.org",
        "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
        "ErrorCode": 0,
        "Message": "OK",
    },
    "resend": {"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"},
    "scaleway": {
        "emails": [
            {"id": "1", "mail_rcpt": "jon@example.com", "status": "new"},
            {"id": "2", "mail_rcpt": "bob@example.org", "status": "new"},
        ]
    },
    "sendgrid": {},
    "sparkpost": {
        "results": {
            "total_rejected_recipients": 0,
            "total_accepted_recipients": 2,
            "id": "11668787484950529",
        }
    },
    "unisender_go": {
        "status": "success",
        "job_id": "1ZymBc-00041N-9X",
        "emails": ["jon@example.com", "bob@example.org"],
    },
}


def ids_of(row: Provider) -> set[object]:
    """The message ids that Anymail gives the two recipients of one message."""
    backend, mail = backend_of(row), message()
    payload = backend.build_message_payload(mail, {})
    if row.name != "amazon_ses":
        payload.serialize_data()
    answer = ANSWERS[row.name]
    if row.name != "amazon_ses":
        answer = Response()
        answer.status_code = 200
        answer._content = json.dumps(ANSWERS[row.name]).encode()
        answer.headers["Content-Type"] = "application/json"
        answer.headers["X-Message-Id"] = "5e42957d51f1d94a1070a733"
    status = backend.parse_recipient_status(answer, payload, mail)
    assert set(status) == {"jon@example.com", "bob@example.org"}
    return {each.message_id for each in status.values()}


@BY_NAME
def test_whose_recipients_share_a_message_id(row: Provider) -> None:
    ids = ids_of(row)
    assert (len(ids) == 1) == row.shared_id
    assert None not in ids
    if row.message_id is MessageId.HEADER:
        assert all(str(each).startswith("<") for each in ids)
