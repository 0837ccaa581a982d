"""Who appears around a real Postfix. It needs root, Debian's postfix, and the PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from crm_notify.models import Receipt
from crm_notify.steps.interpret import interpret
from tests.mta.everybody import Python, python_for_everybody
from tests.mta.house import House, house, lmtp_server, write_script
from tests.mta.postfix import free_port

WAYS = ("pipe", "lmtp", "smtp")
SMTP = "django.core.mail.backends.smtp.EmailBackend"

Open = Callable[..., House]
Hear = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """SQLite's file belongs to one user, and here two write."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def environment(django_db_setup: None) -> Mapping[str, str]:
    """What processes beside the tests need to know."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.mta.settings",
        "MTA_DATABASE": str(connection.settings_dict["NAME"]),
        "TEST_DATABASE": "postgres",
        "TEST_POSTGRES_HOST": os.environ["TEST_POSTGRES_HOST"],
    }


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Where everybody can come; pytest's own folders are ours alone."""
    folder = Path(tempfile.mkdtemp(prefix="crm_notify_everybody_", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def python(folder: Path) -> Python:
    return python_for_everybody(folder)


@pytest.fixture(scope="session")
def script(folder: Path, python: Python, environment: Mapping[str, str]) -> Path:
    return write_script(folder, python, environment)


@pytest.fixture(scope="session")
def lmtp_port(environment: Mapping[str, str]) -> Iterator[int]:
    """Where our own mail server listens."""
    port = free_port()
    with lmtp_server(port, environment):
        yield port


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """How bounces come back."""
    return str(request.param)


@pytest.fixture
def open_house(
    script: Path, lmtp_port: int, crm_notify_settings: Callable[..., None]
) -> Iterator[Open]:
    """Start a Postfix, through which our mail goes from now on."""
    with ExitStack() as stack:

        def start(way: str, **given: Any) -> House:
            where = {"script": script} if way == "pipe" else {"port": lmtp_port}
            opened: AbstractContextManager[House] = house(way, **{**where, **given})
            here = stack.enter_context(opened)
            options = {"host": "127.0.0.1", "port": here.postfix.port}
            crm_notify_settings(MAILER={"BACKEND": SMTP, "OPTIONS": options})
            return here

        yield start


@pytest.fixture
def hear() -> Hear:
    """Wait for so many mails, and read them."""

    def listen(house: House, mails: int = 1, *, flush: bool = False) -> None:
        def here() -> bool:
            return Receipt.objects.count() >= mails

        house.wait_until(here, f"{mails} mails at the Return-Path", flush=flush)
        interpret()
        assert Receipt.objects.filter(state=Receipt.State.READ).count() == mails

    return listen
