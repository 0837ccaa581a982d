"""Every command of ours in the documentation is one that can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import CommandError, load_command_class

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^ *(?:\$ )?python manage\.py (crm_notify_\w+)(.*)", re.MULTILINE)


def understood(name: str, words: str) -> bool:
    parser = load_command_class("crm_notify", name).create_parser("manage.py", name)
    parser.parse_args(shlex.split(words))
    return True


def test_each_is_understood_by_its_command() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    lines = [line for page in pages for line in LINE.findall(page.read_text())]
    assert {"crm_notify_intake", "crm_notify_replay", "crm_notify_import"} < {n for n, _ in lines}
    for name, words in lines:
        assert understood(name, words), (name, words)


def test_what_no_command_knows_would_be_seen() -> None:
    with pytest.raises(CommandError, match="unrecognized arguments: --dryrun"):
        understood("crm_notify_replay", "--dryrun")
