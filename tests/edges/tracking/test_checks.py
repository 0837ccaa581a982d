"""Every mistake in TRACK has an id and a hint; whatever can be noticed is, and nothing crashes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db.models.signals import pre_save

from crm_notify.checks import check_settings
from tests.sales.models import Account, Call

Change = Callable[..., None]
MIDDLEWARE = "crm_notify.middleware.ActingUserMiddleware"


@pytest.fixture(autouse=True)
def rest_is_right(settings: Any) -> None:
    settings.ADMINS = ["alice@crm.example"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]


def found() -> list[CheckMessage]:
    messages: list[CheckMessage] = check_settings()
    assert all(message.hint or message.id == "crm_notify.E001" for message in messages)
    return messages


def ids() -> list[str]:
    return [str(message.id).removeprefix("crm_notify.") for message in found()]


GOOD = {
    "on": "account",
    "created": True,
    "changed": ["outcome", "account_id", "participants"],
    "tell": [
        "account.owner",
        "account.team.members",
        "account.profile.manager",
        "account.calls.watchers",
        "participants",
        "followers",
        "group",
        "group.user_set",
        "author.anything",
        f"{__name__}.found",
    ],
    "text": "note",
    "link": "page",
    "urgency": "hurry",
}


def test_what_is_right_is_tracked(crm_notify_settings: Change) -> None:
    crm_notify_settings(TRACK={"sales.Call": GOOD, "sales.Account": {"created": True}})
    assert ids() == []
    assert pre_save.has_listeners(Call)


@pytest.mark.parametrize(
    ("label", "wrong", "id", "says"),
    [
        ("sales.Call", {"creatd": True}, "E040", "creatd"),
        ("sales.Call", {"created": False, "changed": []}, "E040", "notices nothing"),
        ("sales.Call", {"urgency": 5}, "E040", "urgency"),
        ("sales.Fax", {}, "E041", "Fax"),
        ("nosuch.Call", {}, "E041", "nosuch"),
        ("Call", {}, "E041", "app_label"),
        ("crm_notify.Incident", {}, "E041", "cannot be the target"),
        ("sales.Call", {"changed": ["outcom"]}, "E042", "outcom"),
        ("sales.Account", {"changed": ["calls"]}, "E042", "calls"),
        ("sales.Call", {"tell": ["account.boss"]}, "E043", "sales.Account has no 'boss'"),
        ("sales.Call", {"tell": ["account."]}, "E043", "has no ''"),
        ("sales.Call", {"tell": ["boss"]}, "E043", "sales.Call has no 'boss'"),
        ("sales.Call", {"tell": ["account"]}, "E043", "sales.Account, which is no user"),
        ("sales.Call", {"tell": ["no.such.function"]}, "E043", "cannot be imported"),
        ("sales.Call", {"tell": [f"{__name__}.GOOD"]}, "E043", "not callable"),
        ("sales.Call", {"on": "acount"}, "E043", "no 'acount'"),
        ("sales.Call", {"on": f"{__name__}.found"}, "E043", "no 'tests'"),
        ("sales.Call", {"on": "participants"}, "E043", "several records"),
        ("sales.Call", {"text": "nte"}, "E043", '"text"'),
        ("sales.Call", {"link": "no.such.function"}, "E043", '"link"'),
        ("sales.Call", {"urgency": "soon"}, "E043", '"urgency"'),
    ],
)
def test_each_mistake_has_its_id_and_the_others_are_tracked(
    label: str, wrong: dict[str, Any], id: str, says: str, crm_notify_settings: Change
) -> None:
    other = "sales.Secret" if label == "sales.Account" else "sales.Account"
    entry = {"created": True, **wrong}
    crm_notify_settings(TRACK={label: entry, other: {"created": True}})
    (message,) = found()
    assert message.id == f"crm_notify.{id}"
    assert says in f"{message.msg} {message.hint}"
    # A wrong field or path loses no activity; what it would have said is an incident later.
    read = {"sales.Call": Call, "sales.Account": Account}.get(label)
    assert read is None or pre_save.has_listeners(read) is (id in {"E042", "E043"})
    assert pre_save.has_listeners(Account) is (other == "sales.Account" or read is Account)


def test_an_entry_that_is_no_dict_is_noticed(crm_notify_settings: Change) -> None:
    crm_notify_settings(TRACK={"sales.Call": ["owner"]})
    assert ids() == ["E040"]
    crm_notify_settings(TRACK=["sales.Call"])
    assert ids() == ["E001"]


def test_several_mistakes_are_all_said(crm_notify_settings: Change) -> None:
    crm_notify_settings(TRACK={"sales.Call": {"changed": ["a", "b"], "tell": ["c"], "text": "d"}})
    assert ids() == ["E042", "E042", "E043", "E043"]


def test_nobody_who_acts_is_noticed(settings: Any, crm_notify_settings: Change) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]
    assert ids() == []
    crm_notify_settings(TRACK={"sales.Call": {"created": True}})
    assert ids() == ["W044"]
    crm_notify_settings(CURRENT_USER=f"{__name__}.found")
    assert ids() == []
    crm_notify_settings(CURRENT_USER="no.such.function")
    assert ids() == ["E015"]
