"""How people look in the CRM: their name, their initials and a colour of their own."""

from __future__ import annotations

import zlib

from django import template
from django.contrib.auth.models import User

TONES = 8

register = template.Library()


@register.filter
def name_of(user: User | None) -> str:
    """The full name, or the log-in where there is none; somebody deleted is "Somebody"."""
    return (user.get_full_name() or user.get_username()) if user else "Somebody"


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word: "JS" for Janet Smith."""
    words = name.split() or ["?"]
    return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


@register.filter
def tone(name: str) -> int:
    """A number below TONES, always the same for the same name; the style sheet has a colour."""
    return zlib.crc32(name.encode()) % TONES


@register.inclusion_tag("crm/avatar.html")
def avatar(name: str) -> dict[str, str]:
    """A round picture of the initials. The name stands beside it, so it is hidden from readers."""
    return {"name": name}
