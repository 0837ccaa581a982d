"""`python -m tests.install.stage NAME WHEEL`: one host, from its own first day to the story's end.

The host is tried as it was before we came; the wheel is installed and its guide followed; then all
that is its own must be as before, and the story is played with real programs.
"""

from __future__ import annotations

import importlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import requests

from project.demo.ports import HOST as LOOPBACK
from project.demo.ports import any_free
from project.demo.programs import Trouble, programs
from project.settings import ROOT
from tests.install import guide, moving, story
from tests.install.guide import Guide
from tests.install.host import API_KEY, SECRET, Host, Stage
from tests.install.place import Failed, Place
from tests.install.post_office import open_post_office

say = partial(print, flush=True)


def play(host: Host, wheel: Path) -> None:
    """Everything that is promised of one host; raises Failed or Trouble where it is not so."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crm_notify_host_")))
        site, provider, apart = (f"http://{LOOPBACK}:{any_free()}" for _ in range(3))
        environment = {
            "DJANGO_SETTINGS_MODULE": host.settings,
            "SECRET_KEY": "of this installation alone",
            "SITE_URL": site,
            "SPARKPOST_API_KEY": API_KEY,
            "SPARKPOST_API_URL": f"{provider}/api/v1/",
            "RETURN_PATH_KEY": "a long random secret of this installation",
            "WEBHOOK_SECRET": SECRET,
            **stack.enter_context(host.around()),
        }
        place = Place(folder=folder / host.name, environment=environment)
        shutil.copytree(host.folder, place.folder)
        followed = guide.read(host.guide or host.name)
        before = moving.first_day(host, place)
        moving.install(host, place, wheel)
        moving.follow(host, place, followed)
        moving.unaffected(host, place, before)
        moving.prepare(place, followed)
        hooks = apart if host.apart else site
        with running(host, place, followed, site=site, provider=provider, hooks=hooks) as stage:
            story.play(host, stage)
            host.afterwards(stage)
        if host.parts:
            moving.part(host, place, before)


@contextmanager
def running(host: Host, place: Place, followed: Guide, **where: str) -> Iterator[Stage]:
    """The host's programs and what stands around it, ended with this block however it ends."""
    logs = place.folder.parent / "logs"
    logs.mkdir()
    ours = Place(folder=ROOT).surroundings
    with (
        programs(folder=ROOT, logs=logs, environment=ours) as broker,
        programs(folder=ROOT, logs=logs, environment=ours) as post_office,
        programs(folder=place.folder, logs=logs, environment=place.surroundings) as started,
    ):
        stage = Stage(
            place=place,
            guide=followed,
            programs=started,
            post_office=post_office,
            broker=broker,
            pump=lambda: host.pump(stage),
            **where,
        )
        try:
            open_post_office(host, stage)
            host.start(stage)
            for url in (f"{stage.provider}/mailboxes.json", f"{stage.site}{host.ready}"):
                started.wait_for(partial(answers, url), what=f"{url} answers")
            yield stage
        except (Failed, Trouble):
            for log in sorted(logs.iterdir()):
                lines = log.read_text(errors="replace").splitlines()
                say(f"---- {log.name}", *lines[-40:], sep="\n")
            raise


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code < 500
    except requests.RequestException:
        return False


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(name: str, wheel: str) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    host: Host = importlib.import_module(f"tests.install.stories.{name}").HOST
    try:
        play(host, Path(wheel).resolve())
    except (Failed, Trouble) as trouble:
        say(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
