"""``CRM_NOTIFY`` in the host's settings, read into one frozen and typed object."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import time, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from crm_notify.exceptions import SettingsError
from crm_notify.rules import hours, ladder
from crm_notify.rules.hours import BusinessHours
from crm_notify.rules.ladder import Rung

KIB = 1024


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, its type and its default. Times are timedeltas, sizes are bytes."""

    #: The name of this installation; part of every token, so that tokens never cross.
    INSTALLATION: str = "default"
    #: The domain of the envelope senders; its bounces must come back to us.
    RETURN_PATH_DOMAIN: str = ""
    #: Named secrets for the tokens, one lower-case letter each; the first one signs.
    RETURN_PATH_KEYS: Mapping[str, str] = field(default_factory=dict)
    #: The address that mail comes from where the actor's own cannot be used.
    SENDER: str = ""
    #: Verified domains in which an actor's own address may stand in From.
    SENDER_DOMAINS: tuple[str, ...] = ()
    #: Shown as "Janet Smith via PRODUCT_NAME".
    PRODUCT_NAME: str = "CRM"
    #: "https://crm.example.com", for the links in mails.
    BASE_URL: str = ""
    #: The URLconf in which ours are mounted, for the links in mails, where that is another one than
    #: ROOT_URLCONF: a host's middleware may choose one by host name.
    URLCONF: str = ""
    #: An alias of Django's MAILERS, or {"BACKEND": path, "OPTIONS": {...}}.
    MAILER: str | Mapping[str, Any] = ""
    #: "user:password" of the webhooks, two at a time while one is rotated.
    WEBHOOK_SECRETS: tuple[str, ...] = ()
    #: The ARNs of the SNS topics that may post here; empty for any that knows the shared secret.
    SNS_TOPICS: tuple[str, ...] = ()
    #: Callable (activity, target) -> users to be told; replaces the built-in one.
    RESOLVER: str = "crm_notify.steps.resolve.followers"
    #: Callable (target) -> the users who own a record; the built-in resolver asks it.
    OWNERS: str = ""
    #: Callable (request) -> the user whom a token in its headers names, or None; asked by our pages
    #: where the session knows nobody. "crm_notify.views.asking.rest_framework" asks that.
    AUTHENTICATE: str = ""
    #: Callable (user) -> language code of his mails.
    LANGUAGE: str = ""
    #: "keep": a failing resolver is an incident and the save goes on; "raise": the save fails.
    ON_RESOLVER_FAILURE: str = "keep"
    #: {"app.Model": {"created": True, "changed": ["stage"], "tell": ["owner"]}}: whose saves are
    #: activities by themselves; docs/tracking.md has every key of an entry.
    TRACK: Mapping[str, Any] = field(default_factory=dict)
    #: Callable () -> the user who acts, or None; replaces the one of ActingUserMiddleware.
    CURRENT_USER: str = ""
    #: Whether Celery is told that there is work; else the sweep or crm_notify_worker finds it.
    WAKE: bool = True
    #: How long waking may take before it is given up, and how long it is then left alone.
    WAKE_TIMEOUT: timedelta = timedelta(milliseconds=300)
    WAKE_PAUSE: timedelta = timedelta(seconds=30)
    #: Notifications claimed at once, and threads that send them in one process.
    BATCH_SIZE: int = 100
    THREADS: int = 1
    #: The time limit of one call to the provider.
    SEND_TIMEOUT: timedelta = timedelta(seconds=10)
    #: Pauses before each retry of what may pass; after the last one it has failed.
    RETRY_PAUSES: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=4),
        timedelta(hours=12),
        timedelta(hours=24),
    )
    #: After a time-out: how long to wait for a webhook before the mail is repeated.
    UNKNOWN_WAIT: timedelta = timedelta(minutes=10)
    #: How long a transient bounce without a code may stay alone before a person is asked.
    UNCLEAR_AFTER: timedelta = timedelta(minutes=15)
    #: How long a mailer that confirms deliveries may be silent before a person is asked.
    SILENCE_AFTER: timedelta = timedelta(hours=24)
    #: A mailer that cannot confirm: how long bounces may take, and how fresh its proof must be.
    BOUNCE_WINDOW: timedelta = timedelta(days=5)
    PROVEN_WITHIN: timedelta = timedelta(days=30)
    #: How long a short message that was handed over may be silent before it counts as not
    #: confirmed and the next way is tried; no pause before a retry of one is longer.
    CHANNEL_SILENCE_AFTER: timedelta = timedelta(hours=1)
    #: Who is asked to act on a failure, and when: act (actor, fallback, backup or admins), after
    #: (a timedelta) and, for one urgency only, urgency (normal or urgent).
    LADDER: tuple[Mapping[str, Any], ...] = (
        {"act": "actor"},
        {"act": "fallback", "urgency": "urgent"},
        {"act": "backup", "after": timedelta(minutes=15)},
        {"act": "admins", "after": timedelta(hours=4)},
    )
    #: How long an acknowledgement holds, and how often those are asked again who do nothing.
    AGAIN_AFTER: timedelta = timedelta(days=1)
    #: {"days": "mon-fri", "from": "09:00", "to": "18:00", "zone": "Europe/Berlin"}: only this time
    #: counts on the ladder, but for what is urgent. Empty: every hour counts.
    BUSINESS_HOURS: Mapping[str, str] = field(default_factory=dict)
    #: ("22:00", "07:00"): nobody gets a short message then, unless it is urgent; users may differ.
    QUIET_HOURS: tuple[str, ...] = ()
    #: Callable (user) -> the user who acts in his place, or None.
    BACKUP: str = ""
    #: Callable (user) -> whether he is absent now; asked beside what he has said himself.
    ABSENT: str = ""
    #: Who has not been seen for so long counts as absent; zero: that is not looked at.
    UNSEEN_FOR: timedelta = timedelta(0)
    #: By name, another channel than mail: {"sms": {"CLASS": path, "OPTIONS": {...}}}.
    CHANNELS: Mapping[str, Any] = field(default_factory=dict)
    #: Callable (user) -> [("sms", "+49 30 ..."), ...], in order; replaces what users have said.
    ADDRESSES: str = ""
    #: By tenant, what is his own of the settings in senders.OWN; or the dotted path of a callable
    #: (tenant) -> such a mapping, or None where he has nothing of his own.
    TENANT_SETTINGS: str | Mapping[str, Any] = field(default_factory=dict)
    #: Where the admins' digest goes; without them it goes to Django's ADMINS.
    DIGEST_TO: tuple[str, ...] = ()
    #: At most one digest in so long.
    DIGEST_EVERY: timedelta = timedelta(hours=1)
    #: More failures of one cause than that within this time are one incident.
    FOLD_ABOVE: int = 20
    FOLD_WITHIN: timedelta = timedelta(minutes=10)
    #: When an incident is closed: how many mails a minute are sent again.
    RESEND_RATE: int = 60
    #: How old news may be that is sent again when an address was corrected or an incident closed.
    RESEND_WITHIN: timedelta = timedelta(days=30)
    #: Callable (user, address) -> None that writes a corrected address into the host's records.
    ADDRESS_CORRECTED: str = "crm_notify.steps.correct.write_address"
    #: Callable (user) -> addresses and names among which the right one may be, for suggestions.
    CONTACTS: str = ""
    #: How long an event that matches nothing is tried again.
    PARKED_FOR: timedelta = timedelta(days=3)
    #: What one webhook may weigh.
    TRACKING_LIMIT: int = 1024 * KIB
    INBOUND_LIMIT: int = 25 * 1024 * KIB
    #: How often a page asks for news.
    POLL_INTERVAL: timedelta = timedelta(seconds=2)
    #: The alias of DATABASES over which a process under ASGI hears that there is news; another one
    #: where a pooler in transaction mode stands before our tables'. None: theirs. Empty: pages ask.
    STREAM_DATABASE: str | None = None

    @property
    def signing_key(self) -> str:
        """The letter of the key that signs new tokens."""
        return next(iter(self.RETURN_PATH_KEYS))

    @property
    def urlconf(self) -> str:
        """The URLconf of the links in mails."""
        return self.URLCONF or django_settings.ROOT_URLCONF

    @functools.cached_property
    def ladder(self) -> tuple[Rung, ...]:
        """LADDER, read; raises SettingsError with what to type."""
        try:
            return ladder.read(self.LADDER)
        except ValueError as error:
            raise SettingsError(f'CRM_NOTIFY["LADDER"]: {error}') from error

    @functools.cached_property
    def business_hours(self) -> BusinessHours | None:
        """BUSINESS_HOURS, read, or None where every hour counts; raises SettingsError."""
        try:
            return hours.read(self.BUSINESS_HOURS, zone=django_settings.TIME_ZONE)
        except ValueError as error:
            raise SettingsError(f'CRM_NOTIFY["BUSINESS_HOURS"]: {error}') from error

    @functools.cached_property
    def quiet_hours(self) -> tuple[time, time] | None:
        """QUIET_HOURS, read, or None where there are none; raises SettingsError."""
        try:
            return hours.read_pair(self.QUIET_HOURS) if self.QUIET_HOURS else None
        except ValueError as error:
            raise SettingsError(f'CRM_NOTIFY["QUIET_HOURS"]: {error}') from error

    def function(self, name: str) -> Callable[..., Any] | None:
        """Return the callable that the setting ``name`` points at, or None where it is empty."""
        path = getattr(self, name)
        if not path:
            return None
        try:
            found = import_string(path)
        except ImportError as error:
            raise SettingsError(f'CRM_NOTIFY["{name}"] = {path!r}: {error}') from error
        if not callable(found):
            raise SettingsError(f'CRM_NOTIFY["{name}"] = {path!r} is not callable.')
        return found  # type: ignore[no-any-return]


