"""The channel that docs/channels.md shows to host authors works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from crm_notify.channels.short import ShortChannel
from crm_notify.models import Activity, Attempt, Notification
from tests.support.send_api import Reply, SendApi

PAGE = (Path(__file__).parents[2] / "docs" / "channels.md").read_text()


def gateway(url: str) -> Any:
    (source,) = re.findall(r"```python\n# crm/sms\.py\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(source.replace("https://sms.example.com", url), names)
    return names["Gateway"](key="secret")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "result"), [(200, "accepted"), (500, "unknown")])
def test_the_class_on_the_page_is_a_channel(status: int, result: str) -> None:
    row = Notification(activity=Activity(actor_name="Janet", verb="called", target_label="Contoso"))
    with SendApi(lambda call: Reply(status=status)) as api:
        channel = ShortChannel("sms", gateway(api.url))
        answer = channel.send(Attempt(notification=row, address="+4930901820"))
    assert answer.result == result
    assert [call.json for call in api.calls] == [
        {"to": "+4930901820", "text": "Janet called: Contoso"}
    ]
    assert api.calls[0].headers["authorization"] == "Bearer secret"


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_is_down_took_nothing() -> None:
    row = Notification(activity=Activity(actor_name="Janet", verb="called", target_label="Contoso"))
    with SendApi(lambda call: Reply()) as api:
        url = api.url
    channel = ShortChannel("sms", gateway(url))
    assert channel.send(Attempt(notification=row, address="1")).result == "later"
