"""The story at any host: an act, its mail, the bounce, the warning, the correction, delivered."""

from __future__ import annotations

import time
from functools import partial

import requests

from project.demo.post import Mail, mail_to
from tests.install.host import Front, Host, Stage
from tests.install.place import Failed

WRONG = "john@example.com"
RIGHT = "jon@example.com"
UNKNOWN = (WRONG,)
SAID = "Marieke is ready to close the deal today."


def play(host: Host, stage: Stage) -> None:
    """Play it over HTTP; raises Failed or Trouble where it does not go on."""
    janet = host.front(stage)
    if stands := janet.warning():
        raise Failed(f"There is a warning before anything was done: {stands}")
    began = time.monotonic()
    tell = partial(_tell, began)
    janet.act(SAID)
    tell("Janet has acted")
    mail = bounced(stage, WRONG)
    tell(f"the mail of {mail.sender} to {WRONG} has bounced to {mail.return_path}")
    if host.sender not in mail.sender or not mail.return_path.startswith("bounce"):
        raise Failed(f"{mail} was to come from {host.sender}, and from an envelope of its own")
    says = is_warned(stage, janet)
    tell(f"her screen says: {says}")
    janet.correct(RIGHT)
    delivered(stage, RIGHT)
    tell(f"{RIGHT} has it")
    stage.wait_for(lambda: not janet.warning(), "the warning is gone")
    tell("the warning is gone")


def is_warned(stage: Stage, front: Front) -> str:
    """Wait until her screen says that he was not told; what it says."""
    says = stage.wait_for(front.warning, "Janet is warned on her own screen")
    if "John" not in says:
        raise Failed(f"The warning does not say who was not told: {says}")
    return says


def bounced(stage: Stage, address: str) -> Mail:
    """Wait until a mail to the address has come back."""

    def look() -> Mail | None:
        mail = mail_to(stage.provider, address)
        return mail if mail and mail.ended_at and not mail.is_in_mailbox else None

    return stage.wait_for(look, f"a mail to {address} bounces")


def delivered(stage: Stage, address: str) -> Mail:
    """Wait until a mail lies in the mailbox."""

    def look() -> Mail | None:
        mail = mail_to(stage.provider, address)
        return mail if mail and mail.is_in_mailbox else None

    return stage.wait_for(look, f"{address} has a mail")


def letters(stage: Stage, address: str) -> int:
    """How many mails lie in the mailbox."""
    found = requests.get(f"{stage.provider}/mailboxes.json", timeout=10).json()
    return sum(1 for letter in found.get(address, []) if letter["held"])


def _tell(began: float, what: str) -> None:
    print(f"  {time.monotonic() - began:6.2f} s  {what}", flush=True)