def get_settings() -> Settings:
    """Return the settings; raise SettingsError with what to type where they cannot be read."""
    return _read()


@functools.lru_cache(maxsize=1)
def _read() -> Settings:
    given = getattr(django_settings, "CRM_NOTIFY", {})
    if not isinstance(given, Mapping):
        raise SettingsError("CRM_NOTIFY must be a dict.")
    known = [item.name for item in fields(Settings)]
    if unknown := sorted(set(given) - set(known)):
        raise SettingsError(
            f"CRM_NOTIFY has no setting {', '.join(unknown)}. It knows: {', '.join(known)}."
        )
    values = typed(given)
    if "WEBHOOK_SECRETS" not in values:
        values["WEBHOOK_SECRETS"] = _anymail_secrets()
    return Settings(**values)


def typed(given: Mapping[str, Any], *, place: str = "CRM_NOTIFY") -> dict[str, Any]:
    """Return these settings, each of its type; raise SettingsError with what stands at ``place``.

    Every name must be that of a setting.
    """
    defaults = {item.name: item.default for item in fields(Settings)}
    values = {}
    for name, value in given.items():
        default = defaults[name] if defaults[name] is not MISSING else {}
        values[name] = _checked(name, value, default, place)
    return values


#: Settings whose values are read elsewhere.
_FREE: dict[str, tuple[type[Any], ...]] = {
    "MAILER": (str, Mapping),
    "CHANNELS": (Mapping,),
    "STREAM_DATABASE": (str, type(None)),
    "TENANT_SETTINGS": (str, Mapping),
    "TRACK": (Mapping,),
}


