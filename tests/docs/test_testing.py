"""The tests that docs/testing.md shows to hosts pass as they stand there; its table is whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from crm_notify import testing
from tests.docs.test_tables import ROOT, rows

BLOCK = re.compile(r"```python\n# crm/(\w+\.py)\n(.*?)```", re.DOTALL)
SETTINGS = "from tests.settings import *\n"
#: The host's own runner for Django's tests, and pytest for the others.
RUNNERS = {
    "tests.py": ["-m", "django", "test", "host"],
    "test_calls.py": ["-m", "pytest", "-q", "-p", "no:cacheprovider", "host"],
}


def test_every_name_is_in_the_table() -> None:
    documented = {
        re.match(r"`(\w+)", row[0]) for row in rows("docs/testing.md", "What there is")[1:]
    }
    assert sorted(found.group(1) for found in documented if found) == sorted(testing.__all__)


def test_the_tests_on_the_page_pass(tmp_path: Path) -> None:
    blocks = dict(BLOCK.findall((ROOT / "docs" / "testing.md").read_text()))
    assert set(blocks) == set(RUNNERS)
    host = tmp_path / "host"
    host.mkdir()
    (host / "__init__.py").touch()
    (tmp_path / "host_settings.py").write_text(SETTINGS)
    for name, code in blocks.items():
        (host / name).write_text(code.replace("from crm.models", "from tests.crm.models"))
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "host_settings",
        "TEST_DATABASE": "sqlite",
    }
    for name, command in RUNNERS.items():
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert ("Ran 2 tests" if name == "tests.py" else "2 passed") in said
