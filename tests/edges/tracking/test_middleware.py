"""Who acts in a request, sync and async, and what a page that saves nothing pays for it."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.http import HttpRequest
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from crm_notify.middleware import ActingUserMiddleware
from crm_notify.models import Activity
from tests.sales.models import Account, Call, ColdCall

pytestmark = pytest.mark.django_db(transaction=True)

MIDDLEWARE = "crm_notify.middleware.ActingUserMiddleware"


@pytest.fixture(autouse=True)
def pages(settings: Any, john: Any, janet: Any) -> None:
    settings.ROOT_URLCONF = "tests.edges.tracking.urls"
    settings.MIDDLEWARE = [MIDDLEWARE, *settings.MIDDLEWARE]
    entry = {
        "on": "account",
        "created": "logged a call",
        "changed": ["outcome", "participants"],
        "tell": ["account.owner", "participants"],
    }
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, "TRACK": {"sales.Call": entry}}
    Account.objects.create(name="Acme", owner=john)


def acts() -> list[tuple[Any, str, int]]:
    """Who did what, and how many were told of it."""
    return [
        (activity.actor_name, activity.verb, activity.notifications.count())
        for activity in Activity.objects.order_by("pk")
    ]


def test_the_user_of_the_session_acts(client: Client, janet: Any) -> None:
    client.force_login(janet)
    assert client.get("/save/").status_code == 200
    assert acts() == [("Janet Smith", "logged a call", 1)]


def test_who_logs_in_by_this_very_request_acts(client: Client) -> None:
    client.get("/sign_in/")
    assert acts() == [("Janet Smith", "logged a call", 1)]


def test_who_is_known_by_a_token_acts(client: Client, alice: Any) -> None:
    client.get("/token/", headers={"Token": "alice"})
    assert acts() == [("Alice", "logged a call", 1)]


def test_a_visitor_is_the_system(client: Client, settings: Any) -> None:
    client.get("/save/")
    left_out = "django.contrib.auth.middleware.AuthenticationMiddleware"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != left_out]
    client.get("/save/")
    assert acts() == [("", "logged a call", 1)] * 2


@pytest.mark.parametrize("atomic", [True, False])
def test_a_page_that_fails_tells_of_what_it_has_really_saved(
    atomic: bool, client: Client, janet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    client.force_login(janet)
    client.raise_request_exception = False
    assert client.get("/fail/").status_code == 500
    assert acts() == ([] if atomic else [("Janet Smith", "logged a call", 1)])


def test_a_page_that_saves_nothing_asks_nothing(
    client: Client, janet: Any, settings: Any, django_assert_num_queries: Any
) -> None:
    client.force_login(janet)
    with django_assert_num_queries(0):
        client.get("/look/")


def test_what_is_saved_while_the_answer_streams_is_left_to_the_sweep(
    client: Client, janet: Any
) -> None:
    client.force_login(janet)
    assert client.get("/stream/").getvalue() == b"saved"
    assert acts() == [("", "logged a call", 0), ("", "changed", 0)]


def test_the_flush_never_breaks_the_answer(
    client: Client, janet: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(id: int) -> None:
        raise RuntimeError("the database is down")

    monkeypatch.setattr("crm_notify.steps.tracking.finish._finish", broken)
    client.force_login(janet)
    assert client.get("/save/").status_code == 200
    assert "is found later" in caplog.text
    assert acts() == [("Janet Smith", "logged a call", 0)]


def test_an_asynchronous_page_has_its_user_too(janet: Any) -> None:
    async def visit() -> list[int]:
        client = AsyncClient()
        await client.aforce_login(janet)
        answers = [await client.get(page) for page in ("/asave/", "/look/", "/save/")]
        return [answer.status_code for answer in answers]

    assert async_to_sync(visit)() == [200, 200, 200]
    assert acts() == [("Janet Smith", "logged a call", 1)] * 2
    assert not Activity.objects.exclude(resolve_at=None).exists()


def test_what_an_asynchronous_answer_streams_is_left_to_the_sweep(janet: Any) -> None:
    async def visit() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(janet)
        answer: Any = await client.get("/astream/")
        return [part async for part in answer.streaming_content]

    assert async_to_sync(visit)() == [b"saved"]
    assert acts() == [("", "logged a call", 0)]


def test_an_asynchronous_view_that_raises_ends_its_request_too(janet: Any) -> None:
    async def view(request: Any) -> None:
        await Call.objects.acreate(account=await Account.objects.aget())
        raise RuntimeError("after the save")

    async def visit() -> None:
        request = HttpRequest()
        request.user = janet
        await ActingUserMiddleware(view)(request)  # type: ignore[misc]

    with pytest.raises(RuntimeError):
        async_to_sync(visit)()
    assert acts() == [("Janet Smith", "logged a call", 1)]


def test_a_form_of_the_admin_saves_its_relations_afterwards(
    client: Client, alice: Any, janet: Any, john: Any
) -> None:
    client.force_login(alice)
    account = Account.objects.get()
    form = {"account": account.pk, "note": "", "outcome": "open", "participants": [janet.pk]}
    assert client.post("/desk/sales/call/add/", form).status_code == 302
    activity = Activity.objects.get()
    assert (activity.actor, activity.target) == (alice, account)
    assert {row.recipient for row in activity.notifications.all()} == {janet, john}

    form |= {"outcome": "won", "participants": [john.pk]}
    call = Call.objects.get()
    assert client.post(f"/desk/sales/call/{call.pk}/change/", form).status_code == 302
    activity = Activity.objects.latest("pk")
    assert activity.text == "Outcome: Open -> Won\nParticipants: +john, -janet"
    assert {row.recipient for row in activity.notifications.all()} == {john}


def test_without_tracking_no_signal_is_connected(settings: Any) -> None:
    signals = (pre_save, post_save, m2m_changed)
    through = Call.participants.through
    for model in (Call, ColdCall):
        assert pre_save.has_listeners(model)
        assert post_save.has_listeners(model)
    assert m2m_changed.has_listeners(through)
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, "TRACK": {}}
    assert not any(signal.has_listeners(Call) for signal in signals)
    assert not m2m_changed.has_listeners(through)
    settings.CRM_NOTIFY = {**settings.CRM_NOTIFY, "TRACK": {"sales.Account": {"created": True}}}
    assert pre_save.has_listeners(Account)
    assert not pre_save.has_listeners(Call)
    settings.CRM_NOTIFY = 5
    assert not pre_save.has_listeners(Account)


def test_within_a_test_of_the_hosts_all_is_told_at_the_end_of_the_request(
    client: Client, janet: Any
) -> None:
    """A TestCase is one transaction that never commits."""
    client.force_login(janet)
    with transaction.atomic(), CaptureQueriesContext(connection):
        client.get("/save/")
        assert acts() == [("Janet Smith", "logged a call", 1)]