def _checked(name: str, value: Any, default: Any, place: str) -> Any:
    if isinstance(default, tuple) and isinstance(value, (list, tuple)):
        kind = next((k for k in (timedelta, Mapping) if default and isinstance(default[0], k)), str)
        if all(isinstance(item, kind) for item in value):
            return tuple(value)
    elif isinstance(default, bool) or isinstance(value, bool):
        if isinstance(default, bool) and isinstance(value, bool):
            return value
    elif name in _FREE:
        if isinstance(value, _FREE[name]):
            return value
    elif isinstance(default, Mapping):
        if isinstance(value, Mapping) and all(
            isinstance(part, str) for pair in value.items() for part in pair
        ):
            return value
    elif isinstance(value, type(default)):
        return value
    # Options hold passwords, and what is wrong is read by more people than the settings are.
    shown = f"a {type(value).__name__}" if name in _FREE else repr(value)
    raise SettingsError(
        f'{place}["{name}"] = {shown} is of the wrong type; for example: {default!r}.'
    )


def _anymail_secrets() -> tuple[str, ...]:
    """Anymail's own WEBHOOK_SECRET serves where we have none."""
    given = getattr(django_settings, "ANYMAIL", {}).get("WEBHOOK_SECRET", ())
    return (given,) if isinstance(given, str) and given else tuple(given)


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in {"CRM_NOTIFY", "ANYMAIL"}:
        _read.cache_clear()


setting_changed.connect(_forget, dispatch_uid="crm_notify.conf")
