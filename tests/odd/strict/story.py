"""A host that is strict about who comes in, by which address, and in which language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import set_script_prefix
from django.utils import translation

from crm_notify import api
from crm_notify.checks import check_settings
from crm_notify.models import Activity
from crm_notify.steps.deliver import deliver
from tests.odd.loop import close_the_loop
from tests.odd.strict.middleware import REMEMBERED
from tests.odd.strict.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case() -> Any:
    return Case.objects.create(title="A broken pump")


@pytest.fixture
def english() -> Any:
    """What Django's handler does at each request, and a shell of the host's does not."""
    set_script_prefix("/crm")
    with translation.override("en"):
        yield
    set_script_prefix("/")


def test_the_loop_closes_at_a_strict_host(
    janet: Any, john: Any, alice: Any, case: Case, client: Client, english: None
) -> None:
    close_the_loop(client, janet=janet, john=john, alice=alice, target=case, script="/crm")
    assert [message.id for message in check_settings()] == ["crm_notify.W029"]
    # No poll and no link has changed what the host knows of its users: the address has.
    assert REMEMBERED == {"janet": "en", "john": "de"}


def test_mail_leads_to_the_readers_language_whoever_sends_it(
    janet: Any, john: Any, alice: Any, case: Case, client: Client
) -> None:
    """A worker has no request: nobody tells its threads the host's path or a language."""
    for user in (john, alice):
        api.record_activity(actor=janet, verb="called", target=case, recipients=[user])
    with translation.override("de"):
        deliver()
    linked = {
        message.to[0].split()[0].strip('"'): set(re.findall(r"crm\.example(/crm/\w\w/\w+)", text))
        for message in mail.outbox
        for text in [f"{message.body} {message.extra_headers['List-Unsubscribe']}"]
    }
    assert linked == {"John": {"/crm/de/office"}, "Alice": {"/crm/en/office"}}


@pytest.mark.parametrize("page", ["alerts.json", "missed.json", "alerts/stream/"])
def test_whoever_is_not_logged_in_is_told_so_in_his_own_terms(client: Client, page: str) -> None:
    answer = client.get(f"/en/office/notify/{page}", headers={"Accept-Language": "de"})
    assert (answer.status_code, dict(answer.cookies)) == (401, {})
    assert client.get("/en/cases/1/").status_code == 302


def test_a_poll_in_another_language_changes_nothing_stored(janet: Any, client: Client) -> None:
    client.force_login(janet)
    before = dict(client.session.items())
    for accepted in ("de", "fr", "en"):
        answer = client.get("/de/office/notify/alerts.json", headers={"Accept-Language": accepted})
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        assert answer.headers["Content-Language"] == "de"
    assert dict(client.session.items()) == before
    # The address without a language is not ours; it redirects nobody who posts a webhook.
    assert client.post("/notify/webhooks/sparkpost/tracking/").status_code == 401
    assert client.post("/notify/webhooks/sparkpost/tracking").status_code == 401


def test_webhooks_whose_address_demands_a_language_are_noticed(
    settings: Any, crm_notify_settings: Callable[..., None]
) -> None:
    settings.ROOT_URLCONF = "tests.odd.strict.languages_only"
    assert [message.id for message in check_settings()] == ["crm_notify.W058", "crm_notify.W029"]
    crm_notify_settings(WEBHOOK_SECRETS=[])
    assert "crm_notify.W058" not in {message.id for message in check_settings()}


@pytest.mark.parametrize("app", ["crm_notify", "strict"])
def test_small_keys_need_no_migration(app: str) -> None:
    call_command("makemigrations", app, check_changes=True, dry_run=True, verbosity=0)
    assert Activity._meta.pk.get_internal_type() == "BigAutoField"
    assert Case._meta.pk.get_internal_type() == "AutoField"
