"""A host without us, with us, and without us again: all that is its own stays as it was."""

from __future__ import annotations

import json
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import interpreters

from tests.install import guide
from tests.install.guide import MOST_LINES, Guide
from tests.install.host import Host
from tests.install.place import UV, Failed, Place

PROBE = Path(__file__).with_name("probe.py")
#: Janet may correct addresses, which is for the host's admins to say.
_ALLOW = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

janet = get_user_model().objects.get_by_natural_key("janet")
janet.user_permissions.add(Permission.objects.get(codename="resend_elsewhere"))
"""
_TABLES = """
from django.db import connection

names = connection.introspection.table_names()
print(*[name for name in names if name.startswith("crm_notify")])
"""
_TESTS = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
say = partial(print, flush=True)


def first_day(host: Host, place: Place) -> dict[str, Any]:
    """The host as it was before it heard of us: it works, and this is what it looks like."""
    place.make_python(interpreters.find(host.python, Path(UV)))
    place.install("-r", "requirements.txt")
    place.manage("check", "--fail-level=WARNING")
    place.manage("migrate", "--verbosity=0")
    place.run(place.python, "-W", "error", "seed.py")
    return look(place)


def look(place: Place) -> dict[str, Any]:
    """What it looks like from inside, and what its own tests say: queries are counted there."""
    done = place.run(place.python, "-W", "error", "-c", PROBE.read_text())
    return {**json.loads(done), "tests": tests(place)}


def tests(place: Place) -> int:
    """Run the host's own tests; how many there are."""
    ran = _TESTS.search(place.manage_aloud("test", "--noinput", "--verbosity=1"))
    if ran is None or ran[1] == "0":
        raise Failed("The host has no tests of its own.")
    return int(ran[1])


def install(host: Host, place: Place, wheel: Path) -> None:
    """Install the wheel: nothing that the host had may move, its Django least of all."""
    before = place.packages()
    if not before["django"].startswith(f"{host.django}"):
        raise Failed(f"{host.name} was to run on Django {host.django}, not {before['django']}")
    place.install(f"crm-notify{host.extras} @ {wheel.as_uri()}")
    after = place.packages()
    moved = {name: (was, after.get(name)) for name, was in before.items() if after.get(name) != was}
    if moved:
        raise Failed(f"Installing us moved what the host had: {moved}")
    say(f"Django {before['django']} before and after, on Python {host.python}")


def follow(host: Host, place: Place, followed: Guide) -> None:
    """Do as the guide says: at most so many lines, and no new migration of the host's own."""
    if followed.added > MOST_LINES:
        raise Failed(f"docs/guides/{followed.name}.md adds {followed.added} lines; too many")
    guide.apply(followed, place.folder)
    say(f"docs/guides/{followed.name}.md adds {followed.added} lines")
    place.manage("makemigrations", "--check", "--dry-run")


def unaffected(host: Host, place: Place, before: dict[str, Any]) -> None:
    """All that is the host's own is as it was, but for the settings that the guide writes."""
    after = look(place)
    written = {"INSTALLED_APPS", "MIDDLEWARE", "CRM_NOTIFY", "MAILERS"}
    changed = {
        name
        for name, value in before["settings"].items()
        if name not in written and after["settings"].get(name) != value
    }
    new = after["settings"].keys() - before["settings"].keys() - written
    listening = {
        where: names
        for where, names in after["receivers"].items()
        if names != before["receivers"].get(where, []) and where.split()[0] not in host.tracked
    }
    others = {
        name: (before[name], after[name])
        for name in ("mailer", "process", "tests")
        if after[name] != before[name]
    }
    if changed or new or listening or others:
        wrong = f"settings {sorted(changed | new)}, listeners {listening}, {others}"
        raise Failed(f"Not as before: {wrong}")
    say(f"Its {after['tests']} own tests, its settings, mailer and listeners are as before")


def prepare(place: Place, followed: Guide) -> None:
    """What the guide has people type before anything runs; and Janet's permission."""
    place.manage(*followed.typed("migrate")[1:], "--verbosity=0")
    place.manage(*followed.typed("check")[1:], "--fail-level=WARNING")
    place.manage("shell", "--verbosity=0", "--command", _ALLOW)


def part(host: Host, place: Place, before: dict[str, Any]) -> None:
    """Take us out again: nothing of ours is left but what Django itself keeps of any app."""
    place.manage("migrate", "crm_notify", "zero", "--verbosity=0")
    place.uninstall("crm-notify")
    shutil.copytree(host.folder, place.folder, dirs_exist_ok=True)
    tables = place.manage("shell", "--verbosity=0", "--command", _TABLES).split()
    if tables or look(place) != before:
        raise Failed(f"Something of ours was left: {tables}\n{before}\n{look(place)}")
    say("It has parted with us, and is as it was")
