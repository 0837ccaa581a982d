"""A front end that knows JSON and a token, and a host without sessions, admin and messages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from tests.install.browser import Browser
from tests.install.host import Host, Stage
from tests.install.outages import tables_are_missed
from tests.install.place import Failed


class Fieldwork:
    """Janet's front end."""

    def __init__(self, stage: Stage) -> None:
        door = Browser(stage.site)
        pair = {"username": "janet", "password": "janet-1"}
        token = door.json("POST", "/api/token/", json=pair)["token"]
        self._api = Browser(stage.site, Authorization=f"Token {token}", Accept="application/json")

    def act(self, text: str) -> None:
        if self.write(text) != 201:
            raise Failed(f"Janet could not write {text!r}")

    def write(self, text: str) -> int:
        """Write a note; the status of the answer."""
        (deal,) = self._api.json("GET", "/api/deals/")
        return self._api.status("POST", "/api/notes/", json={"deal": deal["id"], "text": text})

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


def afterwards(stage: Stage) -> None:
    database = stage.place.folder / "fieldwork.sqlite3"
    tables_are_missed(
        stage,
        rename=partial(rename, database),
        save=partial(Fieldwork(stage).write, "They are gone."),
        saved=partial(notes, database),
    )


def rename(database: Path, old: str, new: str) -> None:
    """Give one of our tables another name behind everybody's back."""
    with closing(sqlite3.connect(database)) as behind:
        behind.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')


def notes(database: Path) -> int:
    with closing(sqlite3.connect(database)) as behind:
        return int(behind.execute("SELECT count(*) FROM deals_note").fetchone()[0])


HOST = Host(
    name="spa",
    python="3.13",
    django="6.1",
    settings="fieldwork.settings",
    start=start,
    ready="/api/deals/",
    front=Fieldwork,
    sender="Janet Smith",
    afterwards=afterwards,
    parts=True,
)
