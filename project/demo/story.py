"""The story: a call is logged, its mail bounces, the caller is warned, mends it, and it arrives."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from project.crm.people import JANET, JOHN, PASSWORD, TRUE_ADDRESS
from project.demo.post import Mail, bounce_posted_at, mail_to
from project.demo.stage import Stage
from project.demo.visitor import Visitor, form_at, link_to, polled_by

ACCOUNT = "Contoso"
SAID = "Marieke is ready to close the deal today. She cannot wait until tomorrow: call her now."


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Says each step with the seconds since the call was logged."""

    say: Callable[[str], None]
    began: float

    def __call__(self, what: str, *, at: float | None = None) -> None:
        seconds = (time.time() if at is None else at) - self.began
        self.say(f"  {seconds:6.2f} s  {what}")


def play(stage: Stage, say: Callable[[str], None] = print) -> float:
    """Play the story over HTTP, and return the seconds from the bounce's post to the warning.

    Raises Trouble where it does not go on.
    """
    janet = Visitor(stage.crm)
    janet.log_in(JANET.username, PASSWORD)
    account = link_to(ACCOUNT, on=janet.get("/"))
    alerts = polled_by(janet.get(account))
    tell = Teller(say=say, began=time.time())

    janet.post(f"{account}log/", kind="call", text=SAID, urgent="on")
    tell(f"Janet has logged an urgent call on {ACCOUNT}. John looks after it and is to be told.")
    _bounces(stage, tell)
    took = _is_warned(stage, janet, alerts, tell)
    janet.post(form_at("/correct/", on=janet.get(account)), address=TRUE_ADDRESS)
    tell(f"Janet has corrected the address to {TRUE_ADDRESS} and sent it again.")
    _arrives(stage, janet, alerts, tell)
    return took


def _bounces(stage: Stage, tell: Teller) -> None:
    def bounced() -> Mail | None:
        mail = mail_to(stage.provider, JOHN.email)
        return mail if mail and mail.ended_at else None

    mail = stage.programs.wait_for(bounced, what=f"the mail to {JOHN.email} bounces")
    tell(f"The provider has accepted the mail to {JOHN.email}.", at=mail.accepted_at)
    tell.say(f"            From:        {mail.sender}")
    tell.say(f"            Return-Path: {mail.return_path}")
    tell(f"It has bounced: {mail.reply}", at=mail.ended_at)


def _is_warned(stage: Stage, janet: Visitor, alerts: str, tell: Teller) -> float:
    stage.programs.wait_for(lambda: janet.json(alerts)["alerts"], what="Janet is warned")
    warned_at = time.time()
    posted_at = stage.programs.wait_for(
        lambda: bounce_posted_at(stage.provider), what="the provider has posted the bounce"
    )
    took = warned_at - posted_at
    tell(f"A warning stands on Janet's screen, {took:.2f} s after the bounce.", at=warned_at)
    return took


def _arrives(stage: Stage, janet: Visitor, alerts: str, tell: Teller) -> None:
    def delivered() -> Mail | None:
        mail = mail_to(stage.provider, TRUE_ADDRESS)
        return mail if mail and mail.is_in_mailbox else None

    mail = stage.programs.wait_for(delivered, what=f"{TRUE_ADDRESS} has the mail")
    tell(f"Jon has it in his mailbox: {mail.reply}", at=mail.ended_at)
    stage.programs.wait_for(lambda: not janet.json(alerts)["alerts"], what="the warning closes")
    tell("The warning has closed by itself: he was told.")
