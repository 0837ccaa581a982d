"""A host without django.contrib.admin: nothing of the admin is ever imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOST = """
import sys
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "crm_notify"],
    CRM_NOTIFY={"INSTALLATION": "tests"},
)
import django
django.setup()
import crm_notify.api, crm_notify.tasks, crm_notify.urls
print(sorted(name for name in sys.modules if name.startswith("crm_notify.admin")))
"""


def test_the_package_needs_no_admin() -> None:
    run = subprocess.run(
        [sys.executable, "-c", HOST],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert run.stdout == "[]\n"
