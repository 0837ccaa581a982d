"""The numbered bounce classes that SparkPost and Mandrill both report."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.evidence import Blame, Kind
from crm_notify.rules.providers import plain
from crm_notify.rules.providers.verdict import Verdict

#: SparkPost's ``bounce_class`` and Mandrill's ``bgtools_code``: the same numbers, from the same
#: bounce classifier. SparkPost's own grouping into hard, soft, block and admin decides the kind.
CLASSES: Mapping[str, Verdict] = {
    "1": plain.BOUNCED,  # undetermined
    "10": Verdict(kind=Kind.BOUNCED, blame=Blame.ADDRESS),  # invalid recipient
    "20": plain.EXPIRED,  # soft bounce
    "21": Verdict(kind=Kind.EXPIRED, otherwise=Blame.SERVER),  # DNS failure
    "22": Verdict(kind=Kind.EXPIRED, blame=Blame.MAILBOX),  # mailbox full
    "23": Verdict(kind=Kind.EXPIRED, blame=Blame.CONTENT),  # too large
    "24": Verdict(kind=Kind.EXPIRED, blame=Blame.SERVER),  # timeout
    "25": Verdict(kind=Kind.REJECTED, otherwise=Blame.POLICY),  # the provider's own policy
    "26": Verdict(kind=Kind.REJECTED, blame=Blame.POLICY),  # smart send suppression
    "30": Verdict(kind=Kind.BOUNCED, otherwise=Blame.ADDRESS),  # no recipient could be read
    "40": plain.EXPIRED,  # generic
    "50": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),  # mail block
    "51": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),  # spam block
    "52": Verdict(kind=Kind.BOUNCED, blame=Blame.CONTENT),  # spam content
    "53": Verdict(kind=Kind.BOUNCED, blame=Blame.CONTENT),  # prohibited attachment
    "54": Verdict(kind=Kind.BOUNCED, blame=Blame.POLICY),  # relaying denied
    "60": Verdict(kind=Kind.AUTO_REPLIED),  # auto-reply
    "70": Verdict(kind=Kind.EXPIRED, otherwise=Blame.SERVER),  # transient failure
    "80": plain.OTHER,  # somebody asks to be subscribed
    "90": plain.UNSUBSCRIBED,  # somebody asks to be unsubscribed
    # A filter asks the sender to prove that he is human: until then nobody was told.
    "100": Verdict(kind=Kind.UNCLEAR),
}
