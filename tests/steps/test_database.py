"""One database is ours: every model is read and written there, and every relation to the host's."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models

from crm_notify import database
from crm_notify.models import Preference
from crm_notify.models.base import HostsKey, HostsOwnKey, Manager

OURS = list(apps.get_app_config("crm_notify").get_models())


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_model_is_read_where_it_is_written(model: Any) -> None:
    assert isinstance(model._default_manager, Manager)
    assert isinstance(model._base_manager, Manager)
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.remote_field.model not in OURS:
            assert isinstance(field, HostsKey | HostsOwnKey), f"{model.__name__}.{field.name}"


@pytest.mark.django_db
def test_one_row_for_each_user_takes_him_from_a_replica_too(janet: Any) -> None:
    janet._state.db = "replica"
    row = Preference.objects.create(user=janet)
    assert (row.user, row.user_id, row._state.db) == (janet, janet.pk, "default")
    assert Preference.objects.get().user._state.db == "default"


class Thither:
    """Everything is written to the second one."""

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "second"


def test_the_routers_are_asked_anew_at_every_call(settings: Any) -> None:
    assert (database.alias(), database.stream_alias()) == ("default", "default")
    settings.DATABASE_ROUTERS = ["tests.steps.test_database.Thither"]
    assert (database.alias(), database.stream_alias()) == ("second", "second")
    assert {model.objects.all().db for model in OURS} == {"second"}
    # Whoever names one gets that one.
    assert OURS[0].objects.using("default").db == "default"


def test_a_view_can_stay_out_of_the_transactions_of_every_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connections.settings, "second", connections.settings["default"])

    def view() -> None:
        """Nothing."""

    assert database.non_atomic_requests(view) is view
    assert view._non_atomic_requests == {"default", "second"}
