"""What tenants have of their own: each by the checks that look at the installation's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.core.checks import CheckMessage, Error, Warning

from crm_notify.channels.email.mailer import Mailer
from crm_notify.channels.email.route import checked_route, route_of
from crm_notify.checks.ladder import check_digest
from crm_notify.checks.links import check_links
from crm_notify.checks.mail import check_certificates, check_mailer, check_sender
from crm_notify.conf import Settings
from crm_notify.exceptions import SettingsError
from crm_notify.rules.providers import Signature
from crm_notify.senders import Sender, named, placed

#: Those of the installation's that look at what may be a tenant's own.
CHECKS: tuple[Callable[[Settings], Iterator[CheckMessage]], ...] = (
    check_sender,
    check_mailer,
    check_certificates,
    check_links,
    check_digest,
)
#: Options of Anymail's back ends that say whose account it is.
ACCOUNT = ("api_key", "api_token", "api_url")


def check_tenants(conf: Settings) -> Iterator[CheckMessage]:
    """Look at every tenant that the settings name; of a function only that there is one."""
    if isinstance(conf.TENANT_SETTINGS, str):
        yield from _function(conf)
        return
    said = {(message.id, message.msg) for message in _messages(conf)}
    for tenant, sender in sorted(named().items()):
        for message in _of(tenant, sender):
            if (message.id, message.msg) not in said:
                yield type(message)(
                    f"The tenant {tenant!r}: {message.msg}",
                    hint=placed(message.hint or "", tenant),
                    id=message.id,
                )
    yield from _accounts()


def _function(conf: Settings) -> Iterator[CheckMessage]:
    try:
        conf.function("TENANT_SETTINGS")
    except SettingsError as error:
        yield Error(
            str(error),
            hint='Set CRM_NOTIFY["TENANT_SETTINGS"] to the dotted path of a function, or to a '
            "dict by tenant.",
            id="crm_notify.E048",
        )


def _messages(conf: Settings) -> Iterator[CheckMessage]:
    for check in CHECKS:
        yield from check(conf)


def _of(tenant: str, sender: Sender) -> Iterator[CheckMessage]:
    """What there is to say about one of them, in the words of the installation's checks."""
    wrong = sender.wrong
    if sender.settings is not None:
        found = list(_messages(sender.settings))
        yield from found
        if any(isinstance(message, Error) for message in found):
            return
        try:
            checked_route(tenant)
        except SettingsError as error:
            wrong = str(error)
    if wrong:
        yield Error(
            "what is his own cannot be used; his mail waits.", hint=wrong, id="crm_notify.E048"
        )


def _accounts() -> Iterator[CheckMessage]:
    """Anymail knows one key for the signatures of one provider's webhooks."""
    first: dict[str, Mailer] = {}
    for tenant in ["", *sorted(named())]:
        try:
            mailer = route_of(tenant).mailer
        except SettingsError:
            # Said elsewhere.
            continue
        provider = mailer.provider
        other = first.setdefault(provider.name, mailer)
        if provider.signature is Signature.CHECKED and _account(other) != _account(mailer):
            yield Warning(
                f"The tenant {tenant!r}: his account at {provider.label} is another one, which "
                "signs its webhooks with another key. Anymail knows one key: where it is given "
                "one, his are refused.",
                hint=f"Let one account at {provider.label} send for both. Silence this check where "
                "all of them sign with one key, or none does.",
                id="crm_notify.W048",
            )


def _account(mailer: Mailer) -> tuple[object, ...]:
    return tuple(mailer.options.get(name) for name in ACCOUNT)
