"""A stored request is, to Django and Anymail, the request that once came."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import UploadedFile
from pytest_django import Settings

from crm_notify.channels.webhooks import request_of
from tests.channels.webhooks.posts import FORM, post

URL = "https://crm.example:8443/a%20b/notify/?q=%20x&q=2"


def test_method_url_headers_and_body_are_those_that_came() -> None:
    posted = post("mailgun", b"a=1&a=2&b=%C3%A9", content_type=FORM, url=URL, X_Odd="7")
    request = request_of(posted)
    assert request.method == "POST"
    assert request.build_absolute_uri() == URL
    assert request.scheme == "https"
    assert request.path == "/a b/notify/"
    assert request.GET.getlist("q") == [" x", "2"]
    assert request.headers["X-Odd"] == "7"
    assert request.content_type == FORM
    assert request.META["CONTENT_LENGTH"] == "16"
    assert request.body == posted.body
    assert request.POST.getlist("a") == ["1", "2"]
    assert request.POST["b"] == "é"


def test_another_absolute_url_is_built_as_ever() -> None:
    request = request_of(post("mailgun", b"", url="http://localhost/notify/"))
    assert request.build_absolute_uri("/x") == "http://localhost/x"
    assert request.META["SERVER_PORT"] == "80"


def test_what_headers_say_of_length_host_and_password_is_left_out() -> None:
    posted = post(
        "mailgun",
        b"1234",
        url=URL,
        Content_Length="0",
        Host="evil.example",
        Transfer_Encoding="chunked",
        Authorization="Basic x",
        X_Forwarded_Host="evil.example",
    )
    request = request_of(posted)
    assert request.META["CONTENT_LENGTH"] == "4"
    assert request.body == b"1234"
    for name in ["Authorization", "Transfer-Encoding", "X-Forwarded-Host"]:
        assert name not in request.headers
    assert request.headers["Host"] == "crm.example:8443"


def test_the_url_stands_even_where_the_host_would_put_a_prefix_before_it(
    settings: Settings,
) -> None:
    settings.FORCE_SCRIPT_NAME = "/prefix"
    settings.ALLOWED_HOSTS = []
    assert request_of(post("mandrill", b"", url=URL)).build_absolute_uri() == URL


@pytest.mark.parametrize("filename", ["", "..", "../../etc/passwd", "a.txt"])
def test_no_file_of_a_form_is_lost_for_its_name(filename: str) -> None:
    body = (
        "--xyz\r\nContent-Disposition: form-data; name=attachment-1; "
        f'filename="{filename}"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--xyz--\r\n'
    ).encode()
    content_type = "multipart/form-data; boundary=xyz"
    file = request_of(post("mailgun", body, content_type=content_type)).FILES["attachment-1"]
    assert isinstance(file, UploadedFile)
    assert file.read() == b"hello"
    assert file.name in {"attachment-1", "passwd", "a.txt"}


def test_a_form_larger_than_djangos_limit_is_read(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    content_type = "multipart/form-data; boundary=xyz"
    body = b'--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 100
    assert len(request_of(post("mailgun", body, content_type=content_type)).POST["a"]) == 100
    assert len(request_of(post("mailgun", b"a=" + b"x" * 100, content_type=FORM)).POST["a"]) == 100
