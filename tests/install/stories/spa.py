"""A front end that knows JSON and a token, and a host without sessions, admin and messages."""

from __future__ import annotations

from typing import Any

from tests.install.browser import Browser
from tests.install.host import Host, Stage


class Fieldwork:
    """Janet's front end."""

    def __init__(self, stage: Stage) -> None:
        door = Browser(stage.site)
        pair = {"username": "janet", "password": "janet-1"}
        token = door.json("POST", "/api/token/", json=pair)["token"]
        self._api = Browser(stage.site, Authorization=f"Token {token}", Accept="application/json")

    def act(self, text: str) -> None:
        (deal,) = self._api.json("GET", "/api/deals/")
        self._api.json("POST", "/api/notes/", json={"deal": deal["id"], "text": text})

    def warning(self) -> str:
        return str(self._alert().get("headline", ""))

    def correct(self, address: str) -> None:
        self._api.json("POST", self._alert()["actions"]["correct"], data={"address": address})

    def _alert(self) -> dict[str, Any]:
        alerts = self._api.json("GET", "/notify/alerts.json")["alerts"]
        return dict(alerts[0]) if alerts else {}


def start(stage: Stage) -> None:
    port = stage.site.rpartition(":")[2]
    python = stage.place.python
    stage.programs.start(
        "web", python, "-m", "uvicorn", "fieldwork.asgi:application", "--port", port
    )
    stage.programs.start("worker", python, *stage.guide.typed("crm_notify_worker"))


HOST = Host(
    name="spa",
    python="3.13",
    django="6.1",
    settings="fieldwork.settings",
    start=start,
    ready="/api/deals/",
    front=Fieldwork,
    sender="Janet Smith",
    parts=True,
)
