"""What a host declares to be tracked, and what the saves of one record come to."""

from crm_notify.rules.tracking.entry import CREATED, KEYS, URGENCIES, Entry, read
from crm_notify.rules.tracking.net import NOTHING, Members, Net, Value, net_of
from crm_notify.rules.tracking.words import LONGEST, list_members, say_change, shorten

__all__ = [
    "CREATED",
    "KEYS",
    "LONGEST",
    "NOTHING",
    "URGENCIES",
    "Entry",
    "Members",
    "Net",
    "Value",
    "list_members",
    "net_of",
    "read",
    "say_change",
    "shorten",
]
