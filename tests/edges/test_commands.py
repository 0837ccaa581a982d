"""The commands of whoever keeps the intake: what they say, and what to type where they refuse."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.management import asking
from crm_notify.management.progress import bar
from crm_notify.models import Event, Incident, Notification, Receipt
from crm_notify.steps.deliver import deliver
from crm_notify.steps.incident import note_incident
from crm_notify.steps.interpret import interpret
from project.provider import Provider
from tests.people import Clock
from tests.posts import AUTHORIZATION, UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
ADDRESS = "/notify/webhooks/sparkpost/tracking/"


def typed_in(said: str) -> list[list[str]]:
    """The commands that somebody is told to type, as words."""
    lines = re.findall(r"python manage\.py (.*)", said)
    return [shlex.split(line) for line in lines]


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_switch_is_turned_and_shown(post: Post) -> None:
    assert "open: what comes in" in run("crm_notify_intake")
    assert "held: what comes in" in run("crm_notify_intake", "hold", "--reason", "rubbish")
    post([sparkpost("", "delivery")])
    said = run("crm_notify_intake")
    assert re.search(r"Since 20..-..-.. ..:.., by .*\(command line\): rubbish\n", said)
    assert "To be read: 1 receipt.\n" in said
    assert "closed: what comes in" in run("crm_notify_intake", "close", "--reason", "no disk")
    said = run("crm_notify_intake", "open")
    assert "open: what comes in" in said
    assert "Since" not in said


def test_the_state_of_the_intake_names_what_is_wrong_with_it(post: Post, client: Client) -> None:
    api.hold_intake(by="Alice", reason="rubbish")
    api.open_intake(by="Alice")
    said = run("crm_notify_intake")
    assert "Incident" not in said
    assert "Could not" not in said
    headers = {"Authorization": AUTHORIZATION}
    empty = client.post(ADDRESS, b"", content_type="application/json", headers=headers)
    assert empty.status_code == 503
    post([sparkpost("", "delivery"), {"msys": {"a": {}, "b": {}}}])
    interpret()
    note_incident(Incident.Kind.PARKED)
    note_incident(Incident.Kind.SENDER, subject="sparkpost")
    said = run("crm_notify_intake")
    assert "To be read: 0 receipts.\nCould not be read: 1 receipt; the admin shows why.\n" in said
    assert re.search(
        r"Incident: requests came without their body \(sparkpost\), 1 time since "
        r"20..-..-.. ..:.., last at 20..-..-.. ..:..\.\n",
        said,
    )
    assert "cannot be found, 1 time since" in said
    assert said.count("Incident") == 3


@pytest.mark.parametrize("state", ["hold", "close"])
def test_the_switch_wants_a_reason(state: str) -> None:
    with pytest.raises(CommandError, match=r'Type --reason "\.\.\."'):
        run("crm_notify_intake", state)


def test_an_account_without_a_name_may_type_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("no such user")

    monkeypatch.setattr(asking.getpass, "getuser", nameless)
    run("crm_notify_intake", "hold", "--reason", "rubbish")
    assert api.installation().intake_changed_by == "command line"


def test_a_replay_counts_what_was_new_repeated_and_parked(
    notification: Notification, post: Post
) -> None:
    deliver()
    post([sparkpost(token_of(notification), "bounce", **UNKNOWN_USER), sparkpost("", "delivery")])
    foreseen = run("crm_notify_replay", "--dry-run")
    assert "1 receipt: 2 new events (1 of them parked), 0 repeated; 0 receipts" in foreseen
    assert "Nothing was written." in foreseen
    said = run("crm_notify_replay")
    assert "0 receipts: 0 new" in said
    assert "Left to the worker, which reads while the intake is open: 1 receipt." in said
    interpret()
    said = run("crm_notify_replay", "--since", "1:00:00", "--provider", "sparkpost")
    assert "1 receipt: 0 new events, 2 repeated" in said
    assert "0 receipts" in run("crm_notify_replay", "--until", "2026-01-01 00:00")
    assert "0 receipts" in run("crm_notify_replay", "--state", "failed")


def test_a_replay_names_what_it_could_not_read(post: Post) -> None:
    post([sparkpost("", "delivery"), {"msys": {"a": {}, "b": {}}}])
    interpret()
    said = run("crm_notify_replay")
    assert f"Receipt {Receipt.objects.get().pk}: " in said
    assert "; 1 receipt could not be read" in said


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01 00:00", "-1:00:00"])
def test_what_is_no_point_in_time_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="no point in time"):
        run("crm_notify_replay", f"--since={text}")


@pytest.mark.parametrize("use_tz", [True, False])
def test_times_are_those_that_the_host_keeps(settings: Any, use_tz: bool) -> None:
    settings.USE_TZ = use_tz
    for text in ("2026-11-20 18:00", "2026-11-20T18:00+01:00", "12:00:00"):
        assert timezone.is_aware(asking.moment(text)) == use_tz, text
        assert timezone.is_aware(asking.aware(asking.moment(text)))


def test_webhook_bodies_are_imported_once(notification: Notification, tmp_path: Path) -> None:
    deliver()
    bounce = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    file = tmp_path / "posts.jsonl"
    file.write_text(f"{json.dumps([bounce])}\n{json.dumps([sparkpost('', 'delivery')])}\n")
    words = ("crm_notify_import", "bodies", str(file), "--provider", "sparkpost")
    said = run(*words)
    assert "2 posts taken in; here already: 0." in said
    assert "2 new events (1 of them parked), 0 repeated; 0 posts could not be read." in said
    again = run(*words)
    assert again == "0 posts taken in; here already: 2.\nNothing is new.\n"
    notification.refresh_from_db()
    assert notification.outcome == "failed"


def test_what_is_imported_while_the_intake_is_held_waits(tmp_path: Path) -> None:
    api.hold_intake(by="Alice", reason="rubbish")
    file = tmp_path / "post"
    file.write_text(json.dumps([sparkpost("", "delivery")]))
    said = run("crm_notify_import", "bodies", str(file), "--provider", "sparkpost")
    assert "Still to be read: 1 post; is the intake open?" in said


def test_mails_are_imported_and_what_is_not_ours_is_left(
    notification: Notification, tmp_path: Path
) -> None:
    deliver()
    address = f"{token_of(notification)}@bounces.crm.example"
    (tmp_path / "a.eml").write_text(
        f"Delivered-To: {address}\nFrom: MAILER-DAEMON@mx.example\nMessage-ID: <1@mx.example>\n"
        "Subject: Undelivered Mail Returned to Sender\n\n"
        "<john@example.com>: host mx said: 550 5.1.1 user unknown\n"
    )
    (tmp_path / "b.eml").write_text("From: bob@crm.example\nSubject: Lunch?\n\nAt one.\n")
    said = run("crm_notify_import", "mails", str(tmp_path))
    assert "Left where it is: 1 mail about nothing of ours." in said
    assert "1 post taken in" in said
    event = Event.objects.get()
    assert (event.kind, event.matched) == ("bounced", "address")


def test_nothing_to_import_is_an_error_that_says_where(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"nothing to import at {tmp_path}"):
        run("crm_notify_import", "mails", str(tmp_path))


def test_a_log_that_nobody_can_ask_names_where_the_window_still_is() -> None:
    with pytest.raises(CommandError, match=r"no import from this log\. .*sendgrid"):
        run("crm_notify_import", "log", "sendgrid", "--since", "1:00:00")


def test_a_log_that_breaks_off_says_how_to_go_on() -> None:
    with pytest.raises(CommandError) as failed:
        run("crm_notify_import", "log", "mailgun", "--since", "2026-11-20 18:00+00:00")
    said = str(failed.value)
    assert "ANYMAIL[" in said
    (rest,) = typed_in(said)
    assert rest == ["crm_notify_import", "log", "mailgun", "--since", "2026-11-20 18:00:00+00:00"]


def test_the_log_of_a_tenants_own_account_is_read_for_him(
    settings: Any, crm_notify_settings: Callable[..., None]
) -> None:
    log = ("crm_notify_import", "log", "sparkpost", "--since", "2:00:00")
    with Provider(api_keys=["his"]) as provider:
        settings.ANYMAIL = {"SPARKPOST_API_KEY": "ours", "SPARKPOST_API_URL": provider.api_url}
        options = {"api_key": "his", "api_url": provider.api_url}
        mailer = {"BACKEND": "anymail.backends.sparkpost.EmailBackend", "OPTIONS": options}
        crm_notify_settings(TENANT_SETTINGS={"acme & co": {"MAILER": mailer}})
        with pytest.raises(CommandError, match="SPARKPOST_API_KEY"):
            run(*log)
        said = run(*log, "--tenant", "acme & co")
    assert "Nothing is new." in said
    (later,) = typed_in(said)
    assert later[:5] == ["crm_notify_import", "log", "sparkpost", "--tenant", "acme & co"]


def test_a_log_that_is_not_complete_yet_says_what_to_type_later(
    settings: Any, clock: Clock
) -> None:
    with Provider() as provider:
        settings.ANYMAIL = {"SPARKPOST_API_KEY": "k", "SPARKPOST_API_URL": provider.api_url}
        log = ("crm_notify_import", "log", "sparkpost", "--since", "2:00:00")
        assert "Later" not in run(*log, "--until", "1:00:00")
        said = run(*log)
        settled = f"{timezone.now() - timedelta(minutes=10):%Y-%m-%d %H:%M}"
        assert f"may still lack what happened after {settled}." in said
        (later,) = typed_in(said)
        assert later[-1].startswith(settled)
        (no_later_than,) = typed_in(run(*log, "--until", "0:01:00"))
        assert no_later_than[-2] == "--until"
        clock.forward(hours=1)
        assert "Later" not in run(*no_later_than)
        assert typed_in(run(*later)) != [later]


def test_on_a_terminal_it_is_shown_how_far_it_is() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    watched, unwatched = Terminal(), io.StringIO()
    for stream in (watched, unwatched):
        with bar(stream, length=2, label="Reading") as step:
            step(1)
            step(1)
    assert "Reading" in watched.getvalue()
    assert unwatched.getvalue() == ""


def test_the_age_counts_back_from_now() -> None:
    since: datetime = asking.moment("1:00:00")
    assert timedelta(minutes=59) < timezone.now() - since < timedelta(minutes=61)
