"""Whether a person looks at a page, or a program fetches it in case that he might."""

from __future__ import annotations

from django.http import HttpRequest

#: Browsers say so in one of these: the Fetch Standard's, and two that are older than it.
_HEADERS = ("Sec-Purpose", "Purpose", "X-Moz")


def is_prefetch(request: HttpRequest) -> bool:
    """Whether the browser fetches it ahead, so that nobody has seen it yet."""
    return any("prefetch" in request.headers.get(name, "").lower() for name in _HEADERS)


def is_looked_at(request: HttpRequest) -> bool:
    """Whether somebody opened it: neither a program that asks for the head, nor a prefetch."""
    return request.method == "GET" and not is_prefetch(request)
