"""docs/operations.md names whatever can be wrong; docs/screen.md shows a bell that rings."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from crm_notify.models import Alert, Notification
from crm_notify.rules.health import Wrong
from tests.docs.test_tables import ROOT, rows
from tests.steps.failing import fail


def test_each_thing_that_can_be_wrong_is_documented() -> None:
    documented = [row[0].strip("`") for row in rows("docs/operations.md", "Is it alive?")[1:]]
    assert documented == [kind.value for kind in Wrong]


@pytest.mark.django_db(transaction=True)
def test_the_line_that_cron_gets_is_the_one_on_the_page(capsys: Any) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    (line,) = re.findall(r"^\$ python manage\.py crm_notify_sweep\n(.*\n)", page, re.MULTILINE)
    call_command("crm_notify_sweep")
    assert capsys.readouterr().out == line


@pytest.mark.django_db
def test_the_bell_on_the_page_rings_and_goes_out(notification: Notification, janet: Any) -> None:
    page = (ROOT / "docs" / "screen.md").read_text()
    (source,) = re.findall(r"```python\n# crm/bell\.py\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {"Bell": SimpleNamespace(objects=Bells())}
    exec(source, names)
    fail(notification)
    alert = Alert.objects.get()
    for _ in range(2):
        names["ring"](alert)
    text = "John was not told. You logged a call: Contoso"
    shown = {"user": janet, "text": text, "url": "/notify/alerts/"}
    assert names["Bell"].objects.rows == {alert.pk: shown}
    alert.closed_at = alert.opened_at
    for _ in range(2):
        names["ring"](alert)
    assert names["Bell"].objects.rows == {}


class Bells:
    """The manager of a host's table of bells, as far as the page needs it."""

    def __init__(self) -> None:
        self.rows: dict[int, Any] = {}

    def update_or_create(self, *, alert: int, defaults: dict[str, Any]) -> None:
        self.rows[alert] = defaults

    def filter(self, *, alert: int) -> SimpleNamespace:
        return SimpleNamespace(delete=lambda: self.rows.pop(alert, None))
