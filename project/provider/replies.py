"""Requests and replies as values, so that what answers them needs no socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked. `headers` finds a name in any case; `query` holds the last of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is answered; `drop` closes the connection instead."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    policy: str = _PAGE_POLICY
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False


def json_reply(
    data: object, status: int = 200, *, headers: Mapping[str, str] | None = None
) -> Reply:
    body = json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"
    return Reply(status=status, body=body, content_type="application/json", headers=headers or {})


def html_reply(text: str, *, status: int = 200, policy: str = _PAGE_POLICY) -> Reply:
    return Reply(
        status=status, body=text.encode(), content_type="text/html; charset=utf-8", policy=policy
    )


def text_reply(text: str, status: int = 200) -> Reply:
    return Reply(status=status, body=text.encode())
