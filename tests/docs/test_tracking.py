"""docs/tracking.md, played: each of its blocks is run as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import TestCase

from crm_notify.checks import check_settings
from crm_notify.models import Activity
from crm_notify.rules.tracking import CREATED, KEYS
from crm_notify.steps.tracking.acting import acting_user, serving
from crm_notify.steps.tracking.finish import end_request
from tests.docs.test_tables import rows
from tests.sales.models import Account, Call, Team

PAGE = "docs/tracking.md"
BLOCKS = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[2] / PAGE).read_text(), re.DOTALL
)

pytestmark = pytest.mark.django_db(transaction=True)


def block(word: str) -> str:
    (found,) = [code for code in BLOCKS if word in code]
    return str(found)


@pytest.fixture
def host(settings: Any, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A host that has copied the page's settings and its module."""
    acme, people = ModuleType("acme"), ModuleType("acme.people")
    exec(block("# acme/people.py"), people.__dict__)
    acme.people = people
    monkeypatch.setitem(sys.modules, "acme", acme)
    monkeypatch.setitem(sys.modules, "acme.people", people)
    given = {"MIDDLEWARE": settings.MIDDLEWARE, "CRM_NOTIFY": dict(settings.CRM_NOTIFY)}
    exec(block('CRM_NOTIFY["TRACK"]'), given)
    settings.MIDDLEWARE, settings.CRM_NOTIFY = given["MIDDLEWARE"], given["CRM_NOTIFY"]
    settings.ADMINS = ["alice@crm.example"]
    return people


@pytest.fixture
def acme(john: Any, bob: Any, alice: Any) -> Account:
    team = Team.objects.create(name="North")
    team.members.add(bob)
    Group.objects.create(name="managers").user_set.add(alice)
    return Account.objects.create(name="Acme", owner=john, team=team)


def told(activity: Activity) -> set[str]:
    return set(activity.notifications.values_list("recipient__username", flat=True))


def test_every_block_of_the_page_is_played_here() -> None:
    words = ["TRACK", "acme/people", "CURRENT_USER", "bulk_create", "untracked", "captureOn"]
    assert [sum(word in code for word in words) for code in BLOCKS] == [1] * len(words)


def test_every_key_of_an_entry_is_documented() -> None:
    documented = rows(PAGE, "An entry")[1:]
    assert sorted(row[0].strip("`") for row in documented) == sorted(KEYS)
    assert f'"{CREATED}"' in next(row[2] for row in documented if row[0] == "`created`")


def test_the_settings_say_who_is_told_of_what(host: ModuleType, acme: Account, janet: Any) -> None:
    assert check_settings() == []
    page = (Path(__file__).parents[2] / PAGE).read_text()
    with serving(lambda: janet) as request:
        call = Call.objects.create(account=acme)
        end_request(request)
    activity = Activity.objects.get()
    assert told(activity) == {"john", "bob", "alice"}
    assert f'"{activity}"' in page
    with serving(lambda: janet) as request:
        call.outcome = "won"
        call.save()
        end_request(request)
    activity = Activity.objects.latest("pk")
    assert f'"{activity}", with the line "{activity.text}"' in page


def test_a_function_of_the_hosts_says_who_acts(host: ModuleType, settings: Any, janet: Any) -> None:
    host.current_user = lambda: janet
    given = {"CRM_NOTIFY": dict(settings.CRM_NOTIFY)}
    exec(block("CURRENT_USER"), given)
    settings.CRM_NOTIFY = given["CRM_NOTIFY"]
    assert check_settings() == []
    assert acting_user() == janet


def test_a_bulk_write_is_recorded_by_hand(host: ModuleType, acme: Account, janet: Any) -> None:
    calls = [Call(account=acme, note="first"), Call(account=acme, note="second")]
    request = SimpleNamespace(user=janet)
    exec(block("bulk_create"), {"Call": Call, "calls": calls, "request": request})
    assert [(row.text, told(row)) for row in Activity.objects.order_by("pk")] == [
        ("first", {"john"}),
        ("second", {"john"}),
    ]


def test_an_import_tells_nobody(host: ModuleType, acme: Account) -> None:
    exec(block("untracked"), {"Call": Call, "rows": [{"account": acme}]})
    assert Call.objects.count() == 1
    assert not Activity.objects.exists()


def test_a_hosts_own_test_sees_it_at_the_commit_that_never_comes(
    host: ModuleType, acme: Account
) -> None:
    case = TestCase()
    case.account = acme
    with transaction.atomic():
        exec(block("captureOn"), {"Call": Call, "self": case})
        assert told(Activity.objects.get()) == {"john", "bob", "alice"}
