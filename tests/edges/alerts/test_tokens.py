"""Whoever is known by a token in a header, as in a single-page front end, is served as all are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory

from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Alert, Event, Notification
from crm_notify.rules.token import Purpose
from crm_notify.views.asking import asker, rest_framework

pytestmark = pytest.mark.django_db

URL = "/notify/alerts.json"
HEADERS = {"Authorization": "Name janet", "Accept": "application/json"}
JOHNS = {"Authorization": "Name john"}


def by_name(request: HttpRequest) -> Any:
    """What a host may do, but that a name is no secret."""
    kind, _, name = request.headers.get("Authorization", "").partition(" ")
    return get_user_model().objects.filter(username=name).first() if kind == "Name" else None


@pytest.fixture(autouse=True)
def host(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(AUTHENTICATE=f"{__name__}.by_name")


@pytest.fixture
def strict() -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_token_reads_the_warnings_and_nobody_elses(
    strict: Client, warning: Alert, john: Any
) -> None:
    answer = strict.get(URL, headers=HEADERS)
    assert [alert["id"] for alert in answer.json()["alerts"]] == [warning.pk]
    assert "Authorization" in answer["Vary"]
    assert strict.get(URL, headers=JOHNS).json()["alerts"] == []


def test_a_token_acts_without_a_csrf_token(strict: Client, warning: Alert) -> None:
    told = f"/notify/alerts/{warning.pk}/told/"
    answer = strict.post(told, {"how": "I phoned him"}, headers=HEADERS)
    assert answer.json() == {"message": "Noted how John was told."}
    assert Event.objects.filter(kind="stated").count() == 1


def test_a_session_is_held_to_its_csrf_token_whatever_the_headers_say(
    strict: Client, warning: Alert, janet: Any
) -> None:
    strict.force_login(janet)
    told = f"/notify/alerts/{warning.pk}/told/"
    assert strict.post(told, {"how": "I phoned him"}, headers=HEADERS).status_code == 403
    assert not Event.objects.filter(kind="stated").exists()


def test_a_password_that_a_browser_sends_by_itself_is_held_to_it_too(
    strict: Client, warning: Alert, janet: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(AUTHENTICATE=f"{__name__}.anybody")
    told = f"/notify/alerts/{warning.pk}/told/"
    for scheme in ("Basic abc", "Negotiate abc", ""):
        headers = {"Accept": "application/json", "Authorization": scheme}
        assert strict.post(told, {"how": "I phoned him"}, headers=headers).status_code == 403
    assert not Event.objects.filter(kind="stated").exists()


def anybody(request: HttpRequest) -> Any:
    """By whatever the browser sends."""
    return get_user_model().objects.get(username="janet")


def fails(request: HttpRequest) -> Any:
    raise LookupError("The server of the tokens is down.")


def test_a_function_that_fails_lets_nobody_in(
    strict: Client, warning: Alert, crm_notify_settings: Callable[..., None], caplog: Any
) -> None:
    crm_notify_settings(AUTHENTICATE=f"{__name__}.fails")
    assert strict.get(URL, headers=HEADERS).status_code == 401
    assert "AUTHENTICATE failed" in caplog.text


def test_a_host_that_asks_for_no_csrf_tokens_is_not_asked_for_them_here(
    strict: Client, warning: Alert, janet: Any, settings: Any
) -> None:
    csrf = "django.middleware.csrf.CsrfViewMiddleware"
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if path != csrf]
    strict.force_login(janet)
    answer = strict.post(f"/notify/alerts/{warning.pk}/told/", {"how": "I phoned him"})
    assert answer.status_code == 302
    assert Event.objects.filter(kind="stated").count() == 1


def test_a_wrong_token_or_one_of_somebody_who_has_left_is_asked_to_log_in(
    strict: Client, warning: Alert, janet: Any
) -> None:
    assert strict.get(URL, headers={"Authorization": "Name nobody"}).status_code == 401
    janet.is_active = False
    janet.save()
    assert strict.get(URL, headers=HEADERS).status_code == 401


def test_a_host_without_sessions_knows_its_users_by_tokens_alone(janet: Any) -> None:
    request = RequestFactory().get(URL, headers=HEADERS)
    assert not hasattr(request, "user")
    assert asker(request) == request.user == janet
    assert asker(RequestFactory().get(URL)) is None


def test_a_browser_that_cannot_show_its_token_is_led_on_to_the_record(
    client: Client, notification: Notification, john: Any
) -> None:
    link = f"/notify/open/{sign(notification.pk, Purpose.OPEN, get_settings())}/"
    assert client.get(link)["Location"] == notification.activity.url
    assert not Event.objects.filter(kind="seen").exists()
    client.get(link, headers=JOHNS)
    assert Event.objects.filter(kind="seen").count() == 1


def test_the_rest_framework_is_asked_as_the_host_has_set_it_up(
    strict: Client, warning: Alert, janet: Any, crm_notify_settings: Callable[..., None]
) -> None:
    crm_notify_settings(AUTHENTICATE="crm_notify.views.asking.rest_framework")
    janet.set_password("a secret")
    janet.save()
    # The REST framework's default: HTTP Basic, beside the session.
    right = {"Authorization": "Basic amFuZXQ6YSBzZWNyZXQ="}
    assert strict.get(URL, headers=right).json()["count"] == 1
    assert strict.get(URL, headers={"Authorization": "Basic b2g="}).status_code == 401
    assert strict.get(URL).status_code == 401


def test_nobody_is_somebody_to_the_rest_framework() -> None:
    request = RequestFactory().get(URL)
    request.user = AnonymousUser()
    assert not rest_framework(request).is_authenticated
