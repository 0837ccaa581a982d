"""A form gives its fields byte for byte, and nothing can make reading it fail or run away."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from crm_notify.rules.body.form import MAX_FIELDS, Field, fields, media_type, values

MULTIPART = "multipart/form-data; boundary=xyz"


def part(name: str, value: bytes, *, extra: str = "", eol: bytes = b"\r\n") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"{extra}'.encode()
    return b"--xyz" + eol + head + eol + eol + value + eol


def test_a_urlencoded_field_keeps_its_bytes() -> None:
    assert values("application/x-www-form-urlencoded", b"a=1+%2B&b=%e4%FF&b=2&=x&c") == {
        "a": b"1 +",
        "b": b"2",
        "c": b"",
    }


def test_a_multipart_field_keeps_its_bytes_and_line_ends() -> None:
    mail = b"Subject: \xe4\r\n\r\nline\n--xy\r\nend\r\n"
    body = part("recipient", b"a@b.example") + part("body-mime", mail) + b"--xyz--\r\nepilogue"
    assert values(MULTIPART, body) == {"recipient": b"a@b.example", "body-mime": mail}


def test_a_preamble_a_quoted_boundary_and_bare_line_feeds_are_understood() -> None:
    body = b"preamble\n" + part("a", b"1", eol=b"\n") + b"--xyz--"
    assert values('multipart/form-data; charset=utf-8; boundary="xyz"', body) == {"a": b"1"}


def test_an_unquoted_name_is_understood() -> None:
    body = b"--xyz\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n1\r\n--xyz--"
    assert fields(MULTIPART, body) == [Field(name="a", value=b"1", filename="b")]


def test_a_file_is_told_from_a_field() -> None:
    head = '; filename="a \xe4.txt"\r\nContent-Type: text/plain; charset=utf-8'
    body = part("attachment1", b"text", extra=head) + b"--xyz--\r\n"
    assert fields(MULTIPART, body) == [
        Field(
            name="attachment1",
            value=b"text",
            filename="a \xe4.txt",
            content_type="text/plain; charset=utf-8",
        )
    ]
    assert values(MULTIPART, body) == {}


def test_what_is_no_part_is_left_out() -> None:
    nameless = b"--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n"
    headless = b"--xyz\r\n\r\n2\r\n"
    endless = b"--xyz\r\nContent-Disposition: form-data; name=c"
    assert values(MULTIPART, nameless + headless + endless) == {}
    assert values("multipart/form-data", part("a", b"1")) == {}


def test_only_so_many_fields_are_taken() -> None:
    assert len(fields("", b"a=1&" * (MAX_FIELDS + 5))) == MAX_FIELDS
    assert len(fields(MULTIPART, part("a", b"1") * (MAX_FIELDS + 5))) == MAX_FIELDS


def test_a_media_type_stands_without_its_parameters() -> None:
    assert media_type(" Application/JSON ; charset=utf-8") == "application/json"


@given(st.sampled_from([MULTIPART, "", "multipart/form-data"]), st.binary(max_size=500))
def test_no_bytes_make_it_fail(content_type: str, body: bytes) -> None:
    assert isinstance(fields(content_type, body), list)


def test_a_large_hostile_form_is_read_in_no_time() -> None:
    bodies = [b"\n--xy" * 2_000_000, b"\r\n" * 5_000_000, b"\n--xyz\n" * 1_000_000]
    started = time.perf_counter()
    for body in bodies:
        fields(MULTIPART, body)
    assert time.perf_counter() - started < 2
