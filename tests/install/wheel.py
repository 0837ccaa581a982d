"""What is in the wheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.install.place import Failed


def look_into(wheel: Path) -> None:
    """The wheel holds the package, with everything that is not Python, and nothing else."""
    names = set(zipfile.ZipFile(wheel).namelist())
    strays = {name for name in names if not name.startswith(("crm_notify/", "crm_notify-"))}
    ours = (path for path in Path("crm_notify").rglob("*") if path.is_file())
    missing = {str(path) for path in ours if "__pycache__" not in path.parts} - names
    if strays or missing:
        raise Failed(f"{wheel.name} has strays {sorted(strays)} and lacks {sorted(missing)}")
