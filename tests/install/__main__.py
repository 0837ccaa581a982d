"""Install the wheel of the given folder into a bare Django project and use it there.

`python -m tests.install dist`, with the interpreter that the bare project is to have.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from email import message_from_bytes
from pathlib import Path

HERE = Path(__file__).parent
UV = str(Path(sys.executable).parent / "uv")


def main(folder: Path) -> None:
    (wheel,) = folder.glob("*.whl")
    look_into(wheel)
    with tempfile.TemporaryDirectory(prefix="crm_notify_install_") as name:
        place = Path(name)
        python = make_project(place, wheel)
        for variant in ("full", "bare"):
            print(f"== The wheel in a {variant} project", flush=True)
            manage = [python, "-W", "error", "manage.py"]
            settings = f"--settings=host.{variant}"
            run(*manage, "check", "--fail-level=WARNING", settings, cwd=place)
            run(*manage, "makemigrations", "--check", "--dry-run", settings, cwd=place)
            run(*manage, "migrate", "--verbosity=0", settings, cwd=place)
        print("== A mail goes out", flush=True)
        use(place, [python, "-W", "error", "manage.py"])


def look_into(wheel: Path) -> None:
    """The wheel holds the package, with everything that is not Python, and nothing else."""
    names = set(zipfile.ZipFile(wheel).namelist())
    strays = {name for name in names if not name.startswith(("crm_notify/", "crm_notify-"))}
    ours = (path for path in Path("crm_notify").rglob("*") if path.is_file())
    missing = {str(path) for path in ours if "__pycache__" not in path.parts} - names
    if strays or missing:
        sys.exit(f"{wheel.name} has strays {sorted(strays)} and lacks {sorted(missing)}")


def make_project(place: Path, wheel: Path) -> str:
    """Put a fresh project, with our settings beside its own, into the place; give its Python."""
    python = str(place / "venv" / "bin" / "python")
    run(UV, "venv", "--quiet", "--python", sys.executable, str(place / "venv"), cwd=place)
    run(UV, "pip", "install", "--quiet", "--python", python, str(wheel.resolve()), cwd=place)
    run(python, "-m", "django", "startproject", "host", ".", cwd=place)
    for template in HERE.glob("*.py-tpl"):
        (place / "host" / f"{template.stem}.py").write_text(template.read_text())
    return python


def use(place: Path, manage: list[str]) -> None:
    """Record an activity, let the worker look once, and find the mail that carries a token."""
    script = (HERE / "use.py-tpl").read_text()
    run(*manage, "shell", "--settings=host.full", "--verbosity=0", "--command", script, cwd=place)
    run(*manage, "crm_notify_worker", "--once", "--settings=host.full", cwd=place)
    (mail,) = (place / "mail").iterdir()
    message = message_from_bytes(mail.read_bytes())
    print(f"to {message['To']}, from {message['From']}: {message['Subject']}")
    if not ("john@example.com" in message["To"] and message["X-CRM-Notification"]):
        sys.exit(f"This is not the mail that was to be sent:\n{message}")


def run(*command: str, cwd: Path) -> None:
    """Run it where no module and no setting of the checkout is in reach."""
    shown = " ".join(word if "\n" not in word else "..." for word in command)
    print(f"$ {shown}", flush=True)
    ours = ("DJANGO_", "PYTHON", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(ours)}
    subprocess.run(command, check=True, cwd=cwd, env=environment)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
