"""Reading a window again from the admin: counted first, bounded, and written into the log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm_notify import api
from crm_notify.desk.replay import page, part
from crm_notify.models import Event, Notification, Receipt
from crm_notify.steps import read as read_step
from tests.edges.admin.conftest import attempt_of, index, receipt_of, said
from tests.posts import UNKNOWN_USER, sparkpost, token_of

pytestmark = pytest.mark.django_db

PATH = index("receipt") + "replay/"
HOUR = timedelta(hours=1)


def kept(minutes: int = 0, *events: dict[str, Any], **fields: Any) -> Receipt:
    """A receipt of this day, that came some minutes after nine."""
    body = json.dumps(list(events)).encode()
    return receipt_of(body=body, received_at=nine() + timedelta(minutes=minutes), **fields)


def nine() -> datetime:
    return timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)


def day(**fields: str) -> dict[str, str]:
    """The window's fields as a browser sends them."""
    since = nine() - 2 * HOUR
    return {"since": since.strftime("%Y-%m-%dT%H:%M:%S"), "until": "", "before": "", **fields}


def count(client: Client, **fields: str) -> Any:
    response = client.post(PATH, day(**fields))
    assert response.status_code == 200
    return response


def confirm(client: Client, counted: Any) -> Any:
    """Confirm what a page has counted, with the fields that it holds."""
    fields = {**counted.context["hidden"], "confirmed": "yes"}
    return client.post(PATH, fields, follow=True)


@pytest.fixture
def bounced(notification: Notification) -> Receipt:
    """News of John's bounce, and of something else, that nobody could read when they came."""
    attempt_of(notification)
    bounce = sparkpost(token_of(notification), "bounce", **UNKNOWN_USER)
    return kept(0, bounce, bounce, sparkpost("", "delivery"), state="failed", error="boom")


def test_it_is_reached_from_the_list(admin: Client) -> None:
    assert PATH in admin.get(index("receipt")).content.decode()
    page = admin.get(PATH)
    assert page.status_code == 200
    assert "tally" not in page.context


def test_it_counts_first_and_writes_nothing(
    admin: Client, bounced: Receipt, notification: Notification
) -> None:
    tally = count(admin).context["tally"]
    assert (tally.receipts, tally.new, tally.repeated, tally.parked) == (1, 2, 1, 1)
    assert not Event.objects.exists()
    bounced.refresh_from_db()
    assert bounced.state == "failed"
    assert not LogEntry.objects.exists()


def test_it_is_read_again_once_it_is_confirmed_and_any_number_of_times(
    admin: Client, bounced: Receipt, notification: Notification
) -> None:
    for new, parked, repeated in ((2, 1, 1), (0, 0, 3)):
        response = confirm(admin, count(admin))
        assert response.redirect_chain == [(index("receipt"), 302)]
        done = (
            f"1 receipt was read again: {new} new events (of them {parked} parked), "
            f"{repeated} repeated; 0 could not be read."
        )
        assert said(response) == [done]
        entry = LogEntry.objects.latest("pk")
        assert (entry.user.get_username(), entry.change_message) == ("alice", done)
        assert entry.object_repr.startswith("Receipts, from ")
    notification.refresh_from_db()
    assert notification.outcome == "failed"
    assert Event.objects.count() == 2


def test_a_window_has_an_end_a_provider_and_a_state(admin: Client) -> None:
    kept(0)
    kept(10, state="failed")
    kept(20, provider="postmark")
    before = (nine() + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S")

    def found(**fields: str) -> int:
        receipts = count(admin, **fields).context["tally"].receipts
        assert isinstance(receipts, int)
        return receipts

    assert found() == 3
    assert found(until=before) == 1
    assert found(provider="postmark") == 1
    assert found(state="failed") == 1
    confirm(admin, count(admin, until=before, provider="sparkpost", state="read"))
    assert re.fullmatch(
        r"Receipts, from .+, until .+, SparkPost \(Bird\), read", LogEntry.objects.get().object_repr
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("since", ""),
        ("since", "yesterday"),
        ("until", "2000-01-01T00:00:00"),
        ("provider", "nobody"),
        ("state", "quarantine"),
        ("state", "new"),
    ],
)
def test_what_is_no_window_is_refused_beside_its_field(
    field: str, value: str, admin: Client, bounced: Receipt
) -> None:
    page = admin.post(PATH, {**day(), field: value, "confirmed": "yes"})
    assert list(page.context["form"].errors) == [field]
    assert "crm-notify-error" in page.content.decode()
    assert not Event.objects.exists()


