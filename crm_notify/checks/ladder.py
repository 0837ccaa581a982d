"""That a failure comes to somebody's knowledge: the ladder, its hours, and the admins' digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.core.checks import CheckMessage, Error, Warning

from crm_notify.channels.email.address import deliverable
from crm_notify.conf import Settings
from crm_notify.exceptions import RefusedInput, SettingsError
from crm_notify.rules.ladder import ends_before_admins
from crm_notify.steps.digest import digest_addresses

ZERO = timedelta(0)
#: Times without which nothing would end, or which would stop the sweep.
LONGER_THAN_ZERO = (
    "AGAIN_AFTER",
    "CHANNEL_SILENCE_AFTER",
    "DIGEST_EVERY",
    "FOLD_WITHIN",
    "RESEND_WITHIN",
)


def check_ladder(conf: Settings) -> Iterator[CheckMessage]:
    try:
        rungs = conf.ladder
    except SettingsError as error:
        yield Error(
            str(error),
            hint='Write each rung as {"act": "backup", "after": timedelta(minutes=15)}.',
            id="crm_notify.E025",
        )
        return
    for urgency in ("normal", "urgent"):
        if not ends_before_admins(rungs, urgency=urgency):
            yield Error(
                f"What is {urgency} and nobody acts on would end before nobody.",
                hint='Let {"act": "admins", "after": timedelta(hours=4)} be the last of LADDER.',
                id="crm_notify.E026",
            )


def check_hours(conf: Settings) -> Iterator[CheckMessage]:
    for name, read in (
        ("BUSINESS_HOURS", lambda: conf.business_hours),
        ("QUIET_HOURS", lambda: conf.quiet_hours),
    ):
        try:
            read()
        except SettingsError as error:
            yield Error(
                str(error),
                hint=f'Correct CRM_NOTIFY["{name}"], or leave it out.',
                id="crm_notify.E027",
            )


def check_times(conf: Settings) -> Iterator[CheckMessage]:
    for name in LONGER_THAN_ZERO:
        if getattr(conf, name) <= ZERO:
            yield Error(
                f'CRM_NOTIFY["{name}"] = {getattr(conf, name)!r} is no time.',
                hint="It must be longer than zero.",
                id="crm_notify.E028",
            )
    if conf.UNSEEN_FOR < ZERO:
        yield Error(
            f'CRM_NOTIFY["UNSEEN_FOR"] = {conf.UNSEEN_FOR!r} is less than nothing.',
            hint="Zero says that nobody is looked for; else it is how long nobody saw him.",
            id="crm_notify.E028",
        )


def check_digest(conf: Settings) -> Iterator[CheckMessage]:
    addresses = digest_addresses(conf)
    if not addresses:
        yield Warning(
            "No admin gets a digest: the last rung of the ladder is seen by whoever looks only.",
            hint='Set CRM_NOTIFY["DIGEST_TO"] = ["crm-admins@example.com"], or Django\'s ADMINS.',
            id="crm_notify.W029",
        )
    for address in addresses:
        try:
            deliverable(address)
        except RefusedInput as error:
            yield Error(
                f"The admins' digest cannot be sent: {error}",
                hint='Correct CRM_NOTIFY["DIGEST_TO"], or Django\'s ADMINS where it is empty.',
                id="crm_notify.E031",
            )
