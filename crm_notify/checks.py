"""System checks: every way of setting it up wrongly has an id and a hint that says what to type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldError
from django.db import DatabaseError, connections, transaction
from django.urls import NoReverseMatch, reverse

from crm_notify.channels.email.mailer import Mailer, mailer
from crm_notify.channels.short import short_channel
from crm_notify.conf import Settings, get_settings
from crm_notify.exceptions import SettingsError
from crm_notify.extras import is_installed
from crm_notify.rules.providers import UNKNOWN, carriers
from crm_notify.rules.sender import domain_of

CALLABLES = ("RESOLVER", "OWNERS", "LANGUAGE")


@register(Tags.compatibility)
def check_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """All checks that need no database."""
    try:
        conf = get_settings()
    except SettingsError as error:
        return [Error(str(error), id="crm_notify.E001")]
    return [message for check in CHECKS for message in check(conf)]


@register(Tags.database)
def check_databases(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """The databases that are known to keep what the promise needs."""
    checks = (_database, _people)
    return [message for alias in databases or [] for check in checks for message in check(alias)]


def _keys(conf: Settings) -> Iterator[CheckMessage]:
    if not conf.RETURN_PATH_KEYS:
        yield Error(
            "There is no key to sign envelope senders with.",
            hint='Set CRM_NOTIFY["RETURN_PATH_KEYS"] = {"a": "<a long random secret>"}; '
            'python -c "import secrets; print(secrets.token_urlsafe(32))" makes one.',
            id="crm_notify.E002",
        )
    for letter, secret in conf.RETURN_PATH_KEYS.items():
        if not (len(letter) == 1 and "a" <= letter <= "z"):
            yield Error(
                f"The key {letter!r} is not one lower-case letter.",
                hint='Name the keys in CRM_NOTIFY["RETURN_PATH_KEYS"] "a", "b", ...; '
                "the first one signs.",
                id="crm_notify.E003",
            )
        if len(secret) < 32:
            yield Warning(
                f"The secret of the key {letter!r} is short.",
                hint="Use at least 32 random characters.",
                id="crm_notify.W003",
            )


def _sender(conf: Settings) -> Iterator[CheckMessage]:
    if not domain_of(conf.SENDER):
        yield Error(
            "There is no address that mail comes from.",
            hint='Set CRM_NOTIFY["SENDER"] = "notify@crm.example.com".',
            id="crm_notify.E004",
        )
    if not conf.RETURN_PATH_DOMAIN:
        yield Error(
            "There is no domain for envelope senders, so no bounce can come back.",
            hint='Set CRM_NOTIFY["RETURN_PATH_DOMAIN"] = "bounces.crm.example.com".',
            id="crm_notify.E005",
        )
    own = {domain_of(conf.SENDER), *(name.lower() for name in conf.SENDER_DOMAINS)}
    if conf.RETURN_PATH_DOMAIN.lower() in own - {""}:
        yield Error(
            "The envelope would stand in a domain of the people who send and receive: many mail "
            "systems refuse mail from outside that claims their own domain.",
            hint=f'Set CRM_NOTIFY["RETURN_PATH_DOMAIN"] = "bounces.{conf.RETURN_PATH_DOMAIN}".',
            id="crm_notify.E006",
        )


def _mailer(conf: Settings) -> Iterator[CheckMessage]:
    try:
        ours = mailer(conf)
    except SettingsError as error:
        yield Error(
            "There is no mailer.",
            hint=str(error),
            id="crm_notify.E007",
        )
        return
    yield from _carriers(ours)
    if ours.options.get("ignore_unsupported_features"):
        yield Error(
            "The mailer ignores what its provider cannot carry: the token would be dropped "
            "without a word.",
            hint='Take "ignore_unsupported_features" out of the mailer\'s OPTIONS.',
            id="crm_notify.E008",
        )


def _carriers(ours: Mailer) -> Iterator[CheckMessage]:
    carried = carriers(ours.provider)
    if ours.provider is UNKNOWN:
        yield Warning(
            f"What {ours.backend} can carry is not known; only a header will name its mails.",
            hint="Bounces can be matched by their returned headers only. A back end of Anymail's "
            "or Django's SMTP carries more.",
            id="crm_notify.W009",
        )
    elif not carried.envelope and not ours.provider.tracking:
        yield Warning(
            f"{ours.provider.label} tells us nothing: it takes no envelope sender of ours, and "
            "Anymail reads no webhooks of it.",
            hint="Choose another provider, or plain SMTP, whose bounces come back to us.",
            id="crm_notify.W022",
        )
    elif not carried.envelope:
        by = "its metadata" if carried.metadata else "a tag"
        yield Warning(
            f"{ours.provider.label} takes no envelope sender of ours: bounces reach the provider "
            f"alone, and its webhooks name the mail by {by}.",
            hint="Point the provider's tracking webhook at <mount>/webhooks/"
            f"{ours.provider.name}/tracking/. Silence this check once that is done.",
            id="crm_notify.W010",
        )


def _webhooks(conf: Settings) -> Iterator[CheckMessage]:
    if not conf.WEBHOOK_SECRETS:
        yield Warning(
            "There is no shared secret: every webhook will be refused.",
            hint='Set CRM_NOTIFY["WEBHOOK_SECRETS"] = ["<user>:<password>"] and give the provider '
            "the address https://<user>:<password>@<host>/<mount>/webhooks/...",
            id="crm_notify.W011",
        )
    for secret in conf.WEBHOOK_SECRETS:
        if ":" not in secret:
            yield Error(
                "A shared secret has no colon, so no request can carry it.",
                hint='Write it as "<user>:<password>", as in HTTP Basic authentication.',
                id="crm_notify.E012",
            )


def _certificates(conf: Settings) -> Iterator[CheckMessage]:
    try:
        by_ses = mailer(conf).provider.name == "amazon_ses"
    except SettingsError:
        # Said elsewhere.
        by_ses = False
    if (by_ses or conf.SNS_TOPICS) and not is_installed("amazon-ses"):
        yield Warning(
            "The signatures of Amazon SNS cannot be checked, so its webhooks will be refused.",
            hint='pip install "crm-notify[amazon-ses]".',
            id="crm_notify.W023",
        )


def _links(conf: Settings) -> Iterator[CheckMessage]:
    if not conf.BASE_URL.startswith(("https://", "http://")):
        yield Warning(
            "The mails have no links and cannot be unsubscribed from.",
            hint='Set CRM_NOTIFY["BASE_URL"] = "https://crm.example.com".',
            id="crm_notify.W013",
        )
    try:
        reverse("crm_notify:alerts")
    except NoReverseMatch:
        yield Warning(
            "The URLs are not mounted: nothing can be heard and no warning shown.",
            hint='Add path("notify/", include("crm_notify.urls")) to your URLconf.',
            id="crm_notify.W014",
        )


def _channels(conf: Settings) -> Iterator[CheckMessage]:
    for name, given in conf.CHANNELS.items():
        try:
            short_channel(name, given, conf=conf)
        except SettingsError as error:
            yield Error(
                f"The channel {name!r} cannot be used; what is to be sent by it waits.",
                hint=str(error),
                id="crm_notify.E024",
            )


def _callables(conf: Settings) -> Iterator[CheckMessage]:
    for name in CALLABLES:
        try:
            conf.function(name)
        except SettingsError as error:
            yield Error(
                str(error),
                hint=f'Set CRM_NOTIFY["{name}"] to the dotted path of a function.',
                id="crm_notify.E015",
            )
    if conf.ON_RESOLVER_FAILURE not in {"keep", "raise"}:
        yield Error(
            f'CRM_NOTIFY["ON_RESOLVER_FAILURE"] = {conf.ON_RESOLVER_FAILURE!r} is unknown.',
            hint='It can be "keep" or "raise".',
            id="crm_notify.E016",
        )


def _installation(conf: Settings) -> Iterator[CheckMessage]:
    if conf.INSTALLATION == "default":
        yield Warning(
            "The installation has no name of its own: a copy of this database would send its mail.",
            hint='Set CRM_NOTIFY["INSTALLATION"] = "production", and another name elsewhere.',
            id="crm_notify.W017",
        )


def _numbers(conf: Settings) -> Iterator[CheckMessage]:
    for name in ("BATCH_SIZE", "THREADS", "TRACKING_LIMIT", "INBOUND_LIMIT"):
        if getattr(conf, name) < 1:
            yield Error(
                f'CRM_NOTIFY["{name}"] = {getattr(conf, name)} leaves nothing to work with.',
                hint="It must be at least 1.",
                id="crm_notify.E018",
            )


def _stream(conf: Settings) -> Iterator[CheckMessage]:
    if conf.STREAM_DATABASE and conf.STREAM_DATABASE not in connections:
        yield Error(
            f"There is no database {conf.STREAM_DATABASE!r} to listen to, so no page of warnings "
            "could be shown.",
            hint='Name an alias of DATABASES in CRM_NOTIFY["STREAM_DATABASE"], or "" for pages '
            "that only ask.",
            id="crm_notify.E030",
        )


def _database(alias: str) -> Iterator[CheckMessage]:
    connection = connections[alias]
    if connection.vendor not in {"sqlite", "postgresql"}:
        yield Error(
            f"The database {alias!r} is {connection.display_name}, on which nothing was proven.",
            hint="Use PostgreSQL, or SQLite for small installations.",
            id="crm_notify.E019",
        )
    options = django_settings.DATABASES[alias].get("OPTIONS", {})
    if connection.vendor == "sqlite" and options.get("transaction_mode") != "IMMEDIATE":
        yield Warning(
            f"The SQLite database {alias!r} lets two writers fail instead of wait.",
            hint='Set "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, '
            '"init_command": "PRAGMA journal_mode=WAL;"}.',
            id="crm_notify.W020",
        )


def _people(alias: str) -> Iterator[CheckMessage]:
    """Nobody may live in the domain of the envelope; this looks at the users that there are."""
    users = get_user_model()
    try:
        domain = get_settings().RETURN_PATH_DOMAIN
        field = users.get_email_field_name()
        at_home = users._default_manager.using(alias).filter(
            **{f"{field}__iendswith": f"@{domain}"}
        )
        with transaction.atomic(using=alias):
            found = bool(domain) and at_home.exists()
    except (SettingsError, DatabaseError, FieldError):
        # Said elsewhere; or the tables are still to be made, or the users have no address.
        return
    if found:
        yield Error(
            f"Users have addresses in {domain}, the domain of the envelope: many mail systems "
            "refuse mail from outside that claims their own domain.",
            hint=f'Set CRM_NOTIFY["RETURN_PATH_DOMAIN"] = "bounces.{domain}".',
            id="crm_notify.E021",
        )


CHECKS: tuple[Callable[[Settings], Iterator[CheckMessage]], ...] = (
    _keys,
    _sender,
    _mailer,
    _webhooks,
    _certificates,
    _links,
    _channels,
    _callables,
    _installation,
    _numbers,
    _stream,
)
