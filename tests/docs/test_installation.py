"""The README's steps, done one by one in a bare Django project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTION = re.compile(r"## Install it.*?\n(.*?)\n## ", re.DOTALL)
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)

#: What stands in for the host's own code around the copied lines.
BEFORE = {"urls.py": "from django.urls import include\n"}
USE = """
from types import SimpleNamespace
from django.contrib.auth.models import User
from django.template import RequestContext, Template
from django.test import RequestFactory
from crm_notify.models import Notification

janet, john = (User.objects.create_user(name, f"{name}@example.com") for name in ("janet", "john"))
customer = User.objects.create_user("customer")
customer.owner, call = john, SimpleNamespace(note="They are ready")
request = RequestFactory().get("/")
request.user = janet
"""


def steps() -> list[tuple[str, str]]:
    """The copyable blocks, each under the name of the file that its first line names."""
    section = SECTION.search((ROOT / "README.md").read_text())
    assert section is not None
    found = []
    for language, text in BLOCK.findall(section.group(1)):
        code = re.sub(r"^ {3}", "", text, flags=re.MULTILINE)
        named = re.match(r"# (\w+\.py)\n", code)
        found.append((named.group(1) if named else language, code))
    return found


def test_the_readmes_steps_work_in_a_bare_project(tmp_path: Path) -> None:
    """Everything but ``pip install``, which the test of the wheel does."""
    run = runner(tmp_path)
    run(sys.executable, "-m", "django", "startproject", "host", ".")
    use = USE
    template = ""
    for name, code in steps():
        if name.endswith(".py"):
            file = tmp_path / "host" / name
            before = BEFORE.get(name, "") if file.exists() else CELERY
            old = file.read_text() if file.exists() else ""
            file.write_text(f"{before}{old}\n{code}")
        elif name == "python":
            use += code
        elif name == "html":
            template = code
    check_lines_count(steps())
    for line in commands(steps()):
        run(*[sys.executable if word == "python" else word for word in line.split()])
    use += f"\nassert Notification.objects.get().recipient == john\nassert Template({template!r})"
    use += ".render(RequestContext(request)) is not None\n"
    run(sys.executable, "manage.py", "shell", "--verbosity=0", "--command", use)
    run(sys.executable, "-c", "import host.celery as c; assert c.app.conf.beat_schedule")


CELERY = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "host.settings")
from celery import Celery
app = Celery("host")
app.autodiscover_tasks()
"""


def check_lines_count(blocks: list[tuple[str, str]]) -> None:
    """A host adds at most fifteen lines of its own besides the values of the settings."""
    python = [code for name, code in blocks if name.endswith(("py", "python", "html"))]
    lines = [line for code in python for line in code.splitlines() if line.strip()]
    assert len([line for line in lines if not line.startswith(("    ", "#", "}"))]) <= 15


def commands(blocks: list[tuple[str, str]]) -> list[str]:
    """The README's shell lines, the worker's with an end to it."""
    lines = [line for name, code in blocks if name == "shell" for line in code.splitlines()]
    ours = [line for line in lines if line.startswith("python")]
    assert len(ours) == 3
    return [f"{line} --once" if line.endswith("crm_notify_worker") else line for line in ours]


def runner(place: Path):  # type: ignore[no-untyped-def]
    kept = {name: os.environ[name] for name in os.environ if not name.startswith("DJANGO")}
    environment = {**kept, "PYTHONPATH": str(ROOT)}

    def run(*command: str) -> None:
        done = subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    return run
