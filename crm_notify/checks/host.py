"""How the host is set up: its functions and channels, and numbers to work with."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections

from crm_notify.channels.short import short_channel
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.steps.person import address_column

CALLABLES = (
    "RESOLVER",
    "OWNERS",
    "AUTHENTICATE",
    "CURRENT_USER",
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


def check_channels(conf: Settings) -> Iterator[CheckMessage]:
    for name, given in conf.CHANNELS.items():
        try:
            short_channel(name, given)
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
    if conf.ON_RESOLVER_FAILURE not in {"keep", "raise"}:
        yield Error(
            f'CRM_NOTIFY["ON_RESOLVER_FAILURE"] = {conf.ON_RESOLVER_FAILURE!r} is unknown.',
            hint='It can be "keep" or "raise".',
            id="crm_notify.E016",
        )


def check_addresses(conf: Settings) -> Iterator[CheckMessage]:
    """Most user models have a column for the address; a corrected one can be written there."""
    built_in = conf.ADDRESS_CORRECTED == "crm_notify.steps.correct.write_address"
    if built_in and address_column(get_user_model()) is None:
        yield Warning(
            "Users have no column for an address: a corrected one is written nowhere, and the next "
            "mail goes to the wrong one again.",
            hint='Set CRM_NOTIFY["ADDRESS_CORRECTED"] to a function (user, address), or to "" '
            "where nothing is to be written.",
            id="crm_notify.W056",
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
