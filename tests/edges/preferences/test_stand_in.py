"""Who can stand in is somebody with a tenant in common, and nobody else is found by his name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm_notify.steps.prefer import said_by
from tests.edges.preferences.form import PAGE, fields, problems

pytestmark = pytest.mark.django_db

Change = Callable[..., None]
Send = Callable[..., Any]


def by_firm(user: Any) -> Any:
    """Alice sees all; Janet and Bob have the north in common."""
    return {"alice": None, "janet": ("north", "east"), "bob": "north"}.get(user.username, "south")


@pytest.mark.parametrize("name", ["bob", "alice"])
def test_somebody_with_a_tenant_in_common_can_stand_in(
    name: str, send: Send, janet: Any, bob: Any, alice: Any, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANTS_OF=f"{__name__}.by_firm")
    assert send(stand_in=name).status_code == 302
    assert said_by(janet).stand_in.username == name


def test_users_of_other_tenants_are_not_there_for_whoever_types(
    send: Send, john: Any, crm_notify_settings: Change
) -> None:
    crm_notify_settings(TENANTS_OF=f"{__name__}.by_firm")
    said = problems(send(stand_in="john"))
    assert said == ["Who acts in my place: No active user is called “john”."]


def test_who_sees_all_can_name_anybody(
    alice: Any, john: Any, crm_notify_settings: Change, client: Client
) -> None:
    crm_notify_settings(TENANTS_OF=f"{__name__}.by_firm")
    client.force_login(alice)
    form = fields(client.get(PAGE).content.decode())
    assert client.post(PAGE, {**form, "stand_in": "john"}).status_code == 302
    assert said_by(alice).stand_in == john
