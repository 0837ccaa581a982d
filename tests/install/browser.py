"""A person at a browser: reads pages and sends their forms, with all that stands hidden in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import requests

from tests.install.place import Failed

TIMEOUT = 20  # seconds


@dataclass(kw_only=True)
class Form:
    """A form of a page: where it is posted, and what stands in its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a browser has in front of it."""

    url: str
    status: int
    text: str

    def form(self, ending: str) -> Form:
        """The first form whose address ends so; Failed where the page has none."""
        reader = _Forms()
        reader.feed(self.text)
        for form in reader.forms:
            if urljoin(self.url, form.action).endswith(ending):
                return form
        raise Failed(f"{self.url} ({self.status}) has no form that leads to {ending}")

    def link(self, ending: str) -> str:
        """The address of the first link that ends so; Failed where the page has none."""
        reader = _Forms()
        reader.feed(self.text)
        for link in reader.links:
            if link.endswith(ending):
                return urljoin(self.url, link)
        raise Failed(f"{self.url} ({self.status}) has no link to {ending}")


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(action=given.get("action", "")))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "input" and self.forms and given.get("name"):
            ticked = given.get("type") not in {"checkbox", "radio", "submit"} or "checked" in given
            if ticked:
                self.forms[-1].fields[given["name"]] = given.get("value", "")


class Browser:
    """One browser with its cookies, at one site; Failed where it gets no page."""

    def __init__(self, site: str, **headers: str) -> None:
        self._site = site
        self._session = requests.Session()
        self._session.headers.update(headers)

    def get(self, path: str, **more: Any) -> Page:
        return self._page("GET", path, **more)

    def submit(self, page: Page, ending: str, *, follow: bool = True, **fields: Any) -> Page:
        """Fill the page's form that leads there, send it, and return the page that comes then.

        Without ``follow`` it is what the form itself was answered.
        """
        form = page.form(ending)
        where = urljoin(page.url, form.action)
        # As a browser does; Django looks at it where a site is reached by https.
        headers = {"Referer": page.url}
        filled = {**form.fields, **fields}
        return self._page("POST", where, data=filled, headers=headers, allow_redirects=follow)

    def json(self, method: str, path: str, **more: Any) -> Any:
        """What a script reads or sends."""
        answer = self._ask(method, path, **more)
        if not answer.ok:
            raise Failed(f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}")
        return answer.json()

    def status(self, method: str, path: str, **more: Any) -> int:
        """The status that a script is answered, whichever it is."""
        return self._ask(method, path, **more).status_code

    def _page(self, method: str, path: str, **more: Any) -> Page:
        answer = self._ask(method, path, **more)
        page = Page(url=answer.url, status=answer.status_code, text=answer.text)
        if not answer.ok:
            raise Failed(f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}")
        return page

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        try:
            return self._session.request(method, urljoin(self._site, path), timeout=TIMEOUT, **more)
        except requests.RequestException as error:
            raise Failed(f"{method} {path} had no answer: {error}") from error
