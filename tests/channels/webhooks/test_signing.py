"""A request is taken for the provider's only where it is signed with the provider's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from pytest_django import Settings
from svix.webhooks import Webhook

from crm_notify.channels.webhooks import BadSignature, signature
from crm_notify.exceptions import SettingsError
from crm_notify.rules.news import Posted
from tests.channels.webhooks import posts
from tests.channels.webhooks.conftest import KEYS
from tests.channels.webhooks.posts import FORM, as_json, post

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")

URL = "https://crm.example/notify/webhooks/mandrill/tracking/?a=1&b=%20"
SVIX_SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four!").decode()
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def pem_body(key: Any) -> str:
    """A public key as providers show it: PEM without its first and last line."""
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return "".join(pem.decode().splitlines()[1:-1])


def hexed(key: str, message: bytes, digest: Any = hashlib.sha256) -> str:
    return hmac.new(key.encode(), message, digest).hexdigest()


def mailersend(via: str) -> Posted:
    key = KEYS["MAILERSEND_SIGNING_SECRET" if via == "tracking" else "MAILERSEND_INBOUND_SECRET"]
    body = as_json(posts.MAILERSEND_BOUNCE)
    return post("mailersend", body, via=via, Signature=hexed(key, body))


def stamp(**ago: float) -> str:
    """Seconds since 1970, so long ago."""
    return str(int((datetime.now(UTC) - timedelta(**ago)).timestamp()))


def mailgun_json(at: Any = None) -> Posted:
    at = stamp() if at is None else at
    signed = hexed(KEYS["MAILGUN_WEBHOOK_SIGNING_KEY"], f"{at}token".encode())
    block = {"timestamp": at, "token": "token", "signature": signed}
    return post("mailgun", as_json({**posts.MAILGUN_BOUNCE, "signature": block}))


def mailgun_form(content_type: str = FORM, size: int = 10, at: str = "") -> Posted:
    at = at or stamp()
    signed = hexed(KEYS["MAILGUN_WEBHOOK_SIGNING_KEY"], f"{at}token".encode())
    fields = {
        "timestamp": at,
        "token": "token",
        "signature": signed,
        "body-mime": "x" * size,
    }
    if content_type == FORM:
        body = urlencode(fields).encode()
    else:
        parts = [
            f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        body = "".join([*parts, "--xyz--\r\n"]).encode()
    return post("mailgun", body, via="inbound", content_type=content_type)


def mandrill(signed_url: str = URL, url: str = URL) -> Posted:
    body = posts.mandrill(posts.MANDRILL_BOUNCE)
    event = {"mandrill_events": "[" + as_json(posts.MANDRILL_BOUNCE).decode() + "]"}
    signed = signed_url + "mandrill_events" + event["mandrill_events"]
    digest = hmac.new(KEYS["MANDRILL_WEBHOOK_KEY"].encode(), signed.encode(), hashlib.sha1)
    return post(
        "mandrill",
        body,
        content_type=FORM,
        url=url,
        x_mandrill_signature=base64.b64encode(digest.digest()).decode(),
    )


def postal(via: str = "tracking") -> Posted:
    body = as_json(posts.POSTAL_BOUNCE)
    signed = RSA_KEY.sign(body, padding.PKCS1v15(), hashes.SHA1())
    return post("postal", body, via=via, x_postal_signature=base64.b64encode(signed).decode())


def unisender_go() -> Posted:
    key = KEYS["UNISENDER_GO_API_KEY"]
    unsigned = posts.unisender_go(posts.UNISENDER_GO_BOUNCE, auth=key)
    auth = hashlib.md5(unsigned).hexdigest()
    return post("unisender_go", unsigned.replace(key.encode(), auth.encode()))


def mailtrap(via: str = "tracking") -> Posted:
    body = as_json({"events": [posts.MAILTRAP_BOUNCE]})
    return post("mailtrap", body, via=via, Mailtrap_Signature=hexed("trap", body))


def resend(via: str = "tracking", at: datetime | None = None) -> Posted:
    body = as_json(posts.RESEND_BOUNCE)
    at = at or datetime.now(UTC)
    signed = Webhook(SVIX_SECRET).sign("msg_1", at, body.decode())
    return post(
        "resend",
        body,
        via=via,
        svix_id="msg_1",
        svix_timestamp=str(int(at.timestamp())),
        svix_signature=signed,
    )


def sendgrid() -> Posted:
    body = as_json([posts.SENDGRID_BOUNCE])
    signed = base64.b64encode(EC_KEY.sign(b"1760000000" + body, ec.ECDSA(hashes.SHA256())))
    return post(
        "sendgrid",
        body,
        x_twilio_email_event_webhook_signature=signed.decode(),
        x_twilio_email_event_webhook_timestamp="1760000000",
    )


SIGNED: dict[str, Callable[[], Posted]] = {
    "mailersend": lambda: mailersend("tracking"),
    "mailersend, inbound": lambda: mailersend("inbound"),
    "mailgun": mailgun_json,
    "mailgun, form": mailgun_form,
    "mailgun, multipart": lambda: mailgun_form("multipart/form-data; boundary=xyz"),
    "mailtrap": mailtrap,
    "mailtrap, inbound": lambda: mailtrap("inbound"),
    "mandrill": mandrill,
    "postal": postal,
    "postal, inbound": lambda: postal("inbound"),
    "resend": resend,
    "resend, inbound": lambda: resend("inbound"),
    "sendgrid": sendgrid,
    "unisender_go": unisender_go,
}


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.ANYMAIL = {
        **KEYS,
        "MAILTRAP_TRACKING_SECRET": "trap",
        "MAILTRAP_INBOUND_SECRET": "trap",
        "POSTAL_WEBHOOK_KEY": pem_body(RSA_KEY),
        "RESEND_SIGNING_SECRET": SVIX_SECRET,
        "RESEND_INBOUND_SECRET": SVIX_SECRET,
        "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": pem_body(EC_KEY),
    }


@pytest.mark.parametrize("signed", SIGNED.values(), ids=SIGNED)
def test_what_the_provider_signed_is_valid(signed: Callable[[], Posted]) -> None:
    assert signature(signed()) == "valid"


@pytest.mark.parametrize("signed", SIGNED.values(), ids=SIGNED)
def test_without_its_signature_it_is_refused(signed: Callable[[], Posted]) -> None:
    posted = signed()
    content_type = {"content-type": posted.headers["content-type"]}
    forged = replace(
        posted,
        headers=content_type,
        body=posted.body.replace(b"signature", b"signatory").replace(b"auth", b"author"),
    )
    with pytest.raises(BadSignature):
        signature(forged)


@pytest.mark.parametrize("name", [name for name in SIGNED if not name.startswith("mailgun")])
def test_with_another_body_it_is_refused(name: str) -> None:
    posted = SIGNED[name]()
    with pytest.raises(BadSignature):
        signature(replace(posted, body=posted.body.replace(b"john", b"jane")))


def test_mailgun_signs_its_timestamp_and_token_only() -> None:
    posted = mailgun_json()
    other = replace(posted, body=posted.body.replace(b"john", b"jane"))
    assert signature(other) == "valid"
    with pytest.raises(BadSignature):
        signature(replace(posted, body=posted.body.replace(b'"token"', b'"tokem"', 2)))


def test_a_mail_larger_than_djangos_forms_is_proven_too(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert signature(mailgun_form(size=1000)) == "valid"
    assert signature(mailgun_form("multipart/form-data; boundary=xyz", size=1000)) == "valid"


def test_mandrill_signs_the_url_with_the_password_that_is_in_it(settings: Settings) -> None:
    settings.CRM_NOTIFY = {"WEBHOOK_SECRETS": ["old:secret", "new:secret"]}
    with_password = URL.replace("https://", "https://new:secret@")
    assert signature(mandrill(signed_url=with_password)) == "valid"
    with pytest.raises(BadSignature) as caught:
        signature(mandrill(signed_url=URL.replace("https://", "https://other:one@")))
    assert "MANDRILL_WEBHOOK_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_mandrills_url_may_be_told(settings: Settings) -> None:
    settings.ANYMAIL = {**KEYS, "MANDRILL_WEBHOOK_URL": "https://outside.example/hook/"}
    assert signature(mandrill(signed_url="https://outside.example/hook/")) == "valid"


@pytest.mark.parametrize("signed", [mailgun_json, mailgun_form])
def test_mailgun_may_come_again_for_hours_but_not_with_what_was_signed_long_ago(
    signed: Callable[..., Posted],
) -> None:
    # It tries for 8 hours.
    assert signature(signed(at=stamp(hours=15))) == "valid"
    with pytest.raises(BadSignature, match="too long ago"):
        signature(signed(at=stamp(hours=17)))


@pytest.mark.parametrize("use_tz", [True, False])
def test_how_old_it_is_counts_from_when_it_came(settings: Settings, use_tz: bool) -> None:
    """A person lets in on Monday what was kept apart on Friday."""
    settings.USE_TZ = use_tz
    signed = mailgun_json(at=stamp(days=3))
    came_at = timezone.now() - timedelta(days=3)
    assert signature(signed, came_at=came_at) == "valid"
    with pytest.raises(BadSignature, match="too long ago"):
        signature(signed)


def test_of_two_times_in_a_form_the_signed_one_counts() -> None:
    posted = mailgun_form(at=stamp(days=30))
    fresh = f"timestamp={stamp()}&".encode()
    with pytest.raises(BadSignature, match="too long ago"):
        signature(replace(posted, body=fresh + posted.body))


@pytest.mark.parametrize("at", ["yesterday", "", "9" * 30, [], {}])
def test_a_signature_of_mailgun_without_a_time_is_refused(at: Any) -> None:
    with pytest.raises(BadSignature, match="no time"):
        signature(mailgun_json(at=at))


def test_a_signature_that_has_grown_old_is_refused() -> None:
    with pytest.raises(BadSignature, match="RESEND_SIGNING_SECRET"):
        signature(resend(at=datetime(2025, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("provider", "via"),
    [
        ("brevo", "tracking"),
        ("brevo", "inbound"),
        ("sendinblue", "tracking"),
        ("mailjet", "tracking"),
        ("mailjet", "inbound"),
        ("postmark", "tracking"),
        ("postmark", "inbound"),
        ("sendgrid", "inbound"),
        ("sparkpost", "tracking"),
        ("sparkpost", "inbound"),
    ],
)
def test_who_signs_nothing_is_unsigned(provider: str, via: str) -> None:
    assert signature(post(provider, b"{}", via=via)) == "unsigned"


@pytest.mark.parametrize(
    ("given", "signed"),
    [
        ({}, mailtrap),
        ({}, resend),
        ({}, sendgrid),
        ({"MAILTRAP_TRACKING_SECRET": ""}, mailtrap),
        ({"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": ""}, sendgrid),
    ],
)
def test_without_a_key_of_ours_an_optional_signature_is_not_looked_at(
    settings: Settings, given: dict[str, str], signed: Callable[[], Posted]
) -> None:
    settings.ANYMAIL = given
    assert signature(replace(signed(), headers={})) == "unsigned"


@pytest.mark.parametrize(
    ("setting", "value", "signed"),
    [
        ("MAILERSEND_SIGNING_SECRET", "", SIGNED["mailersend"]),
        ("MAILGUN_WEBHOOK_SIGNING_KEY", "", mailgun_json),
        ("MAILGUN_WEBHOOK_SIGNING_KEY", "clé", mailgun_json),
        ("MANDRILL_WEBHOOK_KEY", "", mandrill),
        ("POSTAL_WEBHOOK_KEY", "", postal),
        ("RESEND_SIGNING_SECRET", "", resend),
        ("SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY", "no key", sendgrid),
        ("UNISENDER_GO_API_KEY", "", unisender_go),
    ],
)
def test_a_key_that_is_blank_or_malformed_is_named(
    settings: Settings, setting: str, value: str, signed: Callable[[], Posted]
) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, setting: value}
    with pytest.raises(SettingsError, match=setting) as caught:
        signature(signed())
    assert value == "" or value not in str(caught.value)


def test_a_missing_key_is_named(settings: Settings) -> None:
    settings.ANYMAIL = {}
    for name, setting in [
        ("mailgun", "MAILGUN_WEBHOOK_SIGNING_KEY"),
        ("mandrill", "MANDRILL_WEBHOOK_KEY"),
        ("postal", "POSTAL_WEBHOOK_KEY"),
    ]:
        with pytest.raises(SettingsError, match=setting):
            signature(SIGNED[name]())


def test_a_key_that_only_the_check_finds_malformed_is_named_too(settings: Settings) -> None:
    settings.ANYMAIL = {**KEYS, "POSTAL_WEBHOOK_KEY": "no key"}
    with pytest.raises(BadSignature, match="POSTAL_WEBHOOK_KEY"):
        signature(postal())


def test_a_request_that_django_itself_refuses_is_not_signed_well() -> None:
    with pytest.raises(BadSignature, match="could not be checked"):
        signature(replace(postal(), headers={"content-type": 'text/plain; charset="\x00"'}))
