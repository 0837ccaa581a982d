"""A person at a browser: follows the CRM's links, forms and JSON as a browser would."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import requests

from project.demo.programs import Trouble

TIMEOUT = 10  # seconds

_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_FORM = re.compile(r'<form\b[^>]*\baction="([^"]*)"')
_POLL = re.compile(r'data-crm-notify-url="([^"]*)"')


class Visitor:
    """One browser with its cookies; every method raises Trouble where it gets no page."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._session = requests.Session()

    def get(self, path: str) -> str:
        """The page at a path."""
        return self._answer("GET", path).text

    def json(self, path: str) -> Any:
        """What a script of the page reads."""
        return self._answer("GET", path, headers={"Accept": "application/json"}).json()

    def post(self, path: str, **fields: str) -> str:
        """Send a form with the token that the page put into it, and return the page after it."""
        token = self._session.cookies.get("csrftoken", "")
        return self._answer("POST", path, data={"csrfmiddlewaretoken": token, **fields}).text

    def log_in(self, username: str, password: str) -> None:
        """Log in by the form."""
        self.get("/login/")
        self.post("/login/", username=username, password=password)
        if "sessionid" not in self._session.cookies:
            raise Trouble(f"{username} could not log in.")

    def _answer(self, method: str, path: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(method, self._site + path, timeout=TIMEOUT, **more)
        except requests.RequestException as error:
            raise Trouble(f"{method} {path} had no answer: {error}") from error
        if not answer.ok:
            raise Trouble(f"{method} {path} was answered {answer.status_code} {answer.reason}.")
        return answer


def link_to(words: str, *, on: str) -> str:
    """Where the link with these words in it leads, on a page."""
    for address, inside in _LINK.findall(on):
        if words in unescape(inside):
            return unescape(address)
    raise Trouble(f"The page has no link to {words}.")


def form_at(ending: str, *, on: str) -> str:
    """The address of the page's first form whose path ends so."""
    for address in _FORM.findall(on):
        if unescape(address).endswith(ending):
            return unescape(address)
    raise Trouble(f"The page has no form that leads to {ending}.")


def polled_by(page: str) -> str:
    """The address that the page's script asks for news."""
    found = _POLL.search(page)
    if found is None:
        raise Trouble("The page shows no warnings, so no script of it asks for them.")
    return unescape(found.group(1))
