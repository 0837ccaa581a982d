"""What is tracked, and a request in which somebody saves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from crm_notify.models import Activity
from crm_notify.steps.tracking.acting import serving
from crm_notify.steps.tracking.finish import end_request
from tests.sales.models import Account, Team

CALL = {
    "on": "account",
    "created": "logged a call",
    "changed": {"verb": "changed a call", "fields": ["outcome", "price", "due", "participants"]},
    "tell": ["account.owner", "participants"],
}


@pytest.fixture
def track(crm_notify_settings: Callable[..., None]) -> Callable[..., None]:
    """Track calls, with some keys of the entry changed, or with an entry of another model."""

    def declare(model: str = "sales.Call", /, **given: Any) -> None:
        entry = {key: value for key, value in {**CALL, **given}.items() if value is not ...}
        crm_notify_settings(TRACK={model: entry})

    return declare


@pytest.fixture
def tracked_calls(track: Callable[..., None]) -> None:
    track()


Serve = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def served(janet: Any) -> Serve:
    """Inside, Janet's request is served; afterwards it is over."""

    @contextmanager
    def serve() -> Iterator[None]:
        with serving(lambda: janet) as request:
            yield
            end_request(request)

    return serve


@pytest.fixture
def acme(john: Any, bob: Any) -> Account:
    """John's account, which Bob's team looks after."""
    team = Team.objects.create(name="North")
    team.members.set([bob])
    return Account.objects.create(name="Acme", owner=john, team=team)


def told(activity: Activity) -> set[str]:
    return set(activity.notifications.values_list("recipient__username", flat=True))


def said() -> list[tuple[str, str]]:
    """What the activities are, in order: the verb and the text."""
    return list(Activity.objects.order_by("pk").values_list("verb", "text"))
