"""What mail needs: keys, a sender, a mailer that carries the token, and secrets for webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import CheckMessage, Error, Warning

from crm_notify.channels.email.mailer import Mailer, mailer
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.extras import is_installed
from crm_notify.rules.providers import UNKNOWN, carriers
from crm_notify.rules.sender import domain_of


def check_keys(conf: Settings) -> Iterator[CheckMessage]:
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


def check_sender(conf: Settings) -> Iterator[CheckMessage]:
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


def check_mailer(conf: Settings) -> Iterator[CheckMessage]:
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


def check_webhooks(conf: Settings) -> Iterator[CheckMessage]:
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


def check_certificates(conf: Settings) -> Iterator[CheckMessage]:
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
