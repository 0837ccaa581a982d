"""HTML that is safe by construction: every text is escaped, only elements are markup."""

from __future__ import annotations

import html
from dataclasses import dataclass

_VOID = {"meta", "link"}


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element, written out."""

    markup: str


Child = Element | str | int | None


def element(tag: str, /, *children: Child, **attributes: str | None) -> Element:
    """An element with children in order; None among them, or as an attribute, is left out.

    Attribute names lose a trailing underscore (`class_`) and have hyphens for inner ones.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Element(markup=f"<{tag}{given}>")
    return Element(markup=f"<{tag}{given}>{''.join(map(_written, children))}</{tag}>")


def document(title: str, *body: Child, refresh: int | None = None) -> str:
    """A whole page; `refresh` is after how many seconds it loads itself again."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", http_equiv="refresh", content=str(refresh)) if refresh else None,
        element("title", title),
        element("link", rel="stylesheet", href="/style.css"),
    )
    return f"<!doctype html>\n{element('html', head, element('body', *body), lang='en').markup}\n"


def _written(child: Child) -> str:
    if isinstance(child, Element):
        return child.markup
    return "" if child is None else html.escape(str(child))
