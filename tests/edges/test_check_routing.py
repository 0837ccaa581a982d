"""Routers that part what belongs together, or forbid what we write, are told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from crm_notify.checks import check_databases, check_settings

ME = "tests.edges.test_check_routing"


class Router:
    """Whatever is named here is elsewhere."""

    away: tuple[str, ...] = ()

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "elsewhere" if model._meta.label in self.away else None


class UsersAway(Router):
    away = ("auth.User",)


class ReceiptsAway(Router):
    away = ("crm_notify.Receipt",)


class NoKinds:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if app_label == "contenttypes" else None


class NoRelations:
    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return bool(one._meta.app_label == other._meta.app_label)


def said() -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in check_settings()]


@pytest.fixture(autouse=True)
def digest(settings: Any) -> None:
    settings.ADMINS = [("Alice", "alice@crm.example")]


@pytest.mark.parametrize(
    ("router", "named"),
    [
        ("UsersAway", "auth.User"),
        ("ReceiptsAway", "crm_notify.Receipt"),
        ("NoKinds", "contenttypes.ContentType"),
    ],
)
def test_what_belongs_together_is_in_one_database(router: str, named: str, settings: Any) -> None:
    assert said() == []
    settings.DATABASE_ROUTERS = [f"{ME}.{router}"]
    ((found, text),) = said()
    assert found == "crm_notify.E055"
    assert text.endswith(f"are not: {named}.")


def test_our_rows_may_point_at_users(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [f"{ME}.NoRelations"]
    assert [found for found, _ in said()] == ["crm_notify.E055"]


def test_pages_listen_to_the_database_of_our_tables(
    crm_notify_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    crm_notify_settings(STREAM_DATABASE="default")
    assert said() == []
    given = {**connections.settings["default"], "NAME": "another"}
    monkeypatch.setitem(connections.settings, "elsewhere", given)
    crm_notify_settings(STREAM_DATABASE="elsewhere")
    assert [found for found, _ in said()] == ["crm_notify.E057"]


@pytest.mark.django_db
def test_a_database_that_is_none_of_ours_may_be_of_any_kind() -> None:
    assert check_databases(databases=["default"]) == []
    assert check_databases(databases=["nowhere"]) == []
