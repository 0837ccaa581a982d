"""docs/receiving.md names what the mail server answers and what the pipe ends with."""

from __future__ import annotations

from crm_notify.management import lmtp
from crm_notify.management.commands import crm_notify_receive
from tests.docs.test_tables import rows

PAGE = "docs/receiving.md"
ANSWERS = (lmtp.UNKNOWN, lmtp.NOT_NOW, lmtp.EMPTY, lmtp.ONE_EACH)
TOO_LARGE = "552"


def test_the_answers_of_the_mail_server_are_documented() -> None:
    documented = {row[0] for row in rows(PAGE, "LMTP")[1:]}
    refusals = {" ".join(answer.split()[:2]) for answer in ANSWERS}
    assert documented == {lmtp.KEPT[:3], lmtp.FULL[:3].decode(), TOO_LARGE, *refusals}


def test_the_exit_codes_of_the_pipe_are_documented() -> None:
    documented = [int(row[0]) for row in rows(PAGE, "The pipe")[1:]]
    named = [value for name, value in vars(crm_notify_receive).items() if name.startswith("EX_")]
    assert sorted(documented) == sorted([0, *named])
