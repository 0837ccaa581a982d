"""A Python that every user can execute, for what Postfix runs as an unprivileged one."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.guard import ROOT

#: What our own part of the tree needs to run.
OURS = ("crm_notify", "project", "tests", "manage.py")
LEFT_OUT = shutil.ignore_patterns(
    "site-packages", "test", "idlelib", "lib2to3", "config-*", "playwright", "corpus", "payloads"
)


@dataclass(frozen=True, kw_only=True)
class Python:
    """How to run it, and where manage.py is."""

    executable: Path
    root: Path
    environment: Mapping[str, str]


def python_for_everybody(folder: Path) -> Python:
    """This interpreter, with copies in ``folder`` of whatever only we may read."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    executable = Path(sys.executable).resolve()
    stdlib = Path(sysconfig.get_path("stdlib"))
    packages = Path(sysconfig.get_path("purelib"))
    environment = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}
    if not (_is_open(executable) and _is_open(stdlib)):
        home = folder / "python"
        (home / "bin").mkdir(parents=True)
        executable = Path(shutil.copy2(executable, home / "bin" / name))
        shutil.copytree(stdlib, home / "lib" / name, ignore=LEFT_OUT)
        for library in Path(sysconfig.get_config_var("LIBDIR")).glob("libpython3*.so*"):
            shutil.copy2(library, home / "lib")
        environment["LD_LIBRARY_PATH"] = str(home / "lib")
    if not _is_open(packages):
        packages = shutil.copytree(packages, folder / "packages", ignore=LEFT_OUT)
    root = ROOT
    if not _is_open(root):
        root = folder / "root"
        root.mkdir()
        for part in OURS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, root / part, ignore=LEFT_OUT)
            else:
                shutil.copy2(ROOT / part, root)
    environment["PYTHONPATH"] = os.pathsep.join([str(root), str(packages)])
    return Python(executable=executable, root=root, environment=environment)


def _is_open(path: Path) -> bool:
    """Whether every user may come there and read: no folder of mode 0700, such as /root, above."""
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (path, *path.parents))
