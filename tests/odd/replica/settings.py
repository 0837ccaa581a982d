"""As the tests' own, with a replica that nothing is copied to."""

from __future__ import annotations

from tests.odd.databases import second
from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["replica"] = second("replica")
DATABASE_ROUTERS = ["tests.odd.replica.router.Router"]
