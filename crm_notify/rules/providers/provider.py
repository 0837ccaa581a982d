"""What one provider can carry and what it tells: a row of the table, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Envelope(StrEnum):
    """How much of an envelope sender of our own a provider takes (RFC 5321 MAIL FROM)."""

    #: A bounce mail comes back to the whole address, so the address can carry a token.
    FULL = "full"
    #: Only the domain is ours: the provider puts an own local part before it.
    DOMAIN = "domain"
    NONE = "none"


class MessageId(StrEnum):
    """What the message id is that Anymail hands back after sending, and that events name."""

    #: An id of the provider's own making.
    PROVIDER = "provider"
    #: The mail's Message-ID header as the provider wrote it, in angle brackets.
    HEADER = "header"
    #: Made by Anymail before sending and carried as metadata.
    ANYMAIL = "anymail"
    NONE = "none"


class Signature(StrEnum):
    """Whether a provider signs its webhooks, and who checks it."""

    #: Anymail checks it where its key is set. Only Mailgun, MailerSend, Mandrill, Postal and
    #: Unisender Go refuse to run without the key.
    CHECKED = "checked"
    #: Signed, but Anymail does not look at the signature.
    UNCHECKED = "unchecked"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider, as Anymail's back end and webhook views speak to it.

    ``name`` is the word in Anymail's webhook URLs; ``backends`` are dotted paths, the first being
    the one to recommend.
    """

    name: str
    label: str
    backends: tuple[str, ...] = ()
    envelope: Envelope = Envelope.NONE
    metadata: bool = False
    #: How many tags a message may have: 0 for none, None for any number.
    max_tags: int | None = 0
    #: Whether a custom header such as X-CRM-Notification goes out with the mail.
    headers: bool = True
    #: Whether it takes no other headers than those whose names begin with X-.
    only_x_headers: bool = False
    #: Other headers that it refuses or replaces, in lower case.
    refused_headers: frozenset[str] = frozenset()
    #: What makes it leave places such as ``{{ name }}`` in people's texts alone; goes with each
    #: message in Anymail's ``esp_extra``.
    esp_extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    message_id: MessageId = MessageId.NONE
    #: Whether the recipients of one message share its id, so that the id alone names nobody.
    shared_id: bool = False
    #: The provider's own limits, in octets: for the JSON of all metadata, and for one tag.
    metadata_limit: int | None = None
    tag_limit: int | None = None
    tracking: bool = False
    inbound: bool = False
    #: Whether a receiving server's acceptance is ever reported.
    confirms: bool = False
    signature: Signature = Signature.NONE
    #: Where the provider's name of an event stands in Anymail's raw event, tried in order;
    #: ``*`` stands for the only key.
    raw_kind: tuple[tuple[str, ...], ...] = ()

    @property
    def anymail(self) -> bool:
        """Whether Anymail speaks to it: then an envelope sender goes in ``envelope_sender``."""
        return any(path.startswith("anymail.") for path in self.backends)


@dataclass(frozen=True, kw_only=True)
class Carriers:
    """The ways by which a token travels with a message."""

    metadata: bool
    tag: bool
    envelope: bool
    header: bool


def carriers(provider: Provider) -> Carriers:
    """Return how the token travels: as metadata, else as a tag, and by all else that holds."""
    return Carriers(
        metadata=provider.metadata,
        tag=not provider.metadata and provider.max_tags != 0,
        envelope=provider.envelope is Envelope.FULL,
        header=provider.headers,
    )


def takes_header(provider: Provider, name: str) -> bool:
    """Whether the provider sends a header of this name along, whatever its case."""
    folded = name.lower()
    if not provider.headers or folded in provider.refused_headers:
        return False
    return folded.startswith("x-") or not provider.only_x_headers
