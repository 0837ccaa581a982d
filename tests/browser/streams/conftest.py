"""Windows of several people at a host under uvicorn, while this process is the worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.live.running import NEVER
from tests.support.guard import guarded


def _serving(server: str, poll: str) -> Iterator[str]:
    name = connection.settings_dict["NAME"]
    with guarded("tests.live.running", server, name, poll) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """Under ASGI; its pages hardly ever ask."""
    yield from _serving("uvicorn", NEVER)


@pytest.fixture(scope="module")
def wsgi_site(django_db_setup: None) -> Iterator[str]:
    """Under WSGI; its pages ask twice a second."""
    yield from _serving("gunicorn", "500")
