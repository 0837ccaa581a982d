"""The form as a browser has it, and what the page says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

PAGE = "/notify/preferences/"
SMS = {
    "sms": {"CLASS": "crm.sms.Gateway"},
    "chat": {"CLASS": "crm.chat.Gateway", "LABEL": "Our chat"},
}


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the form as it stands there."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", html.partition("</form>")[0]):
        given = {name: unescape(text) for name, text in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if given["type"] != "checkbox":
            found[given["name"]] = given.get("value", "")
        elif " checked" in tag:
            found[given["name"]] = "on"
    for name, options in re.findall(r'<select name="([\w-]+)"(.*?)</select>', html, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        found[name] = unescape(chosen[0]) if chosen else ""
    return found


def words(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def problems(answer: Any) -> list[str]:
    """What the summary at the top says, after which nothing was saved."""
    assert answer.status_code == 400
    summary = answer.content.decode().partition('role="alert">')[2].partition("</ul>")[0]
    return [
        " ".join(unescape(re.sub(r"<[^>]+>", "", line)).split())
        for line in re.findall(r"<li>(.*?)</li>", summary)
    ]
