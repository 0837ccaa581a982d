"""Which room answers which path."""

from __future__ import annotations

from project.provider import api, control, log, page, record
from project.provider.office import PostOffice
from project.provider.replies import Reply, Request, text_reply


def route(office: PostOffice, request: Request) -> Reply:
    """The answer to a request, whatever it asks for."""
    path = request.path.rstrip("/") or "/"
    if request.method == "POST" and path == api.PATH:
        return api.send(office, request)
    if request.method == "GET" and path == log.PATH:
        return log.search(office, request)
    if path.startswith("/api/"):
        return api.not_here(request)
    if request.method == "POST" and path.startswith(control.PATH):
        return control.control(office, request)
    if request.method != "GET":
        return text_reply("Method Not Allowed\n", 405)
    match path.split("/")[1:]:
        case [""]:
            return page.overview(office, request.query.get("mailbox", ""))
        case ["style.css"]:
            return page.style()
        case ["mailboxes.json"]:
            return record.mailboxes(office)
        case ["batches.json"]:
            return record.batches(office)
        case ["messages", message_id, *part] if len(part) <= 1:
            return page.message(office, message_id, *part)
    return text_reply("Not Found\n", 404)
