"""Give a mail's token to every carrier of its provider, and no header that the provider refuses."""

from __future__ import annotations

from crm_notify.channels.email.message import Letter
from crm_notify.rules.providers import Provider, carriers, takes_header

METADATA_KEY = "crm_notify"
TOKEN_HEADER = "X-CRM-Notification"  # noqa: S105


def carry(letter: Letter, *, token: str, envelope_sender: str, by: Provider) -> None:
    """Write the token into ``letter`` in every way that survives at this provider.

    A header that makes the call fail, or that is dropped at the other side, is left out: no mail
    may fail because of what we add to it.
    """
    carried = carriers(by)
    letter.extra_headers[TOKEN_HEADER] = token
    letter.extra_headers = {
        name: value for name, value in letter.extra_headers.items() if takes_header(by, name)
    }
    if carried.metadata:
        letter.metadata = {METADATA_KEY: token}
    if carried.tag:
        letter.tags = [token]
    if carried.envelope and by.anymail:
        letter.envelope_sender = envelope_sender
    elif carried.envelope:
        # A back end of Django's takes from_email as MAIL FROM, and the visible From as a header.
        letter.extra_headers["From"] = letter.from_email
        letter.from_email = envelope_sender
    if by.esp_extra:
        letter.esp_extra = dict(by.esp_extra)
