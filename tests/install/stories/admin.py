"""The admin is all there is: a site of the host's own at an address that nobody guesses."""

from __future__ import annotations

import re

from tests.install.browser import Browser
from tests.install.host import GUNICORN, Host, Stage
from tests.install.place import Failed
from tests.install.stories.classic import headline

OFFICE = "/backstage-7f3a"


class Ledger:
    """Somebody's browser in the office; Janet's, if nobody else is named."""

    def __init__(self, stage: Stage, username: str = "janet") -> None:
        self.browser = Browser(stage.site)
        door = self.browser.get(f"{OFFICE}/login/?next={OFFICE}/")
        pair = {"username": username, "password": f"{username}-1"}
        self.browser.submit(door, f"/login/?next={OFFICE}/", **pair)

    def act(self, text: str) -> None:
        page = self.browser.get(f"{OFFICE}/clients/visit/add/")
        contoso = re.search(r'<option value="(\d+)">Contoso</option>', page.text)
        assert contoso is not None, page.text
        self.browser.submit(page, "/clients/visit/add/", client=contoso[1], report=text)

    def warning(self) -> str:
        return headline(self.browser.get(f"{OFFICE}/"))

    def correct(self, address: str) -> None:
        page = self.browser.get(f"{OFFICE}/")
        self.browser.submit(page, "/correct/", address=address)


def looked_through(stage: Stage) -> None:
    """Alice, who may see everything, finds the story among the pages of the office."""
    page = Ledger(stage, "alice").browser.get(f"{OFFICE}/crm_notify/notification/?outcome=all")
    for address in ("john@example.com", "jon@example.com"):
        if address not in page.text:
            raise Failed(f"The office does not show the notification to {address}:\n{page.text}")


def start(stage: Stage) -> None:
    listen = stage.site.removeprefix("http://")
    python = stage.place.python
    stage.programs.start("web", python, "-m", "gunicorn", "ledger.wsgi", *GUNICORN, listen)
    stage.programs.start("worker", python, *stage.guide.typed("crm_notify_worker"))


HOST = Host(
    name="admin",
    python="3.12",
    django="6.0",
    settings="ledger.settings",
    start=start,
    ready=f"{OFFICE}/login/",
    front=Ledger,
    sender="Janet Smith",
    tracked=frozenset({"clients.Visit"}),
    afterwards=looked_through,
)
