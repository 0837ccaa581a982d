"""Every way of setting it up wrongly has an id, and a hint that says what to type."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import connections
from django.urls import get_script_prefix, set_script_prefix
from django.utils.translation import gettext_lazy

from crm_notify.checks import admins as admins_check
from crm_notify.checks import check_databases, check_settings
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError

Change = Callable[..., None]


def ids() -> list[str]:
    found: list[CheckMessage] = check_settings()
    assert all(message.hint or message.id == "crm_notify.E001" for message in found)
    return [str(message.id).removeprefix("crm_notify.") for message in found]


@pytest.fixture(autouse=True)
def admins(settings: Any) -> None:
    """Somebody gets the digest; in other tests nobody does, so that no mail is in their way."""
    settings.ADMINS = ["alice@crm.example"]


def test_the_tests_own_settings_are_right() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"SENDR": "x"}, ["E001"]),
        ({"SENDER": 5}, ["E001"]),
        ({"WAKE": "yes"}, ["E001"]),
        ({"BATCH_SIZE": True}, ["E001"]),
        ({"RETRY_PAUSES": [1, 2]}, ["E001"]),
        ({"RETURN_PATH_KEYS": {"a": 5}}, ["E001"]),
        ({"MAILER": 5}, ["E001"]),
        ({"STREAM_DATABASE": "nosuch"}, ["E030"]),
        ({"STREAM_DATABASE": ""}, []),
        ({"SINKS": ["tests.steps.bells.ring"]}, []),
        ({"SINKS": "tests.steps.bells.ring"}, ["E001"]),
        ({"SINKS": ["tests.steps.bells.rung", "tests.nosuch.bell"]}, ["E061", "E061"]),
        ({"RETURN_PATH_KEYS": {}}, ["E002"]),
        ({"RETURN_PATH_KEYS": {"key": "x" * 32}}, ["E003"]),
        ({"RETURN_PATH_KEYS": {"a": "short"}}, ["W003"]),
        ({"SENDER": ""}, ["E004"]),
        ({"RETURN_PATH_DOMAIN": ""}, ["E005"]),
        ({"RETURN_PATH_DOMAIN": "CRM.example"}, ["E006"]),
        ({"MAILER": ""}, ["E007"]),
        ({"MAILER": "nosuch"}, ["E007"]),
        ({"MAILER": {"BACKEND": "host.mail.Backend"}}, ["W009"]),
        ({"MAILER": {"BACKEND": "anymail.backends.postmark.EmailBackend"}}, ["W010"]),
        ({"MAILER": {"BACKEND": "anymail.backends.mailersend.EmailBackend"}}, ["W010"]),
        ({"MAILER": {"BACKEND": "anymail.backends.scaleway.EmailBackend"}}, ["W022"]),
        (
            {
                "MAILER": {
                    "BACKEND": "anymail.backends.sparkpost.EmailBackend",
                    "OPTIONS": {"ignore_unsupported_features": True},
                }
            },
            ["E008"],
        ),
        ({"WEBHOOK_SECRETS": []}, ["W011"]),
        ({"WEBHOOK_SECRETS": ["secret"]}, ["E012"]),
        ({"BASE_URL": ""}, ["W013"]),
        ({"RESOLVER": "no.such.function"}, ["E015"]),
        ({"OWNERS": "crm_notify.__doc__"}, ["E015"]),
        ({"ON_RESOLVER_FAILURE": "ignore"}, ["E016"]),
        ({"INSTALLATION": "default"}, ["W017"]),
        ({"BATCH_SIZE": 0}, ["E018"]),
        ({"CHANNELS": {"sms": {"CLASS": "nowhere.Gateway"}}}, ["E024"]),
        ({"CHANNELS": {"email": {"CLASS": "builtins.str"}, "sms": 5}}, ["E024", "E024"]),
        ({"CHANNELS": ["sms"]}, ["E001"]),
        ({"BACKUP": "no.such.function"}, ["E015"]),
        ({"ABSENT": "crm_notify.__doc__"}, ["E015"]),
        ({"ADDRESSES": "no.such.function"}, ["E015"]),
        ({"ADDRESS_CORRECTED": "no.such.function"}, ["E015"]),
        ({"CONTACTS": "no.such.function"}, ["E015"]),
        ({"FOLD_ABOVE": 0}, ["E018"]),
        ({"RESEND_RATE": 0}, ["E018"]),
        ({"LADDER": [{"act": "boss"}]}, ["E025"]),
        ({"LADDER": ["actor"]}, ["E001"]),
        ({"LADDER": [{"act": "actor"}]}, ["E026", "E026"]),
        ({"LADDER": [{"act": "admins", "urgency": "urgent"}]}, ["E026"]),
        ({"BUSINESS_HOURS": {"days": "weekdays"}}, ["E027"]),
        ({"QUIET_HOURS": ["22:00"]}, ["E027"]),
        ({"AGAIN_AFTER": timedelta(0)}, ["E028"]),
        ({"DIGEST_EVERY": -timedelta(hours=1)}, ["E028"]),
        ({"FOLD_WITHIN": timedelta(0)}, ["E028"]),
        ({"RESEND_WITHIN": timedelta(0)}, ["E028"]),
        ({"CHANNEL_SILENCE_AFTER": timedelta(0)}, ["E028"]),
        ({"UNSEEN_FOR": -timedelta(hours=1)}, ["E028"]),
        ({"DIGEST_TO": ["alice"]}, ["E031"]),
        ({"ADMIN_SITES": "django.contrib.admin.site"}, ["E001"]),
        ({"ADMIN_SITES": ["acme.admin.site"]}, ["E050"]),
        ({"ADMIN_SITES": ["django.contrib.admin.ModelAdmin"]}, ["E050"]),
        ({"ADMIN_SITES": ["django.contrib.admin.site"]}, []),
        ({"TENANT": "tests.steps.tenants.north"}, ["W045"]),
        (
            {
                "TENANT": "tests.steps.tenants.north",
                "TENANTS_OF": "tests.steps.tenants.by_username",
                "TENANT_SCOPE": "tests.edges.scopes.remembered",
            },
            [],
        ),
        ({"TENANTS_OF": "no.such.function"}, ["E046"]),
        ({"TENANT_SCOPE": "crm_notify.__doc__"}, ["E046"]),
        ({"TENANT_SCOPE": "tests.edges.scopes.generator"}, ["E047"]),
        ({"TENANT": 5}, ["E001"]),
        ({"ADMIN_SITES": ["tests.edges.admin.test_sites.own"]}, ["W052"]),
    ],
)
def test_each_mistake_has_its_id(
    given: dict[str, Any], expected: list[str], crm_notify_settings: Change
) -> None:
    crm_notify_settings(**given)
    assert ids() == expected


def test_a_digest_that_nobody_gets_is_noticed(settings: Any) -> None:
    settings.ADMINS = []
    assert ids() == ["W029"]
    settings.ADMINS = [("Alice", "alice@crm.example")]
    assert ids() == []


@pytest.mark.parametrize(
    "given",
    [
        {"MAILER": {"BACKEND": "anymail.backends.amazon_ses.EmailBackend"}},
        {"SNS_TOPICS": ["arn:aws:sns:eu-west-1:123456789012:ses"]},
    ],
)
def test_signatures_that_cannot_be_checked_are_noticed(
    given: dict[str, Any], crm_notify_settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm_notify_settings(**given)
    assert "W023" not in ids()
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert "W023" in ids()
    crm_notify_settings(MAILER="nowhere", SNS_TOPICS=[])
    assert "W023" not in ids()


def test_settings_must_be_a_dict(settings: Any) -> None:
    settings.CRM_NOTIFY = ["SENDER"]
    assert ids() == ["E001"]
    with pytest.raises(SettingsError, match="must be a dict"):
        get_settings()


def test_unmounted_urls_are_noticed(settings: Any) -> None:
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    assert ids() == ["W014", "W053"]


@pytest.mark.parametrize("given", ["/log-in/", "log-in", "no/log-in"])
def test_a_log_in_that_leads_nowhere_is_noticed(
    given: str, settings: Any, crm_notify_settings: Change
) -> None:
    settings.LOGIN_URL = given
    assert ids() == ["W062"]
    crm_notify_settings(AUTHENTICATE="crm_notify.views.asking.rest_framework")
    assert "W062" not in ids()


@pytest.mark.parametrize(
    "given",
    [
        "admin:login",
        "/accounts/login",
        "/admin/login/?by=mail#top",
        gettext_lazy("/admin/login/"),
        "https://id.example.com/",
        "//id.example.com/",
    ],
)
def test_a_log_in_that_is_there_is_none_of_our_business(given: Any, settings: Any) -> None:
    settings.LOGIN_URL = given
    assert ids() == []


def test_a_log_in_below_a_language_or_a_prefix_is_there(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.edges.worldly_urls"
    settings.LOGIN_URL = "/log-in/"
    settings.APPEND_SLASH = False
    assert "W062" not in ids()
    settings.LOGIN_URL = "log-in"
    before = get_script_prefix()
    set_script_prefix("/crm/")
    try:
        assert "W062" not in ids()
    finally:
        set_script_prefix(before)


def test_sites_without_the_admin_are_noticed(
    crm_notify_settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admins_check, "has_admin", lambda: False)
    assert ids() == []
    crm_notify_settings(ADMIN_SITES=["django.contrib.admin.site"])
    assert ids() == ["W051"]


def test_anymails_own_secret_serves_where_there_is_none(settings: Any) -> None:
    ours = {name: value for name, value in settings.CRM_NOTIFY.items() if name != "WEBHOOK_SECRETS"}
    settings.CRM_NOTIFY = ours
    assert get_settings().WEBHOOK_SECRETS == ()
    settings.ANYMAIL = {"WEBHOOK_SECRET": "a:b"}
    assert get_settings().WEBHOOK_SECRETS == ("a:b",)
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["a:b", "c:d"]}
    assert get_settings().WEBHOOK_SECRETS == ("a:b", "c:d")


@pytest.mark.parametrize(
    ("vendor", "options", "expected"),
    [
        ("postgresql", {}, []),
        ("sqlite", {"transaction_mode": "IMMEDIATE"}, []),
        ("sqlite", {}, ["crm_notify.W020"]),
        ("mysql", {}, ["crm_notify.E019"]),
    ],
)
@pytest.mark.django_db
def test_databases(
    vendor: str,
    options: dict[str, str],
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setattr(connections["default"], "vendor", vendor)
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", options)
    assert [message.id for message in check_databases(databases=["default"])] == expected
    assert check_databases() == []


def test_nobody_lives_in_the_domain_of_the_envelope(
    john: Any, crm_notify_settings: Change, settings: Any
) -> None:
    assert check_databases(databases=["default"]) == []
    crm_notify_settings(RETURN_PATH_DOMAIN="example.com")
    assert [message.id for message in check_databases(databases=["default"])] == ["crm_notify.E021"]
    settings.CRM_NOTIFY = 5
    assert check_databases(databases=["default"]) == []
