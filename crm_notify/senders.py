"""Whose settings hold: the installation's, with what is a tenant's own over them."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import Any

from django.core.signals import setting_changed

from crm_notify.conf import Settings, get_settings, typed
from crm_notify.exceptions import SettingsError
from crm_notify.scope import scope

logger = logging.getLogger(__name__)

#: What may be a tenant's own. Keys, secrets and how the machine works are the installation's.
OWN = (
    "SENDER",
    "SENDER_DOMAINS",
    "PRODUCT_NAME",
    "BASE_URL",
    "RETURN_PATH_DOMAIN",
    "MAILER",
    "DIGEST_TO",
)
#: How long holds what the host's function has said: about one batch.
FRESH_FOR = 10.0
#: Of how many tenants it is remembered in one process.
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A tenant's settings and which of them are his own; or, in words, what is wrong with them."""

    settings: Settings | None = None
    own: frozenset[str] = frozenset()
    wrong: str = ""
    #: By ``time.monotonic``; the host's function is asked anew after that.
    fresh_until: float = float("inf")


def for_tenant(tenant: str) -> Settings:
    """Return the settings by which is sent what is this tenant's; without one, or with nothing
    of his own, the installation's.

    May ask the host's function, so no transaction should be open. Raises SettingsError, which says
    what to type.
    """
    found = _sender(tenant)
    if found.settings is None:
        raise SettingsError(found.wrong)
    return found.settings


def best_for(tenant: str) -> Settings:
    """As ``for_tenant``; the installation's where his cannot be read."""
    return _sender(tenant).settings or get_settings()


def is_at_hand(tenant: str) -> bool:
    """Whether ``for_tenant`` would ask nobody."""
    if not tenant or not isinstance(get_settings().TENANT_SETTINGS, str):
        return True
    return _is_fresh(_heard.get(tenant))


def owner(tenant: str, *names: str, ask: bool = True) -> str:
    """The tenant where any of these settings is his own; else an empty string.

    Without ``ask`` what the host's function said last counts, however long ago, and who was never
    asked about is taken for an owner: for those who stand in a transaction.
    """
    if not ask and not is_at_hand(tenant):
        found = _heard.get(tenant, Sender(own=frozenset(OWN)))
    else:
        found = _sender(tenant)
    return tenant if found.own.intersection(names) else ""


def named() -> dict[str, Sender]:
    """The tenants that the settings name, by name; none where a function knows them."""
    if isinstance(get_settings().TENANT_SETTINGS, str):
        return {}
    return {str(tenant): sender for tenant, sender in _of_mapping().items()}


def placed(text: str, tenant: str) -> str:
    """What to type, said of the installation's settings, as this tenant's must say it."""
    for name in OWN:
        text = text.replace(f'CRM_NOTIFY["{name}"]', f'{_place(tenant)}["{name}"]')
    return text


def of_whom(wrong: str, tenant: str) -> str:
    """The tenant where these words, what to type, are of his own settings; else an empty string."""
    return owner(tenant, *OWN) if _place(tenant) in wrong else ""


def _place(tenant: object) -> str:
    by_function = isinstance(get_settings().TENANT_SETTINGS, str)
    return 'CRM_NOTIFY["TENANT_SETTINGS"]' + (f'("{tenant}")' if by_function else f'["{tenant}"]')


def _sender(tenant: str) -> Sender:
    conf = get_settings()
    if not tenant or not conf.TENANT_SETTINGS:
        return Sender(settings=conf)
    if isinstance(conf.TENANT_SETTINGS, str):
        return _asked(tenant, conf)
    return _of_mapping().get(tenant) or Sender(settings=conf)


@lru_cache(maxsize=1)
def _of_mapping() -> dict[object, Sender]:
    conf = get_settings()
    assert isinstance(conf.TENANT_SETTINGS, Mapping)
    return {
        tenant: _read(tenant, given, conf, fresh_until=float("inf"))
        for tenant, given in conf.TENANT_SETTINGS.items()
    }


#: What the host's function said, the tenant that was used longest ago first.
_heard: OrderedDict[str, Sender] = OrderedDict()
_lock = Lock()


def _is_fresh(heard: Sender | None) -> bool:
    return heard is not None and time.monotonic() < heard.fresh_until


def _asked(tenant: str, conf: Settings) -> Sender:
    heard = _heard.get(tenant)
    if heard is None or not _is_fresh(heard):
        heard = _ask(tenant, conf)
    with _lock:
        _heard[tenant] = heard
        _heard.move_to_end(tenant)
        while len(_heard) > MOST:
            _heard.popitem(last=False)
    return heard


def _ask(tenant: str, conf: Settings) -> Sender:
    """Ask the host's function; that it fails is the installation's trouble, not the tenant's."""
    until = time.monotonic() + FRESH_FOR
    try:
        ask = conf.function("TENANT_SETTINGS")
        assert ask is not None
        with scope(tenant):
            given = ask(tenant)
    except SettingsError as error:
        return Sender(wrong=str(error), fresh_until=until)
    except Exception as error:
        logger.exception("crm_notify: TENANT_SETTINGS failed for the tenant %r", tenant)
        wrong = f"{_place(tenant)} raised {type(error).__name__}; see the log."
        return Sender(wrong=wrong, fresh_until=until)
    return _read(tenant, given, conf, fresh_until=until)


def _read(tenant: object, given: object, conf: Settings, *, fresh_until: float) -> Sender:
    if given is None:
        given = {}
    try:
        values = _own(tenant, given)
    except SettingsError as error:
        return Sender(wrong=str(error), own=frozenset(OWN), fresh_until=fresh_until)
    settings = replace(conf, **values) if values else conf
    return Sender(settings=settings, own=frozenset(values), fresh_until=fresh_until)


def _own(tenant: object, given: object) -> dict[str, Any]:
    if not isinstance(tenant, str) or not tenant:
        raise SettingsError(
            f'CRM_NOTIFY["TENANT_SETTINGS"] names its tenants by texts; {tenant!r} is none.'
        )
    if not isinstance(given, Mapping):
        raise SettingsError(
            f'{_place(tenant)} must be a dict such as {{"SENDER": "notify@acme.example"}}.'
        )
    if others := sorted(str(name) for name in given if name not in OWN):
        raise SettingsError(
            f"{_place(tenant)} may not set {', '.join(others)}. A tenant's own can be: "
            f"{', '.join(OWN)}."
        )
    return typed(given, place=_place(tenant))


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in {"CRM_NOTIFY", "ANYMAIL"}:
        _of_mapping.cache_clear()
        with _lock:
            _heard.clear()


setting_changed.connect(_forget, dispatch_uid="crm_notify.senders")
