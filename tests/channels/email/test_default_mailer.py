"""The host's default mailer is neither used nor asked for anything: ours is another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
import pytest
from django.core import mail
from pytest_django import Settings

from crm_notify.channels.email.mailer import SMTP, mailer
from crm_notify.conf import get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.models import Activity, Incident
from crm_notify.steps.deliver import deliver
from crm_notify.steps.digest import report
from crm_notify.steps.incident import note_incident
from tests.people import Clock
from tests.support.mail_server import MailServer

FORBIDDEN = "tests.support.forbidden.Backend"
HAS_MAILERS = django.VERSION >= (6, 1)

Change = Callable[..., None]


@pytest.fixture
def default(settings: Settings) -> Any:
    """The host's default must not be made, let alone used."""
    if HAS_MAILERS:
        settings.MAILERS = {**settings.MAILERS, "default": {"BACKEND": FORBIDDEN}}
    else:
        settings.EMAIL_BACKEND = FORBIDDEN
    with pytest.raises(AssertionError):
        mail.send_mail("Hello", "", "crm@crm.example", ["john@example.com"])
    return settings


@pytest.fixture
def own(server: MailServer, settings: Settings) -> dict[str, Any]:
    """Our mailer: from Django 6.1 on an alias, before a back end with its options."""
    ours = {"BACKEND": SMTP, "OPTIONS": {"host": "127.0.0.1", "port": server.port}}
    if not HAS_MAILERS:
        return {"MAILER": ours}
    settings.MAILERS = {**settings.MAILERS, "crm": ours}
    return {"MAILER": "crm"}


@pytest.mark.django_db(transaction=True)
def test_mails_and_digests_go_by_our_own_mailer(
    default: Any,
    own: dict[str, Any],
    server: MailServer,
    call: Callable[..., Activity],
    crm_notify_settings: Change,
    clock: Clock,
) -> None:
    crm_notify_settings(**own, DIGEST_TO=["alice@crm.example"])
    call()
    assert deliver() == 1
    note_incident(Incident.Kind.EMPTY)
    report(clock.now())
    assert [received.rcpt_tos for received in server.received] == [
        ("john@example.com",),
        ("alice@crm.example",),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_mailer_that_cannot_be_used_is_not_replaced_by_the_default(
    default: Any, call: Callable[..., Activity], crm_notify_settings: Change
) -> None:
    crm_notify_settings(MAILER="nosuch", TENANT_SETTINGS={"acme": {"MAILER": "nosuch"}})
    call(tenant="acme")
    call()
    assert deliver() == 0
    assert Incident.objects.count() == 2


#: What belongs to the server of the host's default mailer, on Django before 6.1.
OF_THE_DEFAULT = {
    "EMAIL_HOST": "mail.crm.example",
    "EMAIL_PORT": 2526,
    "EMAIL_HOST_USER": "crm",
    "EMAIL_HOST_PASSWORD": "the default's own",
    "EMAIL_USE_SSL": True,
    "EMAIL_SSL_KEYFILE": "/etc/ssl/crm.key",
    "EMAIL_SSL_CERTFILE": "/etc/ssl/crm.pem",
    "EMAIL_TIMEOUT": 600,
}


@pytest.mark.parametrize("options", [{}, {"username": None, "password": None, "host": None}])
def test_no_password_of_the_default_mailer_is_shown_to_our_server(
    options: dict[str, Any], settings: Settings, crm_notify_settings: Change
) -> None:
    if not HAS_MAILERS:
        for name, value in OF_THE_DEFAULT.items():
            setattr(settings, name, value)
    crm_notify_settings(
        MAILER={"BACKEND": SMTP, "OPTIONS": options}, SEND_TIMEOUT=timedelta(seconds=4)
    )
    backend: Any = mailer(get_settings()).connect()
    assert (backend.host, backend.port, backend.timeout) == ("localhost", 25, 4)
    taken = {
        name: getattr(backend, name) for name in ("username", "password", "use_tls", "use_ssl")
    }
    assert taken | {"key": backend.ssl_keyfile, "certificate": backend.ssl_certfile} == {
        "username": "",
        "password": "",
        "use_tls": False,
        "use_ssl": False,
        "key": "",
        "certificate": "",
    }


@pytest.mark.parametrize("given", [{"BACKEND": 5}, {"BACKEND": SMTP, "OPTIONS": ["host"]}])
def test_a_mailer_of_another_shape_says_what_to_type(
    given: dict[str, Any], crm_notify_settings: Change
) -> None:
    crm_notify_settings(MAILER=given)
    with pytest.raises(SettingsError, match=r'CRM_NOTIFY\["MAILER"\] must be'):
        mailer(get_settings())
