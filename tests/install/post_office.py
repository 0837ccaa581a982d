"""The mail provider that hosts send by: SparkPost as far as they can tell."""

from __future__ import annotations

import sys
from urllib.parse import quote

from tests.install.host import API_KEY, SECRET, Host, Stage
from tests.install.story import UNKNOWN


def open_post_office(host: Host, stage: Stage) -> None:
    """Start the mail provider, which posts to the host what becomes of its mail."""
    user, _, password = SECRET.partition(":")
    hook = stage.hooks.replace("//", f"//{user}:{quote(password)}@") + host.webhooks
    options = ["--api-key", API_KEY, "--webhook", hook]
    for address in UNKNOWN:
        options += ["--unknown", address]
    port = stage.provider.rpartition(":")[2]
    stage.post_office.start(
        "provider", sys.executable, "-m", "project.provider", "--port", port, *options
    )
