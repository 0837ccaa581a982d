"""What a phrase in a notice can be about."""

from __future__ import annotations

from enum import Enum, auto


class Topic(Enum):
    """The subjects of the tables of phrases; every language speaks about the same ones."""

    # What a notice says happened.
    FAILED = auto()
    FINAL = auto()
    DELAYED = auto()
    DELIVERED = auto()
    READ = auto()
    MAIL = auto()
    # What kind of reply it is.
    AUTOREPLY = auto()
    AWAY = auto()
    CHALLENGE = auto()
    COMPLAINT = auto()
    # Who writes, where the returned copy begins, and at which SMTP command a server refused.
    DAEMON = auto()
    COPY = auto()
    AT_SENDER = auto()
    AT_DATA = auto()
    # Why it failed.
    SENDER_UNPROVEN = auto()
    SENDER_REFUSED = auto()
    HOST_UNNAMED = auto()
    TOO_LARGE = auto()
    FULL = auto()
    GIVEN_UP = auto()
    LOOP = auto()
    VIRUS = auto()
    BLOCKED = auto()
    RATE = auto()
    RELAY = auto()
    POLICY = auto()
    CONTENT = auto()
    MOVED = auto()
    DISABLED = auto()
    NO_DOMAIN = auto()
    NO_MAIL = auto()
    NO_USER = auto()
    SERVER = auto()
    REFUSED_MESSAGE = auto()
    REFUSED_ADDRESS = auto()
