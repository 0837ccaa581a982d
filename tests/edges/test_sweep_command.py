"""One round of all the work for cron, and the check that says where nobody does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from crm_notify.checks import check_databases
from crm_notify.checks import databases as checks
from crm_notify.management.commands import crm_notify_sweep
from crm_notify.models import Activity, Installation, Notification
from tests.people import Clock
from tests.posts import UNKNOWN_USER, sparkpost, token_of
from tests.steps.bells import WORKS, rung

pytestmark = pytest.mark.django_db(transaction=True)


def said() -> list[str]:
    found = check_databases(databases=["default"])
    return [f"{item.msg} {item.hint}" for item in found if item.id == "crm_notify.W060"]


def test_cron_does_it_all_and_says_in_one_line_what_it_did(
    notification: Notification,
    post: Callable[..., Any],
    capsys: Any,
    crm_notify_settings: Callable[..., None],
) -> None:
    rung.clear()
    crm_notify_settings(SINKS=[WORKS])
    call_command("crm_notify_sweep")
    assert len(mail.outbox) == 1
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)])
    call_command("crm_notify_sweep")
    assert rung == [("janet", "John was not told", True)]
    assert capsys.readouterr().out.splitlines() == [
        "Swept. Receipts read: 0; sending attempts: 1; sinks called: 0.",
        "Swept. Receipts read: 1; sending attempts: 0; sinks called: 1.",
    ]
    assert Installation.objects.get().swept_by.startswith("crm_notify_sweep on ")


def test_what_fails_stops_nothing_else_and_ends_with_one(
    notification: Notification, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def down() -> int:
        raise DatabaseError("down")

    monkeypatch.setattr(crm_notify_sweep, "interpret", down)
    monkeypatch.setattr(crm_notify_sweep, "sweep", lambda by: ["judge_silence"])
    with pytest.raises(CommandError, match=r"attempts: 1; .* Failed: judge_silence, the reading;"):
        call_command("crm_notify_sweep")
    assert "the reading failed" in caplog.text


def test_a_mark_that_cannot_be_made_is_a_part_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def mark(by: str) -> None:
        raise DatabaseError("down")

    monkeypatch.setattr("crm_notify.steps.sweep.mark", mark)
    with pytest.raises(CommandError, match="Failed: mark"):
        call_command("crm_notify_sweep")


def test_two_that_overlap_send_each_mail_once(
    call: Callable[..., Activity], monkeypatch: pytest.MonkeyPatch
) -> None:
    call()
    second: list[int] = []
    interpret = crm_notify_sweep.interpret

    def meanwhile() -> int:
        if not second:
            second.append(1)
            call_command("crm_notify_sweep")
        return interpret()

    monkeypatch.setattr(crm_notify_sweep, "interpret", meanwhile)
    call_command("crm_notify_sweep")
    assert len(mail.outbox) == 1


def test_a_fresh_installation_is_not_complained_about() -> None:
    assert said() == []


def test_work_for_which_nobody_ever_came_says_what_to_type(notification: Notification) -> None:
    (found,) = said()
    assert found.startswith("Nothing has ever swept, and there is work to do: no mail is sent")
    for line in ("crm_notify_worker", "* * * * * python manage.py crm_notify_sweep", "beat"):
        assert line in found
    call_command("crm_notify_worker", "--once")
    assert said() == []


def test_a_sweep_that_is_long_ago_is_said_even_where_nothing_waits(clock: Clock) -> None:
    call_command("crm_notify_sweep")
    clock.forward(hours=3)
    (found,) = said()
    assert found.startswith("Nothing has swept for 3\xa0hours: no mail is sent")


def test_other_databases_and_those_without_tables_are_left_alone(
    notification: Notification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks.database, "alias", lambda: "elsewhere")
    assert said() == []
    monkeypatch.undo()

    def down() -> None:
        raise DatabaseError("no such table")

    monkeypatch.setattr(checks, "examine", down)
    assert said() == []
