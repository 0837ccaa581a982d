"""The Django request made again from what was stored, as if it had just arrived."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, QueryDict
from django.http.request import HttpHeaders
from django.utils.datastructures import MultiValueDict

from crm_notify.rules.body import form
from crm_notify.rules.news import Posted

#: What the stored URL and body know better than headers, and the password that is not kept.
_LEFT_OUT = frozenset({"authorization", "content-length", "host", "transfer-encoding"})


class StoredRequest(WSGIRequest):
    """A request whose URL is the one it once had, and whose body may be as large as it is."""

    def __init__(self, posted: Posted) -> None:
        super().__init__(_environ(posted))
        self._url = posted.url
        # Its size was limited when it came; Django's limits for forms would lose large mails now.
        self._body = posted.body

    def build_absolute_uri(self, location: str | None = None) -> str:
        """The stored URL to the letter, for Mandrill signs it."""
        return self._url if location is None else super().build_absolute_uri(location)

    def parse_file_upload(
        self,
        META: Mapping[str, Any],  # noqa: N803 - Django's name
        post_data: Any,
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]]:
        """Read the parts by our own rules: no limit of Django's, no file lost for its name."""
        post = QueryDict(mutable=True, encoding=self.encoding)
        files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict()
        for field in form.fields(META["CONTENT_TYPE"], self._body):
            if field.filename is None:
                post.appendlist(field.name, field.value.decode(post.encoding, "replace"))
            else:
                # Django would drop a file without a name, and a returned mail often has none.
                name = field.filename.strip("./\\ ") or field.name
                file = SimpleUploadedFile(name, field.value, field.content_type)
                files.appendlist(field.name, file)
        return post, files


def request_of(posted: Posted) -> HttpRequest:
    """Return the request with method, URL, headers and body as stored, and its real length."""
    return StoredRequest(posted)


def content_type_of(posted: Posted) -> str:
    """The Content-Type header, or an empty string."""
    headers = {name.lower(): value for name, value in posted.headers.items()}
    return headers.get("content-type", "")


def _environ(posted: Posted) -> dict[str, Any]:
    url = urlsplit(posted.url)
    environ: dict[str, Any] = {}
    for name, value in posted.headers.items():
        if name.lower() not in _LEFT_OUT and not name.lower().startswith("x-forwarded-"):
            environ[HttpHeaders.to_wsgi_name(name)] = value
    return {
        **environ,
        "REQUEST_METHOD": posted.method,
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or {"https": 443}.get(url.scheme, 80)),
        "CONTENT_LENGTH": str(len(posted.body)),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(posted.body),
    }
