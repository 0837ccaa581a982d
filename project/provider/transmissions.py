"""Reads a request to SparkPost's Transmissions API: what it asks for, or the documented error.

Source: developers.sparkpost.com/api/transmissions and
support.sparkpost.com/docs/tech-resources/extended-error-codes. Inline content only: stored
templates, stored recipient lists, A/B tests and pre-built MIME are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any

from project.provider.errors import ApiError, invalid, missing

_MAX_METADATA = 1000  # bytes, transmission and recipient merged
_MAX_CAMPAIGN = 64  # bytes
_OWN_HEADERS = {"content-type", "content-transfer-encoding", "subject", "from", "to", "reply-to"}
_ADDRESS = re.compile(r"[!-;=?A-~]{1,64}@(?:[\w-]{1,63}\.)*[\w-]{1,63}", re.ASCII)
_HEADER_NAME = re.compile(r"[!-9;-~]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of the mail; `inline` ones are shown within the HTML by `cid:` and their name."""

    name: str
    type: str
    data: str
    inline: bool


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is to be said, the same for every recipient until substitution."""

    sender: str
    subject: str
    text: str
    html: str
    reply_to: str
    headers: Mapping[str, str]
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One envelope recipient, with transmission-wide values already folded in."""

    address: str
    header_to: str
    return_path: str
    metadata: Mapping[str, Any]
    substitutions: Mapping[str, Any]
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Transmission:
    """A request that is taken; `rejected` holds an error for each recipient that is not."""

    content: Content
    recipients: tuple[Recipient, ...]
    campaign_id: str
    transactional: bool
    substitute: bool
    rejected: tuple[ApiError, ...] = field(default=())


def read_transmission(body: bytes) -> Transmission:
    """The transmission that `body`, a JSON object, asks for; raises ApiError."""
    data = _decoded(body)
    options = _object(data, "options")
    recipients: list[Recipient] = []
    rejected: list[ApiError] = []
    for each in _recipient_list(data):
        try:
            recipients.append(_recipient(each, data))
        except ApiError as error:
            rejected.append(error)
    if not recipients:
        raise ApiError(400, "At least one valid recipient is required", "5002", str(rejected[0]))
    campaign_id = _line(data, "campaign_id")
    if len(campaign_id.encode()) > _MAX_CAMPAIGN:
        raise invalid(f"campaign_id is longer than {_MAX_CAMPAIGN} bytes")
    return Transmission(
        content=_content(data),
        recipients=tuple(recipients),
        campaign_id=campaign_id,
        transactional=options.get("transactional") is True,
        substitute=options.get("perform_substitutions") is not False,
        rejected=tuple(rejected),
    )


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
        json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate is no text
    except UnicodeError as error:
        raise ApiError(400, "Input data not UTF8 encoded", "1305") from error
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "invalid params", "1200", "The body is not JSON") from error
    if not isinstance(data, dict):
        raise invalid("The body is not a JSON object")
    return data


def _recipient_list(data: Mapping[str, Any]) -> list[Any]:
    recipients = data.get("recipients")
    if isinstance(recipients, dict):
        raise ApiError(422, "Subresource not found", "1603", "No recipient lists are stored here")
    if not recipients:
        raise missing("recipients is required")
    if not isinstance(recipients, list):
        raise invalid("recipients is not an array")
    return recipients


def _recipient(item: object, data: Mapping[str, Any]) -> Recipient:
    if not isinstance(item, dict):
        raise invalid("A recipient is not an object")
    address = item.get("address")
    if isinstance(address, str):
        address = {"email": address}
    if not isinstance(address, dict) or not address.get("email"):
        raise missing("address.email is required for each recipient")
    email = _address(address, "email")
    metadata = _object(data, "metadata") | _object(item, "metadata")
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > _MAX_METADATA:
        raise invalid(f"metadata is longer than {_MAX_METADATA} bytes")
    own = {"address": {"email": email, "name": _line(address, "name")}}
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise invalid("tags is not an array of strings")
    return Recipient(
        address=email,
        header_to=_line(address, "header_to") or formataddr((_line(address, "name"), email)),
        return_path=_address(item, "return_path") or _address(data, "return_path"),
        metadata=metadata,
        substitutions=metadata
        | _object(data, "substitution_data")
        | _object(item, "substitution_data")
        | own,
        tags=tuple(tags),
    )


def _content(data: Mapping[str, Any]) -> Content:
    content = _object(data, "content")
    if not content:
        raise missing("content is required")
    if "template_id" in content:
        if content.keys() & {"subject", "text", "html"}:
            raise ApiError(422, "Both content object and template_id are specified", "1301")
        raise ApiError(422, "Subresource not found", "1603", "No templates are stored here")
    text, html = _string(content, "text"), _string(content, "html")
    subject = _line(content, "subject")
    if not subject:
        raise missing("content.subject is required")
    if not (text or html):
        raise missing("content.text or content.html is required")
    return Content(
        sender=_sender(content),
        subject=subject,
        text=text,
        html=html,
        reply_to=_line(content, "reply_to"),
        headers=_headers(content),
        attachments=tuple(
            _attachment(item, inline=key == "inline_images")
            for key in ("attachments", "inline_images")
            for item in content.get(key, [])
        ),
    )


def _sender(content: Mapping[str, Any]) -> str:
    sender = content.get("from")
    if isinstance(sender, dict):
        return formataddr((_line(sender, "name"), _address(sender, "email", required=True)))
    header = _line(content, "from")
    _address({"content.from": parseaddr(header)[1]}, "content.from", required=True)
    return header


def _headers(content: Mapping[str, Any]) -> dict[str, str]:
    headers = _object(content, "headers")
    for name in headers:
        if not _HEADER_NAME.fullmatch(name) or name.casefold() in _OWN_HEADERS:
            raise invalid(f"The header {name!r} is not allowed")
    return {name: _line(headers, name) for name in headers}


def _attachment(item: object, *, inline: bool) -> Attachment:
    if not isinstance(item, dict):
        raise invalid("An attachment is not an object")
    name, kind, data = _line(item, "name"), _line(item, "type"), _string(item, "data")
    if "/" not in kind or not data:
        raise missing("type and data are required for each attachment")
    return Attachment(name=name, type=kind, data=data, inline=inline)


def _object(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, dict):
        raise invalid(f"{key} is not an object")
    return value


def _string(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"{key} is not a string")
    return value


def _line(data: Mapping[str, Any], key: str) -> str:
    """A string that will stand in a header: a line break in it would begin another header."""
    value = _string(data, key)
    if _CONTROL.search(value):
        raise invalid(f"{key} contains a control character")
    return value


def _address(data: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    value = _string(data, key)
    if required and not value:
        raise missing(f"{key} is required")
    if value and not _ADDRESS.fullmatch(value):
        raise invalid(f"{key} is not an e-mail address")
    return value
