"""Find rows by what a person has at hand: a token, a message id, an address, a name."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, Q
from django.utils.translation import gettext as _

from crm_notify.conf import get_settings
from crm_notify.desk.sight import visible
from crm_notify.exceptions import RefusedInput
from crm_notify.models import Attempt, Notification
from crm_notify.rules import token
from crm_notify.rules.text import printable
from crm_notify.rules.token import Token

#: A name that fits more users than this says too little.
MOST_USERS = 200
#: How many rows are named to somebody who has to say which of them he means.
NAMED = 5
#: Fields of a user model that may hold his name; the model may be the host's own.
NAME_FIELDS = ("first_name", "last_name", "full_name", "name")
#: The first number that the database cannot hold as a key, and its digits.
MOST_KEY = 2**63
DIGITS = len(str(MOST_KEY))


def about_notifications(term: str) -> Q:
    """What a term may name among notifications; every part of it is looked up by an index."""
    found = _tokens(term)
    if found:
        return _of_tokens(found)
    return (
        by_key(term)
        | _by_message_id(term)
        | Q(address__startswith=term)
        | Q(address__startswith=term.lower())
        | Q(recipient__in=users_named(term))
    )


def one_notification(term: str, user: Any) -> int:
    """The notification that a number, a token, a bounce's address or a Message-ID names.

    Raises RefusedInput unless it is exactly one of those that this user may see.
    """
    found = _tokens(term)
    named = _of_tokens(found) if found else by_key(term) | _by_message_id(term)
    rows = (
        visible(Notification.objects.filter(named), user)
        .order_by("pk")
        .values_list("pk", flat=True)[:NAMED]
    )
    numbers = ", ".join(f"#{pk}" for pk in rows)
    if not rows:
        raise RefusedInput(_("“%s” names no notification.") % printable(term, 100))
    if len(rows) > 1:
        raise RefusedInput(
            _("“%(term)s” names more than one notification: %(numbers)s. Give the number of one.")
            % {"term": printable(term, 100), "numbers": numbers}
        )
    return rows[0]


def about_events(term: str) -> Q:
    """What a term may name among events."""
    found = _tokens(term)
    if found:
        attempts = [item.id for item in found if not item.names_notification]
        messages = [item.id for item in found if item.names_notification]
        return Q(attempt__in=attempts) | Q(notification__in=messages)
    sent = Attempt.objects.filter(message_id=term).values_list("pk", flat=True)
    return by_key(term) | Q(attempt__in=list(sent)) | Q(notification=None, message_id=term)


def users_named(term: str) -> list[Any]:
    """The keys of the users in whose names or addresses each word of ``term`` stands.

    A CRM has few users beside its notifications, so their table is read as a whole.
    """
    model = get_user_model()
    own = {field.name for field in model._meta.fields if isinstance(field, CharField)}
    address = getattr(model, "EMAIL_FIELD", "email")
    names = own & {model.USERNAME_FIELD, address, *NAME_FIELDS}
    wanted = Q()
    for word in term.split():
        wanted &= Q(*((f"{name}__icontains", word) for name in sorted(names)), _connector=Q.OR)
    return list(model._base_manager.filter(wanted).values_list("pk", flat=True)[:MOST_USERS])


def _tokens(term: str) -> list[Token]:
    conf = get_settings()
    read = (
        token.read(text, keys=conf.RETURN_PATH_KEYS, installation=conf.INSTALLATION)
        for text in token.find(term)
    )
    return [found for found in read if found is not None and found.id < MOST_KEY]


def _of_tokens(found: list[Token]) -> Q:
    """A token names an attempt, in an address, or a notification, in a Message-ID or a link."""
    attempts = [item.id for item in found if not item.names_notification]
    sent = Attempt.objects.filter(pk__in=attempts).values_list("notification", flat=True)
    return Q(pk__in=[*sent, *(item.id for item in found if item.names_notification)])


def _by_message_id(term: str) -> Q:
    """What a provider calls the message, with or without its brackets; recipients may share it."""
    names = [term, term.strip("<>"), f"<{term}>"]
    sent = Attempt.objects.filter(message_id__in=names).values_list("notification", flat=True)
    return Q(pk__in=list(sent))


def by_key(term: str) -> Q:
    number = term.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < DIGITS:
        return Q(pk=int(number))
    return Q(pk__in=[])
