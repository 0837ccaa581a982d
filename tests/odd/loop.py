"""The loop as it closes at every host: told wrongly, warned, corrected, told, and opened."""

from __future__ import annotations

import json
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from crm_notify import api
from crm_notify.conf import get_settings
from crm_notify.models import Notification
from crm_notify.rules.outcome import Outcome
from crm_notify.steps.deliver import deliver
from crm_notify.steps.interpret import interpret
from tests.posts import AUTHORIZATION, UNKNOWN_USER, sparkpost, token_of


def close_the_loop(
    client: Client,
    *,
    janet: Any,
    john: Any,
    alice: Any,
    target: models.Model,
    webhooks: str = "/notify/webhooks/",
    script: str = "",
    provider: Client | None = None,
    **server: Any,
) -> Notification:
    """Janet acts, John is told at john@ and then at jon@; returns what reached him.

    ``script`` is what stands before the paths that Django sees; ``server`` goes with the requests
    of people.
    """

    def post(token: str, kind: str, **fields: Any) -> None:
        # The test shares its thread with the requests, and so the language.
        with translation.override(translation.get_language()):
            answer = (provider or Client()).post(
                f"{webhooks}sparkpost/tracking/",
                json.dumps([sparkpost(token, kind, **fields)]),
                content_type="application/json",
                headers={"Authorization": AUTHORIZATION, "Accept-Language": "de"},
            )
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        interpret()

    def there(url: str) -> str:
        """As Django sees it, behind a web server that knows where the project is mounted."""
        parts = urlsplit(url)
        assert parts.path.startswith(f"{script}/")
        return f"{parts.path.removeprefix(script)}{parts.query and '?'}{parts.query}"

    first = api.record_activity(
        actor=janet, verb="logged a call", target=target, recipients=[john]
    ).notifications.get()
    assert first.address == "john@example.com"
    deliver()
    post(token_of(first), "bounce", **UNKNOWN_USER)

    client.force_login(janet)
    urls = get_settings().urlconf
    poll = reverse("crm_notify:alerts-json", urlconf=urls)
    answer = client.get(there(poll), headers={"Accept-Language": "de"}, **server)
    # Nothing of a poll changes what a host keeps of the asker, whatever he accepts.
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert answer.headers.get("Content-Language", "en") == translation.get_language()
    (warning,) = answer.json()["alerts"]
    assert warning["reason"] == "There is no such mailbox."
    page = client.get(there(reverse("crm_notify:alerts", urlconf=urls)), **server)
    assert warning["actions"]["acknowledge"] in page.text
    for action in warning["actions"].values():
        assert client.get(there(action), **server).status_code == 405
    assert client.post(there(warning["actions"]["acknowledge"]), **server).status_code == 302

    assert api.correct(first, by=alice, address="jon@example.com").sent_again == 1
    deliver()
    again = Notification.objects.latest("pk")
    post(token_of(again), "delivery", recipient="jon@example.com")
    again.refresh_from_db()
    assert again.outcome == Outcome.TOLD
    assert not api.open_alerts(janet).exists()
    to = [parseaddr(message.to[0])[1] for message in mail.outbox]
    assert to == ["john@example.com", "jon@example.com"]

    client.logout()
    letter = mail.outbox[1]
    (link,) = [word for word in letter.body.split() if "/open/" in word]
    login = client.get(there(link), **server)
    assert "/login/" in login.headers["Location"]
    client.force_login(john)
    opened = client.get(there(link), **server)
    assert opened.headers["Location"] == first.activity.url
    client.logout()
    one_click = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert client.post(there(one_click), **server).status_code == 200
    assert api.wants(john) is False
    return again
