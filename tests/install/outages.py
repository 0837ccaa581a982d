"""What stands around a host goes down: its own saves succeed, and the mail goes out later."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tests.install.browser import Page
from tests.install.host import Front, Stage
from tests.install.place import Failed
from tests.install.story import RIGHT, letters

#: How much longer a save may take that finds the broker down, in seconds.
PATIENCE = 2.0
_STATE = """
from crm_notify.models import Notification

last = Notification.objects.latest("pk")
print(last.dispatch, last.outcome, last.due_at is not None)
"""
_TIME_PASSES = """
from crm_notify.models import Notification
from django.utils import timezone

print(Notification.objects.filter(dispatch="queued").update(due_at=timezone.now()))
"""


def broker_is_down(stage: Stage, janet: Front, *, again: Callable[[], None]) -> None:
    """The save succeeds at once; the mail goes out when the broker is up again."""
    usual = _seconds(partial(janet.act, "The broker is up."))
    before = letters(stage, RIGHT)
    stage.broker.end()
    took = _seconds(partial(janet.act, "The broker is down."))
    if took > usual + PATIENCE:
        raise Failed(f"With the broker down a save took {took:.1f} s, else {usual:.1f} s")
    again()
    stage.wait_for(lambda: letters(stage, RIGHT) > before, "what was saved meanwhile goes out")
    say(f"with the broker down a save took {took:.2f} s, else {usual:.2f} s; its mail went later")


def provider_is_down(stage: Stage, janet: Front, *, again: Callable[[], None]) -> None:
    """The save succeeds; the mail waits for its next try and goes out then."""
    stage.post_office.end()
    janet.act("The provider is down.")
    stage.pump()
    state = stage.place.manage("shell", "--verbosity=0", "--command", _STATE).split()
    if state != ["queued", "in_flight", "True"]:
        raise Failed(f"With the provider down the notification is {state}")
    again()
    stage.place.manage("shell", "--verbosity=0", "--command", _TIME_PASSES)
    stage.wait_for(lambda: letters(stage, RIGHT) > 0, "the mail goes out at the next try")
    say("with the provider down the mail waited for its next try")


def tables_are_gone(
    stage: Stage,
    janet: Front,
    *,
    rename: Callable[[str, str], None],
    save: Callable[[], Page],
    saved: Callable[[], int],
) -> None:
    """The save succeeds and the log says what is missing; the next one is told of again."""
    before, told = saved(), letters(stage, RIGHT)
    rename("crm_notify_activity", "crm_notify_gone")
    try:
        answer = save()
    finally:
        rename("crm_notify_gone", "crm_notify_activity")
    if answer.status != 302 or saved() != before + 1:
        raise Failed(f"With our tables gone the save was answered {answer}")
    log = (stage.programs.logs / "web.log").read_text(errors="replace")
    if "crm_notify_activity" not in log:
        raise Failed(f"Nothing in the log says that our tables were gone:\n{log}")
    janet.act("They are back.")
    stage.wait_for(lambda: letters(stage, RIGHT) > told, "the next act is told of again")
    say("with our tables gone a save succeeded, and the log says what is missing")


def tables_are_missed(
    stage: Stage,
    *,
    rename: Callable[[str, str], None],
    save: Callable[[], int],
    saved: Callable[[], int],
) -> None:
    """``record_activity`` in a transaction: it fails with one clear error, and nothing is saved."""
    before = saved()
    rename("crm_notify_activity", "crm_notify_gone")
    try:
        status = save()
    finally:
        rename("crm_notify_gone", "crm_notify_activity")
    log = (stage.programs.logs / "web.log").read_text(errors="replace")
    if status != 500 or saved() != before or "no such table: crm_notify_activity" not in log:
        raise Failed(
            f"With our tables gone the save was answered {status}, {saved()} saved:\n{log}"
        )
    say("with our tables gone what is recorded by hand is not saved, and the log says why")


def _seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def say(what: str) -> None:
    print(f"  {what}", flush=True)
