"""What every test stands on: the database that TEST_DATABASE names, and marks by folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from tests.support.guard import guarded

pytest_plugins = ["tests.people", "tests.posts"]

TESTS = Path(__file__).parent
MARKED_FOLDERS = {"postgres", "browser", "mta", "servers"}


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded PostgreSQL once per run; xdist's workers inherit where it is."""
    if not on_postgres() or "TEST_POSTGRES_HOST" in os.environ or config.option.collectonly:
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    host = stack.enter_context(guarded("tests.support.postgres"))
    os.environ["TEST_POSTGRES_HOST"] = host
    stack.callback(os.environ.pop, "TEST_POSTGRES_HOST")
    # Django read its settings before this file was loaded.
    for alias in connections:
        connections.settings[alias]["HOST"] = host


def pytest_report_header() -> str:
    return f"database: {settings.DATABASES['default']['ENGINE']}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their folder, and on SQLite leave out, aloud, what needs PostgreSQL."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKED_FOLDERS:
            item.add_marker(folder)
    if not on_postgres():
        out = [item for item in items if item.get_closest_marker("postgres")]
        items[:] = [item for item in items if item not in out]
        if out:
            config.hook.pytest_deselected(items=out)


def on_postgres() -> bool:
    return os.environ.get("TEST_DATABASE") == "postgres"


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """The URL of a real broker, for tests that carry the mark `broker`."""
    with guarded("tests.support.valkey") as url:
        yield url
