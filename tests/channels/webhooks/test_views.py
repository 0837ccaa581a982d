"""Every webhook that Anymail receives is known here, and is read by Anymail's own view."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from typing import Any

import anymail.urls
import anymail.webhooks.amazon_ses
import anymail.webhooks.postal
import anymail.webhooks.resend
import anymail.webhooks.sendgrid
import pytest
from anymail.exceptions import (
    AnymailImproperlyInstalled,
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    _LazyError,
)
from pytest_django import Settings

from crm_notify.channels.webhooks import NAMES, parse, signature
from crm_notify.channels.webhooks.table import WEBHOOKS
from crm_notify.channels.webhooks.views import view_class, view_of
from crm_notify.exceptions import MissingExtra, SettingsError
from crm_notify.steps.receive import KEPT_HEADERS
from tests.channels.webhooks import posts, test_signing
from tests.channels.webhooks.posts import as_json, post

ignore_sendgrid = pytest.mark.filterwarnings(
    "ignore::anymail.exceptions.AnymailNotSupportedWarning"
)


def anymails_own() -> dict[tuple[str, str], Any]:
    """Provider and via of each of Anymail's URLs, with the view behind it."""
    found = {}
    for pattern in anymail.urls.urlpatterns:
        *provider, via, _ = pattern.name.split("_")
        if via not in {"tracking", "inbound"}:
            provider, via = [*provider, via], "inbound"  # Mandrill's URL for both.
        found["_".join(provider), via] = pattern.callback.view_class
    return found


def test_every_url_of_anymail_is_known_and_no_other() -> None:
    assert set(anymails_own()) == NAMES
    assert not [name for name in NAMES if name[0] == "scaleway"]


def test_every_webhook_is_read_by_anymails_own_view() -> None:
    for name, webhook in WEBHOOKS.items():
        assert issubclass(view_class(name[0], webhook), anymails_own()[name])


@ignore_sendgrid
@pytest.mark.parametrize(("provider", "via"), sorted(NAMES))
def test_a_view_asks_for_no_password_and_warns_of_none(
    settings: Settings, provider: str, via: str
) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": "user:password"}
    with warnings.catch_warnings():
        warnings.simplefilter("error", AnymailInsecureWebhookWarning)
        view = view_of(provider, via)
    assert not view.basic_auth
    assert not getattr(view, "auto_confirm_enabled", False)


def test_what_anymail_does_not_receive_is_refused() -> None:
    for ask in (parse, signature):
        with pytest.raises(SettingsError, match="no tracking webhooks of 'scaleway'"):
            ask(post("scaleway", b"{}"))
    with pytest.raises(SettingsError, match="no inbound webhooks of 'unisender_go'"):
        parse(post("unisender_go", b"{}", via="inbound"))


def test_a_host_that_makes_warnings_errors_hears_what_anymail_says() -> None:
    with pytest.raises(AnymailNotSupportedWarning):
        parse(post("sendgrid", b"[]"))


def test_settings_that_a_view_without_a_key_cannot_use_are_named(settings: Settings) -> None:
    settings.ANYMAIL = {"AMAZON_SES_CLIENT_PARAMS": {"config": {"no_such": "option"}}}
    with pytest.raises(SettingsError, match="ANYMAIL in the settings"):
        parse(post("amazon_ses", b"{}"))


def missing(package: str, extra: str) -> _LazyError:
    """What Anymail puts in the place of a package that is not installed."""
    return _LazyError(AnymailImproperlyInstalled(missing_package=package, install_extra=extra))


@ignore_sendgrid
@pytest.mark.parametrize(
    ("module", "name", "extra", "provider", "given"),
    [
        (anymail.webhooks.amazon_ses, "_get_anymail_boto3_params", "amazon-ses", "amazon_ses", {}),
        (
            anymail.webhooks.resend,
            "SvixWebhook",
            "resend",
            "resend",
            {"RESEND_SIGNING_SECRET": "whsec_x"},
        ),
        (
            anymail.webhooks.sendgrid,
            "serialization",
            "sendgrid",
            "sendgrid",
            {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": "x"},
        ),
    ],
)
def test_a_missing_package_is_named_with_anymails_extra(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    module: Any,
    name: str,
    extra: str,
    provider: str,
    given: dict[str, str],
) -> None:
    settings.ANYMAIL = given
    monkeypatch.setattr(module, name, missing("x", extra))
    for ask in (parse, signature):
        with pytest.raises(MissingExtra, match=rf"django-anymail\[{extra}\]"):
            ask(post(provider, b"{}"))


def test_a_package_that_only_the_check_misses_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anymail.webhooks.postal, "serialization", missing("x", "postal"))
    with pytest.raises(MissingExtra, match=r"django-anymail\[postal\]"):
        signature(post("postal", b"{}", x_postal_signature="x"))


def test_the_room_opens_without_any_optional_package() -> None:
    program = (
        "import sys\n"
        "for name in ['boto3', 'botocore', 'cryptography', 'svix', 's3_encryption']:\n"
        "    sys.modules[name] = None\n"
        "from django.conf import settings\n"
        "settings.configure()\n"
        "from crm_notify.channels import webhooks\n"
        "from crm_notify.rules.news import Posted\n"
        "posted = Posted(provider='sparkpost', via='tracking', method='POST',\n"
        "    url='https://crm.example/', headers={}, body=b'[{\"msys\":{}}]')\n"
        "assert webhooks.signature(posted) == 'unsigned'\n"
        "assert webhooks.parse(posted).unreadable == ()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", test_signing.SIGNED)
def test_the_headers_that_are_kept_are_enough_to_prove_and_to_read(name: str) -> None:
    posted = test_signing.SIGNED[name]()
    assert {header.lower() for header in posted.headers} <= KEPT_HEADERS


def test_amazon_ses_needs_headers_that_are_kept() -> None:
    posted = post("amazon_ses", as_json(posts.sns("x")), x_amz_sns_message_type="Notification")
    assert {header.lower() for header in posted.headers} <= KEPT_HEADERS


def test_starting_loads_no_providers_kit() -> None:
    """A pipe starts a process for each bounce."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django, sys; django.setup(); print({'boto3', 'svix'} & set(sys.modules))",
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "set()\n"
