"""Our own mailer: found by alias or by path, with a time limit, and never dropping the token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django
import pytest
from pytest_django import Settings

from crm_notify.channels.email.mailer import SMTP, mailer
from crm_notify.channels.email.smtp import SmtpBackend
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError

SPARKPOST = "anymail.backends.sparkpost.EmailBackend"


def use(settings: Settings, given: Any) -> None:
    settings.CRM_NOTIFY = {
        **settings.CRM_NOTIFY,
        "MAILER": given,
        "SEND_TIMEOUT": timedelta(seconds=4),
    }


def connected() -> Any:
    return mailer(get_settings()).connect()


def test_an_alias_of_djangos_mailers_is_found(settings: Settings) -> None:
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"},
        "crm": {"BACKEND": SPARKPOST, "OPTIONS": {"api_key": "a key"}},
    }
    use(settings, "crm")
    found = mailer(get_settings())
    assert (found.backend, found.alias, found.provider.name) == (SPARKPOST, "crm", "sparkpost")
    assert getattr(found.connect(), "alias", "crm") == "crm"


@pytest.mark.parametrize("alias", ["", "nobody"])
def test_an_alias_that_nobody_has_is_refused_with_what_to_type(
    alias: str, settings: Settings
) -> None:
    use(settings, alias)
    with pytest.raises(SettingsError, match=r'CRM_NOTIFY\["MAILER"\] must be'):
        mailer(get_settings())


def test_without_mailers_there_is_no_alias(settings: Settings) -> None:
    del settings.MAILERS
    use(settings, "default")
    with pytest.raises(SettingsError):
        mailer(get_settings())


def test_without_a_back_end_it_is_smtp(settings: Settings) -> None:
    use(settings, {"OPTIONS": {"host": "127.0.0.1", "port": 2525}})
    backend = connected()
    assert mailer(get_settings()).backend == SMTP
    assert isinstance(backend, SmtpBackend)
    assert (backend.host, backend.port, backend.timeout) == ("127.0.0.1", 2525, 4)
    assert not backend.text_begun


def test_every_api_has_a_time_limit_and_ignores_no_feature(settings: Settings) -> None:
    settings.ANYMAIL = {"IGNORE_UNSUPPORTED_FEATURES": True, "REQUESTS_TIMEOUT": 600}
    use(settings, {"BACKEND": SPARKPOST, "OPTIONS": {"api_key": "a key"}})
    backend = connected()
    assert backend.timeout == 4
    assert not backend.ignore_unsupported_features


def test_the_hosts_options_come_first(settings: Settings) -> None:
    use(settings, {"BACKEND": SPARKPOST, "OPTIONS": {"api_key": "a key", "timeout": 9}})
    assert connected().timeout == 9


def test_harmless_send_defaults_are_kept(settings: Settings) -> None:
    settings.ANYMAIL = {
        "SPARKPOST_API_KEY": "a key",
        "SEND_DEFAULTS": {"bcc": ["archive@crm.example"], "track_clicks": False},
    }
    use(settings, {"BACKEND": SPARKPOST})
    assert connected().send_defaults == {"track_clicks": False}


@pytest.mark.parametrize(
    "backend",
    [
        "anymail.backends.test.EmailBackend",
        "anymail.backends.console.EmailBackend",
        "django.core.mail.backends.locmem.EmailBackend",
        "django.core.mail.backends.console.EmailBackend",
        "django.core.mail.backends.dummy.EmailBackend",
    ],
)
def test_back_ends_that_call_nobody_are_given_no_option_that_they_lack(
    backend: str, settings: Settings
) -> None:
    use(settings, {"BACKEND": backend})
    assert not hasattr(connected(), "timeout")


def test_since_django_6_1_our_mailer_has_an_alias_of_its_own(settings: Settings) -> None:
    use(settings, {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"})
    alias = getattr(connected(), "alias", None)
    assert alias == ("crm_notify" if django.VERSION >= (6, 1) else None)
