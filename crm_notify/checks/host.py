"""How the host is set up: its URLs, functions and channels, and numbers to work with."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.urls import NoReverseMatch, reverse

from crm_notify.channels.short import short_channel
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError

CALLABLES = (
    "RESOLVER",
    "OWNERS",
    "LANGUAGE",
    "BACKUP",
    "ABSENT",
    "ADDRESSES",
    "ADDRESS_CORRECTED",
    "CONTACTS",
)
COUNTS = (
    "BATCH_SIZE",
    "THREADS",
    "TRACKING_LIMIT",
    "INBOUND_LIMIT",
    "FOLD_ABOVE",
    "RESEND_RATE",
)


def check_links(conf: Settings) -> Iterator[CheckMessage]:
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


def check_channels(conf: Settings) -> Iterator[CheckMessage]:
    for name, given in conf.CHANNELS.items():
        try:
            short_channel(name, given, conf=conf)
        except SettingsError as error:
            yield Error(
                f"The channel {name!r} cannot be used; what is to be sent by it waits.",
                hint=str(error),
                id="crm_notify.E024",
            )


def check_callables(conf: Settings) -> Iterator[CheckMessage]:
    for name in CALLABLES:
        try:
            conf.function(name)
        except SettingsError as error:
            yield Error(
                str(error),
                hint=f'Set CRM_NOTIFY["{name}"] to the dotted path of a function.',
                id="crm_notify.E015",
            )
    for path in conf.SINKS:
        try:
            conf.sink(path)
        except SettingsError as error:
            yield Error(
                f"A bell of your own will not ring: {error}",
                hint='Write CRM_NOTIFY["SINKS"] = ["crm.bell.ring"], each the dotted path of a '
                "function (alert).",
                id="crm_notify.E061",
            )
    if conf.ON_RESOLVER_FAILURE not in {"keep", "raise"}:
        yield Error(
            f'CRM_NOTIFY["ON_RESOLVER_FAILURE"] = {conf.ON_RESOLVER_FAILURE!r} is unknown.',
            hint='It can be "keep" or "raise".',
            id="crm_notify.E016",
        )


def check_installation(conf: Settings) -> Iterator[CheckMessage]:
    if conf.INSTALLATION == "default":
        yield Warning(
            "The installation has no name of its own: a copy of this database would send its mail.",
            hint='Set CRM_NOTIFY["INSTALLATION"] = "production", and another name elsewhere.',
            id="crm_notify.W017",
        )


def check_numbers(conf: Settings) -> Iterator[CheckMessage]:
    for name in COUNTS:
        if getattr(conf, name) < 1:
            yield Error(
                f'CRM_NOTIFY["{name}"] = {getattr(conf, name)} leaves nothing to work with.',
                hint="It must be at least 1.",
                id="crm_notify.E018",
            )


def check_stream(conf: Settings) -> Iterator[CheckMessage]:
    if conf.STREAM_DATABASE and conf.STREAM_DATABASE not in connections:
        yield Error(
            f"There is no database {conf.STREAM_DATABASE!r} to listen to, so no page of warnings "
            "could be shown.",
            hint='Name an alias of DATABASES in CRM_NOTIFY["STREAM_DATABASE"], or "" for pages '
            "that only ask.",
            id="crm_notify.E030",
        )