def test_where_there_is_nothing_to_read_there_is_nothing_to_confirm(admin: Client) -> None:
    kept(0, state="new", due_at=timezone.now())
    page = count(admin).content.decode()
    assert "There is nothing to be read again." in page
    assert 'name="confirmed"' not in page
    assert "1 of them waits to be read for the first time" in page
    response = admin.post(PATH, {**day(), "confirmed": "yes"}, follow=True)
    assert said(response)[0].startswith("0 receipts were read again")


def test_what_cannot_be_read_is_named_and_can_be_looked_at(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "NAMED", 1)
    first, second = (
        receipt_of(body=b"{", received_at=nine() + n * HOUR, state="failed") for n in range(2)
    )
    counted = count(admin)
    text = counted.content.decode()
    assert f"{index('receipt')}{first.pk}/change/" in text
    assert f"{index('receipt')}{second.pk}/change/" not in text
    done, why = said(confirm(admin, counted))
    assert done.endswith("2 could not be read.")
    assert why.startswith(f"Receipt {first.pk}: ")


def test_one_request_takes_no_more_than_it_can_and_says_where_to_go_on(
    admin: Client, bounced: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "MOST", 2)
    later = [kept(minutes, sparkpost("", "delivery")) for minutes in (1, 2, 3)]
    counted = count(admin)
    assert counted.context["tally"].receipts == 2
    assert "These are the first of them only" in counted.content.decode()
    since = counted.context["form"].cleaned_data["since"].isoformat()
    assert f"manage.py crm_notify_replay --since {since}" in counted.content.decode()

    response = confirm(admin, counted)
    assert response.redirect_chain[0][0].startswith(PATH)
    assert said(response)[-1] == "There is more: go on from here."
    assert Event.objects.count() == 3
    proposed = response.context["form"].initial
    assert proposed["since"] == later[1].received_at

    rest = admin.post(PATH, day(since=proposed["since"].isoformat()))
    assert rest.context["tally"].receipts == 2
    assert confirm(admin, rest).redirect_chain == [(index("receipt"), 302)]
    assert Event.objects.count() == 5


def test_one_request_takes_no_longer_than_it_can(
    admin: Client, bounced: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "SECONDS", 0)
    # The same moment: what comes after is told by its number.
    other = kept(0, sparkpost("", "delivery"))
    assert other.received_at == bounced.received_at
    counted = count(admin, until=(nine() + HOUR).strftime("%Y-%m-%dT%H:%M:%S"))
    assert counted.context["tally"].receipts == 1
    assert counted.context["tally"].last == bounced.pk
    assert "--until " in counted.content.decode()


def test_a_window_may_be_typed_for_one_provider_and_one_state(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "MOST", 1)
    for minutes in range(2):
        kept(minutes, state="failed")
    page = count(admin, provider="sparkpost", state="failed").content.decode()
    assert "--provider sparkpost --state failed" in page


def test_the_intake_may_be_held_meanwhile_and_the_page_says_so(
    admin: Client, bounced: Receipt
) -> None:
    api.hold_intake(by="Alice", reason="the parser is broken")
    counted = count(admin)
    assert "The intake is held by Alice" in counted.content.decode()
    assert said(confirm(admin, counted))[0].startswith("1 receipt was read again: 2 new events")


@pytest.mark.django_db(transaction=True)
def test_each_receipt_is_read_in_a_transaction_of_its_own(
    admin: Client, bounced: Receipt, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a host with ATOMIC_REQUESTS too: a provider may have to be asked, with nothing locked."""
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    open_then = []

    def ask(posted: Any) -> Any:
        open_then.append(connection.in_atomic_block)
        raise ValueError("no JSON")

    monkeypatch.setattr(read_step, "parse", ask)
    confirm(admin, count(admin))
    assert open_then == [False, False]


def test_another_site_can_do_nothing(alice: Any, bounced: Receipt) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(PATH, {**day(), "confirmed": "yes"}).status_code == 403
    assert not Event.objects.exists()


def test_it_needs_the_permission_to_change_receipts(
    staff: Callable[..., Client], client: Client, bounced: Receipt
) -> None:
    assert client.get(PATH).status_code == 302
    looking = staff("view_receipt")
    assert PATH not in looking.get(index("receipt")).content.decode()
    for call in (looking.get, looking.post):
        assert call(PATH, {**day(), "confirmed": "yes"}).status_code == 403
    assert not Event.objects.exists()
    assert staff("change_receipt").get(PATH).status_code == 200
