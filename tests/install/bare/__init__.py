"""The wheel in a fresh project, and in one that has next to nothing."""

from __future__ import annotations

import sys
from email import message_from_bytes
from pathlib import Path

from tests.install.place import Failed, Place

HERE = Path(__file__).parent


def story(folder: Path, wheel: Path) -> None:
    """Install it into what `startproject` makes, look at the checks, and let a mail go out."""
    place = Place(folder=folder)
    place.make_python(sys.executable)
    place.install(str(wheel))
    place.run(place.python, "-m", "django", "startproject", "host", ".")
    for template in HERE.glob("*.py-tpl"):
        (folder / "host" / f"{template.stem}.py").write_text(template.read_text())
    for variant in ("full", "bare"):
        settings = f"--settings=host.{variant}"
        place.manage("check", "--fail-level=WARNING", settings)
        place.manage("makemigrations", "--check", "--dry-run", settings)
        place.manage("migrate", "--verbosity=0", settings)
    use(place)


def use(place: Place) -> None:
    """Record an activity, let the worker look once, and find the mail that carries a token."""
    script = (HERE / "use.py-tpl").read_text()
    place.manage("shell", "--settings=host.full", "--verbosity=0", "--command", script)
    place.manage("crm_notify_worker", "--once", "--settings=host.full")
    (mail,) = (place.folder / "mail").iterdir()
    message = message_from_bytes(mail.read_bytes())
    print(f"to {message['To']}, from {message['From']}: {message['Subject']}")
    if not ("john@example.com" in message["To"] and message["X-CRM-Notification"]):
        raise Failed(f"This is not the mail that was to be sent:\n{message}")
