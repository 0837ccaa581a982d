"""Most of the traps at once, and a bell of the host's own in which the warning stands."""

from __future__ import annotations

import html
import re
import sqlite3
from contextlib import closing

from tests.install.browser import Browser, Page
from tests.install.host import GUNICORN, Host, Stage
from tests.install.outages import say
from tests.install.place import Failed

_LINE = re.compile(r'<li><a href="([^"]*)">(.*?)</a></li>')
#: What the host's own cron job does: no request, no user, and the records' own database.
_SHIP = """
from accounts.models import Account, Order

order = Order.objects.create(account=Account.objects.get(), goods="A pump")
order.shipped = True
order.save()
"""


class Worldly:
    """Janet's browser, which prefers German."""

    def __init__(self, stage: Stage) -> None:
        self._browser = Browser(stage.site, **{"Accept-Language": "de"})
        door = self._browser.get("/de/login")
        self._browser.submit(door, "/login", username="janet", password="janet-1")

    def act(self, text: str) -> None:
        page = self._browser.get("/de/orders")
        self._browser.submit(page, "/ship", remark=text)

    def warning(self) -> str:
        words = self._latest()[1]
        return words if "not told" in words else ""

    def correct(self, address: str) -> None:
        self._browser.submit(self._behind_the_bell(), "/correct/", address=address)

    def _behind_the_bell(self) -> Page:
        return self._browser.get(self._latest()[0])

    def _latest(self) -> tuple[str, str]:
        """Where the latest line of the bell leads, and what it says."""
        lines = _LINE.findall(self._browser.get("/de/bell").text)
        return (html.unescape(lines[0][0]), html.unescape(lines[0][1])) if lines else ("", "")


def start(stage: Stage) -> None:
    python = stage.place.python
    (typed,) = (line for line in stage.guide.commands if line.startswith("gunicorn "))
    for name, served, url in (
        ("web", "worldly.wsgi", stage.site),
        ("hooks", typed.removeprefix("gunicorn "), stage.hooks),
    ):
        listen = url.removeprefix("http://")
        stage.programs.start(name, python, "-m", "gunicorn", served, *GUNICORN, listen)
    stage.programs.start("worker", python, *stage.guide.typed("crm_notify_worker"))


def our_database_is_locked(stage: Stage) -> None:
    """A job of the host's saves into its records while ours cannot be written: it succeeds."""
    with closing(sqlite3.connect(stage.place.folder / "worldly.sqlite3")) as taken:
        taken.execute("BEGIN EXCLUSIVE")
        said = stage.place.manage_aloud("shell", "--verbosity=0", "--command", _SHIP)
        taken.rollback()
    with closing(sqlite3.connect(stage.place.folder / "records.sqlite3")) as records:
        pumps = "SELECT count(*) FROM accounts_order WHERE goods = 'A pump' AND shipped"
        (shipped,) = records.execute(pumps).fetchone()
    if shipped != 1 or "crm_notify" not in said:
        raise Failed(f"With our database locked {shipped} pumps were shipped:\n{said}")
    say("with our database locked a job saved into its records, and the log says what was missed")


HOST = Host(
    name="i18n",
    guide="generic",
    python="3.12",
    django="6.1",
    settings="worldly.settings",
    start=start,
    ready="/de/login",
    front=Worldly,
    sender="Janet Smith",
    tracked=frozenset({"accounts.Order"}),
    afterwards=our_database_is_locked,
    apart=True,
)
