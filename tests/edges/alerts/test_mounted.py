"""Wherever a host mounts it, and whatever middleware stands before it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.test import Client
from django.urls import include, path

from crm_notify.models import Alert
from tests.edges.alerts.host import customer

pytestmark = pytest.mark.django_db

urlpatterns = i18n_patterns(
    path("customers/<int:pk>/", customer),
    path("deep/inside/", include("crm_notify.urls")),
)

MOUNT = "/en/deep/inside"


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.edges.alerts.test_mounted"
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.middleware.locale.LocaleMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]


def test_the_tag_finds_its_addresses_under_a_language_prefix(
    client: Client, janet: Any, warning: Alert
) -> None:
    client.force_login(janet)
    page = client.get("/en/customers/1/").content.decode()
    assert f'data-crm-notify-url="{MOUNT}/alerts.json"' in page
    assert f'action="{MOUNT}/alerts/{warning.pk}/resend/"' in page
    assert (
        client.post(f"{MOUNT}/alerts/{warning.pk}/acknowledge/")["Location"] == f"{MOUNT}/alerts/"
    )


def test_where_everybody_must_log_in_a_script_still_gets_its_401(
    client: Client, warning: Alert
) -> None:
    assert client.get(f"{MOUNT}/alerts.json").status_code == 401
    answer = client.get(f"{MOUNT}/alerts/")
    assert answer["Location"] == f"/accounts/login/?next={MOUNT}/alerts/"


def test_a_poll_in_another_language_changes_nothing_that_is_kept(
    client: Client, janet: Any, warning: Alert
) -> None:
    client.force_login(janet)
    before = dict(client.session)
    answer = client.get(f"{MOUNT}/alerts.json", headers={"Accept-Language": "de"})
    assert answer.json()["alerts"][0]["headline"] == "John was not told"
    assert not answer.cookies
    assert dict(client.session) == before
