"""All screens of ours at one host, with something on each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from crm_notify.channels.signing import sign
from crm_notify.conf import get_settings
from crm_notify.models import Activity
from crm_notify.rules.token import Purpose
from crm_notify.steps.deliver import deliver
from crm_notify.views.alerts import pages
from tests.browser.screens import world
from tests.browser.screens.every import Links
from tests.crm.models import Customer
from tests.edges.alerts.failing import arrive

MESSENGER = "tests.channels.fallback.messengers.Paper"


@pytest.fixture
def links(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    crm_notify_settings: Callable[..., None],
    call: Callable[..., Activity],
    contoso: Customer,
    janet: Any,
    bob: Any,
    alice: Any,
) -> Links:
    """The addresses of what is not to be found without knowing it."""
    settings.ROOT_URLCONF = "tests.browser.screens.host"
    crm_notify_settings(
        POLL_INTERVAL=timedelta(minutes=5),
        OWNERS="crm.people.owners",
        CHANNELS={name: {"CLASS": MESSENGER} for name in ("sms", "chat")},
    )
    # One settled warning is a page of them.
    monkeypatch.setattr(pages, "PAGE", 1)
    (first,) = call(target=contoso).notifications.all()
    deliver()
    header = mail.outbox[-1].extra_headers["List-Unsubscribe"]
    arrive(first)
    missed = world.history(call, contoso, alice)
    world.warnings(call, janet, bob, alice)
    crm_notify_settings(FOLD_ABOVE=2)
    incident = world.outage(call)
    world.wishes(call, janet)
    world.backstage()
    return Links(
        record=f"/records/{contoso.pk}/",
        opened=f"/notify/open/{sign(missed.pk, Purpose.OPEN, get_settings())}/",
        unsubscribe=header.strip("<>").removeprefix("https://crm.example"),
        incident=f"/notify/alerts/?incident={incident}",
        missed=missed,
    )
