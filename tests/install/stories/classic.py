"""Pages that Django renders, forms that save twice, and cron instead of a worker."""

from __future__ import annotations

import html
import re
from functools import partial

from tests.install.browser import Browser, Page
from tests.install.host import GUNICORN, Host, Stage
from tests.install.outages import provider_is_down
from tests.install.post_office import open_post_office

_HEADLINE = re.compile(r'<h3 class="crm-notify-headline">(.*?)</h3>', re.DOTALL)


class Greenfield:
    """Janet's browser."""

    def __init__(self, stage: Stage) -> None:
        self._browser = Browser(stage.site)
        door = self._browser.get("/login/")
        self._browser.submit(door, "/login/", username="janet", password="janet-1")

    def act(self, text: str) -> None:
        page = self._company()
        john = re.search(r'<option value="(\d+)">john</option>', page.text)
        assert john is not None, page.text
        self._browser.submit(page, "/log/", summary=text, concerns=[john[1]])

    def warning(self) -> str:
        return headline(self._browser.get("/"))

    def correct(self, address: str) -> None:
        self._browser.submit(self._company(), "/correct/", address=address)

    def _company(self) -> Page:
        return self._browser.get(self._browser.get("/").link("/companies/1/"))


def headline(page: Page) -> str:
    """What the first warning on a page says."""
    found = _HEADLINE.search(page.text)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def cron(stage: Stage) -> None:
    """A minute has passed."""
    stage.place.manage(*stage.guide.typed("crm_notify_sweep")[1:])


def start(stage: Stage) -> None:
    listen = stage.site.removeprefix("http://")
    python = stage.place.python
    stage.programs.start("web", python, "-m", "gunicorn", "greenfield.wsgi", *GUNICORN, listen)


def afterwards(stage: Stage) -> None:
    janet = Greenfield(stage)
    provider_is_down(stage, janet, again=partial(open_post_office, HOST, stage))


HOST = Host(
    name="classic",
    python="3.11",
    django="5.2",
    settings="greenfield.settings",
    start=start,
    ready="/login/",
    front=Greenfield,
    pump=cron,
    sender="Janet Smith",
    afterwards=afterwards,
    tracked=frozenset({"contacts.Call", "contacts.Call_concerns"}),
)
