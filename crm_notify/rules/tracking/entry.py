"""One entry of the setting TRACK: what of a model is an activity, and who hears of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

KEYS = ("on", "created", "changed", "tell", "text", "link", "urgency")
URGENCIES = ("normal", "urgent")
#: The verbs where the host gives none.
CREATED = "added"
CHANGED = "changed"
#: A verb is kept as it was said, so it is said in one language.
_PLAIN = "a plain str (not gettext_lazy)"
#: What each of these is, if it is given at all.
_TEXTS = {
    "on": 'a path to a record, for example "customer"',
    "text": 'a path such as "note" or a dotted function',
    "link": 'a path such as "get_absolute_url" or a dotted function',
    "urgency": '"normal", "urgent", a path or a dotted function',
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An empty verb means that it is not noticed; ``tell`` is None where the resolver is asked."""

    created: str = ""
    changed: str = ""
    fields: tuple[str, ...] = ()
    tell: tuple[str, ...] | None = None
    on: str = ""
    text: str = ""
    link: str = ""
    urgency: str = "normal"


def read(given: Any) -> Entry:
    """Return what an entry says; raise ValueError with what to type where it cannot be read."""
    if not isinstance(given, Mapping):
        raise ValueError('type a dict, for example {"created": True, "tell": ["owner"]}.')
    if unknown := sorted(str(key) for key in set(given) - set(KEYS)):
        raise ValueError(f"there is no {', '.join(unknown)}; it knows {', '.join(KEYS)}.")
    created = _created(given.get("created", False))
    changed, fields = _changed(given.get("changed", ()))
    if not created and not fields:
        raise ValueError(
            'it notices nothing: type "created": True, or "changed" with a list of fields.'
        )
    tell = given.get("tell")
    return Entry(
        created=created,
        changed=changed,
        fields=fields,
        tell=None if tell is None else _names("tell", tell),
        on=_text(given, "on"),
        text=_text(given, "text"),
        link=_text(given, "link"),
        urgency=_text(given, "urgency") or "normal",
    )


def _created(given: Any) -> str:
    if isinstance(given, bool):
        return CREATED if given else ""
    if isinstance(given, str) and given.strip():
        return given
    raise ValueError(f'"created" is True, or a verb such as "logged a call", {_PLAIN}.')


def _changed(given: Any) -> tuple[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        return CHANGED, _names("changed", given)
    verb = given.get("verb", CHANGED)
    if set(given) - {"verb", "fields"} or not isinstance(verb, str) or not verb.strip():
        raise ValueError(
            '"changed" is {"verb": "moved", "fields": ["stage"]}, or the fields; the verb is '
            f"{_PLAIN}."
        )
    fields = _names("changed", given.get("fields", ()))
    if not fields:
        raise ValueError('"changed" names no "fields": type, for example, ["stage"].')
    return verb, fields


def _names(key: str, given: Any) -> tuple[str, ...]:
    names = tuple(given) if isinstance(given, Collection) and not isinstance(given, str) else ("",)
    if all(isinstance(name, str) and name for name in names):
        return tuple(dict.fromkeys(names))
    raise ValueError(f'"{key}" is a list of names, for example ["owner"].')


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f'"{key}" is {_TEXTS[key]}.')
    return value
