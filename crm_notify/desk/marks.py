"""Small pieces of markup for lists and facts; every text that comes in is escaped."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm_notify.desk.way import Way
from crm_notify.models import Notification
from crm_notify.rules.outcome import Outcome
from crm_notify.rules.providers import PROVIDERS

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

#: A text, translated already or when it is shown.
Text: TypeAlias = "str | StrPromise"

#: How each outcome looks; the word itself always stands beside the colour.
TONES = {
    Outcome.FAILED: "bad",
    Outcome.UNCLEAR: "doubt",
    Outcome.IN_FLIGHT: "going",
    Outcome.PRESUMED: "quiet",
    Outcome.TOLD: "good",
    Outcome.CLOSED: "quiet",
}


def badge(text: Text, tone: str) -> SafeString:
    """A word in a coloured field."""
    return format_html('<span class="crm-notify-badge crm-notify-{}">{}</span>', tone, text)


def outcome_badge(notification: Notification) -> SafeString:
    """What became of a notification."""
    tone = TONES[Outcome(notification.outcome)]
    return badge(notification.get_outcome_display(), tone)


def foreign(text: str, limit: int) -> SafeString:
    """Words of others: escaped, cut, and kept from turning the direction of what stands around."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return format_html('<bdi class="crm-notify-foreign">{}</bdi>', cut)


def diagnosis(code: str, text: str) -> SafeString:
    """What the other side said, with its code where the words do not hold it already."""
    return foreign(text if code in text else f"{code} {text}".strip(), 120)


def short(when: datetime) -> str:
    """A time to the minute, in the reader's zone and in his country's way."""
    return date_format(local(when), "SHORT_DATETIME_FORMAT")


def local(when: datetime) -> datetime:
    """In the reader's time zone; as it is where the host works without time zones."""
    return timezone.localtime(when) if timezone.is_aware(when) else when


def provider_label(name: str) -> str:
    """How a provider writes its own name."""
    return PROVIDERS[name].label if name in PROVIDERS else name


def two_lines(first: Text, second: Text) -> SafeString:
    """One thing, and below it in grey what belongs to it."""
    return format_html('{}<br><span class="crm-notify-second">{}</span>', first, second)


def link(row: Model, text: Text, way: Way) -> SafeString:
    """A link to the page of ``row``."""
    return format_html('<a href="{}">{}</a>', way(type(row), row.pk), text)
