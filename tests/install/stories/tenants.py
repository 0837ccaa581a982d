"""Two companies in one database, which row-level security keeps apart; Celery does the work."""

from __future__ import annotations

from functools import partial

import psycopg
from psycopg import sql

from project.demo.post import mail_to
from tests.install.around import database_and_broker, start_broker
from tests.install.browser import Browser, Page
from tests.install.host import GUNICORN, Host, Stage
from tests.install.outages import broker_is_down, tables_are_gone
from tests.install.place import Failed
from tests.install.stories.classic import headline
from tests.install.story import RIGHT, WRONG

SUE = "sue@example.com"
_LET_NINA_LOOK = """
from django.contrib.auth.models import Permission
from tenancy.models import Member

may = Permission.objects.get(codename="view_notification")
Member.objects.get(username="nina").user_permissions.add(may)
"""
_WORKER = "--beat --pool threads --concurrency 2 --without-gossip --without-mingle -l INFO"


class Harbour:
    """The browser of somebody of one tenant; Janet's of north, if nobody else is named."""

    def __init__(self, stage: Stage, username: str = "janet", tenant: str = "north") -> None:
        self.browser = Browser(stage.site, Host=f"{tenant}.harbour.example")
        door = self.browser.get("/login/")
        password = f"{username}-1"
        self.browser.submit(door, "/login/", username=username, password=password)

    def act(self, text: str) -> None:
        self.browser.submit(self.form(), "/report/", report=text)

    def form(self) -> Page:
        return self.browser.get(self.browser.get("/").link("/report/"))

    def warning(self) -> str:
        return headline(self.browser.get("/"))

    def correct(self, address: str) -> None:
        self.browser.submit(self.browser.get("/"), "/correct/", address=address)


def start(stage: Stage) -> None:
    listen = stage.site.removeprefix("http://")
    python = stage.place.python
    open_broker(stage)
    stage.programs.start("web", python, "-m", "gunicorn", "harbour.wsgi", *GUNICORN, listen)
    celery = ("-m", "celery", "-A", "harbour", "worker", *_WORKER.split(), "-s", "beat-schedule")
    stage.programs.start("worker", python, *celery)


def open_broker(stage: Stage) -> None:
    url = stage.place.environment["BROKER_URL"]
    start_broker(stage.broker, url, stage.place.folder.parent / "broker")


def afterwards(stage: Stage) -> None:
    the_other_tenant(stage)
    an_admin_of_one(stage)
    janet = Harbour(stage)
    broker_is_down(stage, janet, again=partial(open_broker, stage))
    host = stage.place.environment["PGHOST"]
    tables_are_gone(
        stage,
        janet,
        rename=partial(rename, host),
        save=partial(
            janet.browser.submit, janet.form(), "/report/", report="They are gone.", follow=False
        ),
        saved=partial(visits, host),
    )


def rename(host: str, old: str, new: str) -> None:
    """Give one of our tables another name, as the owner of the server may."""
    names = map(sql.Identifier, (old, new))
    with psycopg.connect(host=host, user="postgres", dbname="harbour") as server:
        server.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(*names))


def visits(host: str) -> int:
    """How many there are, of whichever tenant: the owner of the server sees them all."""
    with psycopg.connect(host=host, user="postgres", dbname="harbour") as server:
        row = server.execute("SELECT count(*) FROM visits_visit").fetchone()
        assert row is not None
        return int(row[0])


def the_other_tenant(stage: Stage) -> None:
    """South sends under its own name, and whatever happens at north is not to be seen there."""
    sam = Harbour(stage, "sam", "south")
    sam.act("They take two.")
    mail = stage.wait_for(partial(mail_to, stage.provider, SUE), "south's mail")
    if "notify@south.harbour.example" not in mail.sender:
        raise Failed(f"South's mail came from {mail.sender}")
    if sam.warning():
        raise Failed(f"South is warned of what happened at north: {sam.warning()}")
    print("  south sends under its own name and sees nothing of north", flush=True)


def an_admin_of_one(stage: Stage) -> None:
    """Nina looks after north: she finds what happened there, and nothing of south's."""
    stage.place.manage("shell", "--verbosity=0", "--command", _LET_NINA_LOOK)
    nina = Harbour(stage, "nina")
    page = nina.browser.get("/notify/staff/notifications/?outcome=all")
    seen = {name: name in page.text for name in (WRONG, RIGHT, SUE)}
    if seen != {WRONG: True, RIGHT: True, SUE: False}:
        raise Failed(f"An admin of north sees {seen}:\n{page.text}")
    print("  an admin of north sees all of north's and nothing of south's", flush=True)


HOST = Host(
    name="tenants",
    python="3.12",
    django="5.2",
    settings="harbour.settings",
    extras="[postgres,redis]",
    around=partial(database_and_broker, "harbour"),
    start=start,
    ready="/login/",
    front=Harbour,
    sender="notify@north.harbour.example",
    tracked=frozenset({"visits.Visit"}),
    afterwards=afterwards,
)
