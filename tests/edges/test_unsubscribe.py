"""One click in the mail program opts out; a link scanner does not (RFC 8058)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from crm_notify import api
from crm_notify.models import Notification
from crm_notify.steps.deliver import deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def link(notification: Notification) -> str:
    deliver()
    header = mail.outbox[0].extra_headers["List-Unsubscribe"]
    assert header.startswith("<https://crm.example/notify/unsubscribe/")
    return str(header.strip("<>").removeprefix("https://crm.example"))


def test_one_click_opts_out_without_cookie_or_redirect(link: str, john: Any) -> None:
    response = Client(enforce_csrf_checks=True).post(
        link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 200
    assert not response.cookies
    assert api.wants(john) is False


def test_opening_the_link_only_asks(link: str, john: Any, client: Client) -> None:
    response = client.get(link)
    assert response.status_code == 200
    assert "<form" in response.text
    assert api.wants(john) is None


def test_another_kind_of_token_is_no_key(link: str, client: Client) -> None:
    name = mail.outbox[0].extra_headers["X-CRM-Notification"]
    assert client.post(f"/notify/unsubscribe/{name}/").status_code == 404
    assert client.post("/notify/unsubscribe/nonsense/").status_code == 404


def test_a_link_outlives_its_person(link: str, john: Any, client: Client) -> None:
    john.delete()
    assert client.post(link).status_code == 404
    Notification.objects.all().delete()
    assert client.post(link).status_code == 404
