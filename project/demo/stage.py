"""What runs in the demonstration: broker, mail provider, web server, worker with beat."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from project.crm.people import JOHN
from project.demo.alone import alone
from project.demo.ports import HOST, any_free
from project.demo.programs import Programs, programs
from project.settings import DEMO, PROVIDER_API_KEY, ROOT, WEBHOOK_SECRET

LOGS = DEMO / "logs"
_WEBHOOKS = "notify/webhooks/sparkpost"
# One process with a few threads each: quick to start, and enough for one story.
_WEB = "--threads 8 --graceful-timeout 1 --keep-alive 15 --no-control-socket --access-logfile -"
_WORKER = "--beat --pool threads --concurrency 2 --without-gossip --without-mingle -l INFO"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where the CRM and the provider are reached while everything runs."""

    crm: str
    provider: str
    programs: Programs


@contextmanager
def stage(*, port: int, provider_port: int) -> Iterator[Stage]:
    """Start everything afresh, and end all of it with this block. Raises Trouble."""
    with alone(DEMO / "lock"):
        _sweep_out()
        with _started(port, provider_port) as running:
            yield running


def _sweep_out() -> None:
    """Remove what an earlier demonstration left, but for the lock that we hold."""
    for path in DEMO.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()
    LOGS.mkdir()


@contextmanager
def _started(port: int, provider_port: int) -> Iterator[Stage]:
    crm, provider = f"http://{HOST}:{port}", f"http://{HOST}:{provider_port}"
    broker_port = any_free()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "BASE_URL": crm,
        "PROVIDER_URL": provider,
        "BROKER_URL": f"redis://{HOST}:{broker_port}/0",
        "PYTHONUNBUFFERED": "1",
    }
    with programs(folder=ROOT, logs=LOGS, environment=environment) as running:
        data = str(DEMO / "broker")
        _start(running, "broker", f"-m project.demo.broker {broker_port}", data)
        _start_provider(running, crm, provider_port)
        _start(running, "web server", f"-m gunicorn project.wsgi {_WEB} -b {HOST}:{port}")
        schedule = str(DEMO / "beat-schedule")
        _start(running, "worker", f"-m celery -A project.celery worker {_WORKER} -s", schedule)
        # Meanwhile: neither of them looks at the database before it is asked to.
        running.run("database", sys.executable, "manage.py", "seed_demo", "--migrate")
        for what, ready in (
            ("the broker answers", _listens(broker_port)),
            ("the mail provider answers", _answers(f"{provider}/mailboxes.json")),
            ("the CRM answers", _answers(f"{crm}/login/")),
            ("the worker is ready", _says(LOGS / "worker.log", " ready.")),
        ):
            running.wait_for(ready, what=what)
        yield Stage(crm=crm, provider=provider, programs=running)


def _start_provider(running: Programs, crm: str, port: int) -> None:
    hooks = crm.replace("//", f"//{WEBHOOK_SECRET}@") + f"/{_WEBHOOKS}"
    _start(
        running,
        "mail provider",
        "-m project.provider",
        *("--port", str(port), "--api-key", PROVIDER_API_KEY, "--unknown", JOHN.email),
        *("--webhook", f"{hooks}/tracking/", "--inbound-webhook", f"{hooks}/inbound/"),
    )


def _start(running: Programs, name: str, command: str, *more: str) -> None:
    running.start(name, sys.executable, *command.split(), *more)


def _answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return requests.get(url, timeout=1).ok
        except requests.RequestException:
            return False

    return ready


def _listens(port: int) -> Callable[[], bool]:
    def ready() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, port)) == 0

    return ready


def _says(log: Path, words: str) -> Callable[[], bool]:
    def ready() -> bool:
        return log.exists() and words in log.read_text(errors="replace")

    return ready
