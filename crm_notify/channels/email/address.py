"""One address that mail can go to: checked, its domain in ASCII, and written as a mailbox."""

from __future__ import annotations

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from crm_notify.channels.wording import ascii_domain
from crm_notify.exceptions import RefusedInput
from crm_notify.rules.text import has_control, one_line


def deliverable(address: str) -> str:
    """Return ``address`` with its domain in ASCII (IDNA 2008, RFC 5891), or raise RefusedInput.

    Takes exactly one address: Anymail would read a line break or a comma as another one. The
    domain is encoded here, since Django's SMTP back end still encodes as of 2003 and would send
    mail for "straße.example" to "strasse.example".
    """
    if not address:
        raise RefusedInput("There is no address on file.")
    try:
        validate_email(address)
        local, _, domain = address.rpartition("@")
        return f"{local}@{ascii_domain(domain)}"
    except (ValidationError, idna.IDNAError) as error:
        raise RefusedInput(f"{one_line(address, 100)!r} is not an address.") from error


def mailbox(name: str, address: str) -> str:
    """An RFC 5322 mailbox with its name as it is: Django and Anymail encode it, each in its way."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if name else address


def fit_for_header(text: str) -> bool:
    """Whether ``text`` can stand in a header: one line, no control character, encodable."""
    return not has_control(text) and encodable(text)


def encodable(text: str) -> bool:
    """Whether ``text`` can be written in UTF-8: a lone surrogate, half a sign, cannot."""
    return text == text.encode("utf-8", "ignore").decode("utf-8")
