"""docs/hosts.md names every odd host, and what it says to type is what the tests type."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import get_resolver, reverse

from tests.docs.test_tables import ROOT, rows

PAGE = ROOT / "docs/hosts.md"


def test_every_odd_host_is_documented_and_no_other() -> None:
    odd = ROOT / "tests/odd"
    hosts = {path.parent.name for path in odd.rglob("settings.py")}
    assert {row[0].strip("`") for row in rows("docs/hosts.md")[1:]} == hosts


def blocks() -> dict[str, str]:
    """The copyable blocks, by the name of the file that their first line names."""
    found = re.findall(r"```python\n +# (\w+\.py)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return {name: re.sub(r"^ {2}", "", code, flags=re.MULTILINE) for name, code in found}


@pytest.mark.parametrize("name", ["wsgi.py", "asgi.py"])
def test_what_is_to_be_typed_into_it_makes_an_application(name: str) -> None:
    made: dict[str, Any] = {}
    exec(blocks()[name], made)
    assert callable(made["application"])


def test_the_urlconf_that_is_to_be_typed_works() -> None:
    before = (
        "from django.conf.urls.i18n import i18n_patterns\nfrom django.urls import include, path\n"
    )
    made: dict[str, Any] = {}
    exec(before + blocks()["urls.py"], made)
    urlconf = tuple(made["urlpatterns"])
    assert reverse("crm_notify:alerts", urlconf=urlconf) == "/en/notify/alerts/"
    found = get_resolver(urlconf).resolve("/notify/webhooks/sparkpost/tracking/")
    assert found.view_name == "crm_notify_webhooks:webhook"


def test_each_check_that_it_names_is_one() -> None:
    checks = "".join(path.read_text() for path in ROOT.glob("crm_notify/checks/*.py"))
    named = set(re.findall(r"crm_notify\.[EW]\d{3}", PAGE.read_text()))
    assert named == {f"crm_notify.{name}" for name in ("E055", "E057", "W056", "W058")}
    assert all(name in checks for name in named)
