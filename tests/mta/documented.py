"""The set-up that docs/receiving.md tells hosts to type, with the places of a test in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.mta.everybody import Python
from tests.support.guard import ROOT

PAGE = ROOT / "docs" / "receiving.md"


def block(beginning: str) -> str:
    """The one block of code that begins so."""
    (found,) = re.findall(
        rf"^```\w*\n({re.escape(beginning)}.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    return str(found)


def main_cf(way: str, *, port: int, routes: Mapping[str, str]) -> str:
    """What main.cf says for a way, with routes to other places beside ours."""
    first = "\ntransport_maps = inline:{ bounces.example.com="
    there = {"pipe": "crm_bounces:", "lmtp": "lmtp:inet:", "smtp": "lmtp:inet:"}[way]
    (text,) = re.findall(
        rf"^```ini\n(relay_domains[^`]*?{re.escape(first + there)}.*?)^```$",
        PAGE.read_text(),
        re.MULTILINE | re.DOTALL,
    )
    text = str(text).replace("bounces.example.com", "bounces.crm.example")
    if way == "smtp":
        text = text.replace("lmtp:inet:127.0.0.1:8024", "smtp:[127.0.0.1]:8024")
    text = text.replace("8024", str(port))
    others = " ".join(f"{name}={route}," for name, route in routes.items())
    return text.replace("transport_maps = inline:{", f"transport_maps = inline:{{ {others}")


def master_cf(script: Path) -> str:
    """The service of the pipe; its user is the one that can reach the embedded PostgreSQL."""
    text = block("crm_bounces unix")
    return text.replace("user=crm", "user=nobody").replace("/srv/crm/bounce-pipe", str(script))


def recipients() -> str:
    """The addresses that Postfix lets in before the pipe."""
    return block("/^bounce").replace(r"bounces\.example\.com", r"bounces\.crm\.example")


def bounce_pipe(python: Python, environment: Mapping[str, str]) -> str:
    """The script between Postfix and the command."""
    exported = {**python.environment, **environment}
    lines = "".join(f"export {name}='{value}'\n" for name, value in exported.items())
    text = block("#!/bin/sh").replace("/srv/crm", str(python.root))
    text = text.replace(".venv/bin/python", str(python.executable))
    return text.replace("#!/bin/sh\n", f"#!/bin/sh\n{lines}")
