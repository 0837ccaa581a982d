"""Only one demonstration at a time may work in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from project.demo.alone import alone
from project.demo.programs import Trouble


def test_a_second_one_is_told_that_one_runs_already(tmp_path: Path) -> None:
    lock = tmp_path / "demo" / "lock"
    with (
        alone(lock),
        pytest.raises(Trouble, match="A demonstration runs here already"),
        alone(lock),
    ):
        pass


def test_the_next_one_may_begin_when_the_first_has_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with alone(tmp_path / "lock"):
            pass
