"""As the tests' own, but for a second database and a router."""

from __future__ import annotations

import copy
import os

from tests.settings import *  # noqa: F403
from tests.settings import CRM_NOTIFY, DATABASES

DATABASES["apart"] = copy.deepcopy(DATABASES["default"])
for alias, database in DATABASES.items():
    name = database["TEST"]["NAME"].removesuffix(".sqlite3")
    suffix = ".sqlite3" if "sqlite3" in database["ENGINE"] else ""
    database["TEST"]["NAME"] = f"{name}_{alias}_{os.getpid()}{suffix}"
DATABASE_ROUTERS = ["tests.apart.router.Router"]
CRM_NOTIFY["TRACK"] = {
    "sales.Team": {
        "created": "founded a team",
        "changed": ["name"],
        "tell": ["tests.apart.story.everybody"],
    }
}
