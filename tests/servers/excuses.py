"""What servers do by themselves, which no application can help; docs/servers.md tells hosts."""

from __future__ import annotations

from tests.servers.kinds import KINDS
from tests.servers.servers import BEHIND_NGINX

#: Who answers 400 to a Content-Length beside chunks, as RFC 9112 section 6.3 allows.
_STRICT = ("gunicorn sync", "gunicorn gthread", "gunicorn asgi", "uvicorn httptools", "daphne")
#: Who hands over no chunks, unless it is told to.
_WITHOUT_CHUNKS = ("runserver", "uwsgi http")
_CHUNKED = (
    *("chunked", "chunked form", "chunked multipart", "one chunk of 2 MiB", "gzip, chunked"),
    *("slow, chunked", "JSON called a form", "no slash, chunked", "length 0, but chunked"),
    "too large, chunked",
)

#: What a server refuses although others read it, by server and kind, with its answer.
REFUSED: dict[tuple[str, str], int] = {
    **{(server, "length 0, but chunked"): 400 for server in (*_STRICT, *BEHIND_NGINX)},
    **{(server, "length 0, but chunked, for Brevo"): 400 for server in (*_STRICT, *BEHIND_NGINX)},
    **{(server, kind): 503 for server in _WITHOUT_CHUNKS for kind in _CHUNKED},
    **{(server, "length 0, but chunked, for Brevo"): 429 for server in _WITHOUT_CHUNKS},
    # Its limit for a chunk is 1 MiB, unless it is told otherwise.
    ("uwsgi http-socket", "one chunk of 2 MiB"): 503,
    # It reads on, finds no request there, and answers that before it answers what it had found.
    ("uvicorn httptools", "denied by length 0"): 400,
    ("uvicorn httptools", "denied by no length"): 400,
    ("uvicorn httptools", "denied, for Brevo"): 400,
    ("hypercorn", "denied, HTTP 1.0"): 400,
}

#: Where the answer is the server's own and the provider drops what was refused so: nothing that
#: an application does can help. docs/servers.md says what a host can do.
LOST = {
    (server, kind)
    for (server, kind), status in REFUSED.items()
    if KINDS[kind].provider == "brevo" and status == 400
}

#: The answers after which a provider comes again, by crm_notify.rules.retrying.
COMES_AGAIN = {
    "brevo": {429},
    "sendgrid": set(range(500, 600)),
    "sparkpost": set(range(300, 600)),
}

#: Who does not let an application end the connection.
KEEPS_OPEN = {"gunicorn gthread", *BEHIND_NGINX}
