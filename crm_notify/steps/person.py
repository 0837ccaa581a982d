"""What a person is called and where mail reaches him, whatever user model the host has."""

from __future__ import annotations

from typing import Any

from crm_notify.rules.text import one_line


def person(user: Any) -> tuple[str, str]:
    """A user's name and address as they are now; the user model may be swapped."""
    name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    field = user.get_email_field_name() if hasattr(user, "get_email_field_name") else "email"
    return one_line(str(name or user.get_username()), 200), str(getattr(user, field, "") or "")
