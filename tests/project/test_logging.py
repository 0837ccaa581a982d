"""Logging a call or a note: it is kept, whoever follows the customer is told, or neither is so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from crm_notify import api
from crm_notify.models import Notification
from project.crm.models import Customer, Entry

LogIn = Callable[[str], Client]
CALL = {"kind": "call", "text": "She is ready to close the deal today.", "urgent": "on"}


def log(client: Client, customer: Customer, **fields: str) -> Any:
    return client.post(f"/customers/{customer.pk}/log/", CALL | fields)


def test_a_call_on_his_customer_is_mailed_to_john(logged_in: LogIn, contoso: Customer) -> None:
    answer = log(logged_in("janet"), contoso)
    assert answer.status_code == 302
    assert answer.url == f"/customers/{contoso.pk}/"
    told = Notification.objects.get()
    assert told.recipient_name == "John Miller"
    assert told.address == "john@contoso.example"
    assert str(told.activity) == "Janet Smith logged a call: Contoso"
    assert told.activity.urgency == "urgent"


def test_the_link_in_the_mail_leads_to_the_very_entry(logged_in: LogIn, contoso: Customer) -> None:
    log(logged_in("janet"), contoso)
    entry = contoso.entries.first()
    assert entry is not None
    url = api.history(contoso)[0].url
    assert url == f"/customers/{contoso.pk}/#entry-{entry.pk}"
    assert f'id="entry-{entry.pk}"' in logged_in("janet").get(url).content.decode()


def test_nobody_is_mailed_about_what_he_did_himself(logged_in: LogIn, contoso: Customer) -> None:
    log(logged_in("john"), contoso, kind="note", text="Back on Monday.")
    assert contoso.entries.filter(text="Back on Monday.").exists()
    assert not Notification.objects.exists()


def test_a_call_without_a_word_comes_back_and_is_not_logged(
    logged_in: LogIn, contoso: Customer
) -> None:
    before = Entry.objects.count()
    answer = log(logged_in("janet"), contoso, text=" ")
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert Entry.objects.count() == before


def owners_who_cannot_be_found(target: object) -> Iterable[User]:
    raise ConnectionError("the directory does not answer")


def test_what_cannot_be_notified_is_not_logged_where_the_host_wants_it_so(
    logged_in: LogIn, contoso: Customer, settings: Settings
) -> None:
    before = Entry.objects.count()
    settings.CRM_NOTIFY = settings.CRM_NOTIFY | {
        "OWNERS": f"{__name__}.owners_who_cannot_be_found",
        "ON_RESOLVER_FAILURE": "raise",
    }
    with pytest.raises(ConnectionError):
        log(logged_in("janet"), contoso)
    assert Entry.objects.count() == before


def test_who_may_only_read_sees_no_form_and_cannot_log(logged_in: LogIn, contoso: Customer) -> None:
    reader = User.objects.create_user("reader")
    reader.user_permissions.add(
        Permission.objects.get(content_type__app_label="acme_crm", codename="view_customer")
    )
    client = Client()
    client.force_login(reader)
    assert 'name="text"' not in client.get(f"/customers/{contoso.pk}/").content.decode()
    assert log(client, contoso).status_code == 403


def test_a_forged_form_is_refused(crm: None, contoso: Customer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="janet"))
    assert log(client, contoso).status_code == 403
