"""Anymail's views need settings before they parse anything."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.rules.providers.recorded import ANYMAIL


@pytest.fixture(autouse=True)
def _anymail(settings: Settings) -> None:
    settings.ANYMAIL = ANYMAIL
