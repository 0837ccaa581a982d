"""Optional packages are loaded when they are needed, and a missing one is named with its extra."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from crm_notify.exceptions import MissingExtra
from crm_notify.extras import EXTRAS, is_installed, load

#: Packages that are installed by another name than they are imported by.
INSTALLED_AS = {"rest_framework": "djangorestframework"}
PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def test_a_package_that_is_there_is_loaded() -> None:
    assert load("cryptography.x509", extra="amazon-ses").Certificate
    assert is_installed("amazon-ses")


def test_a_missing_package_is_named_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert not is_installed("amazon-ses")
    with pytest.raises(MissingExtra, match=r'^cryptography .* pip install "crm-notify\[amazon-ses'):
        load("cryptography", extra="amazon-ses")


@pytest.mark.parametrize(("extra", "package"), EXTRAS.items())
def test_each_extra_can_be_installed_and_brings_its_package(extra: str, package: str) -> None:
    extras = tomllib.loads(PYPROJECT.read_text())["project"]["optional-dependencies"]
    name = INSTALLED_AS.get(package, package)
    assert any(requirement.startswith(name) for requirement in extras[extra])
