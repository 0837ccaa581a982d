"""What a person is called and where mail reaches him, whatever user model the host has."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm_notify.exceptions import RefusedInput
from crm_notify.rules.text import has_control, one_line, printable, storable

#: RFC 5321 section 4.5.3.1: 64 octets, the sign, and 255.
LONGEST_ADDRESS = 320


def person(user: Any) -> tuple[str, str]:
    """A user's name and address as they are now; the user model may be swapped.

    An address that has no place in our column is left out: cut short it could be another's.
    """
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    field = user.get_email_field_name() if hasattr(user, "get_email_field_name") else "email"
    address = str(getattr(user, field, "") or "")
    fits = len(address) <= LONGEST_ADDRESS and storable(address) == address
    return one_line(str(name or user.get_username()), 200), address if fits else ""


def is_user(given: Any) -> bool:
    """Whether it is one of the host's users; of a proxy, and of what it stands for, one table."""
    kind: Any = get_user_model()._meta.concrete_model
    return isinstance(given, kind)


def address_column(users: Any) -> str | None:
    """The column in which this model keeps addresses; None where it computes them or has none."""
    field: str = getattr(users, "EMAIL_FIELD", "email")
    return field if field in {column.name for column in users._meta.concrete_fields} else None


def checked_address(given: str) -> str:
    """The address, without blanks around it; raise RefusedInput where it is none."""
    wanted = given.strip()
    try:
        validate_email(wanted)
    except ValidationError:
        valid = False
    else:
        # A quoted local part may hold any of them.
        valid = not has_control(wanted)
    if not valid:
        raise RefusedInput(_("“%s” is not an address.") % printable(given, 100))
    return wanted
