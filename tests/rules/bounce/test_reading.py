"""Taking a message apart: broken structure, odd charsets, and where the returned copy begins."""

from __future__ import annotations

import base64

import pytest

from crm_notify.rules.bounce.addresses import addresses
from crm_notify.rules.bounce.copies import before_copy
from crm_notify.rules.bounce.decoding import header_text, text_of
from crm_notify.rules.bounce.fields import read_fields
from crm_notify.rules.bounce.mime import MAX_BYTES, MAX_DEPTH, MAX_PARTS, split
from crm_notify.rules.bounce.notice import read_notice
from crm_notify.rules.bounce.wording import earliest, fold, occurs, phrases, without_tags


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("grüße".encode(), "iso-2022-jp", "grüße"),
        ("grüße".encode("latin-1"), "iso-8859-1", "grüße"),
        ("grüße".encode("latin-1"), "no-such-charset", "grüße"),
        ("grüße".encode("latin-1"), "idna", "grüße"),
        ("привет".encode("koi8-r"), "KOI8-R", "привет"),
        ("宛先".encode("iso-2022-jp"), "us-ascii", "宛先"),
        ("宛先".encode("shift_jis"), "x-sjis", "宛先"),
        ("收件人".encode("gbk"), "gbk", "收件人"),
    ],
)
def test_text_is_read_whatever_charset_it_claims(data: bytes, charset: str, text: str) -> None:
    assert text_of(data, charset=charset) == text


@pytest.mark.parametrize("cut", range(4))
def test_base64_that_was_cut_off_is_read_as_far_as_it_goes(cut: int) -> None:
    data = base64.b64encode(b"user unknown!!")
    assert text_of(data[: len(data) - cut], transfer="Base64").startswith("user unknow")


def test_quoted_printable_is_decoded() -> None:
    assert text_of(b"=C3=BCber=\nall =", transfer="quoted-printable") == "überall "


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?Unzustellbar=3A_gr=C3=BC=C3=9Fe?=", "Unzustellbar: grüße"),
        ("=?utf-8?B?44Ki?=\n =?utf-8?B?44Kk?=", "アイ"),
        ("=?utf-8*en?Q?a?= b", "a b"),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("plain \t text", "plain text"),
    ],
)
def test_encoded_words_are_decoded_and_what_is_none_is_left(value: str, text: str) -> None:
    assert header_text(value) == text


def test_fields_are_unfolded_and_what_is_no_field_is_passed_over() -> None:
    fields = read_fields("From MAILER Mon\n lost\nA: 1\n\t2\nb : 3\nA: 4\n: 5\nc")
    assert fields.pairs == (("a", "1 2"), ("b", "3"), ("a", "4"))
    assert fields.get("a") == "1 2"
    assert "b" in fields
    assert "c" not in fields


def test_no_more_than_300_fields_are_read() -> None:
    assert len(read_fields("A: 1\n" * 400).pairs) == 300


def types(raw: bytes) -> list[str]:
    return [part.type for part in split(raw)[1]]


def test_parts_come_in_order_and_end_at_the_closing_delimiter() -> None:
    raw = (
        b'Content-Type: multipart/mixed; boundary="a"\r\n\r\npreamble\r\n--a\r\n\r\none\r\n'
        b"--a \r\nContent-Type: TEXT/HTML\r\n\r\ntwo\r\n--a--\r\n--a\r\n\r\nepilogue\r\n"
    )
    assert types(raw) == ["text/plain", "text/html"]
    assert [part.text for part in split(raw)[1]] == ["one", "two"]


def test_a_nested_boundary_may_begin_with_the_outer_one() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"
        b"Content-Type: multipart/mixed; boundary=a1\n\n--a1\n\none\n--a1\n\ntwo\n--a1--\n"
        b"--a\n\nthree\n--a--\n"
    )
    assert [part.text for part in split(raw)[1]] == ["one", "two", "three"]


@pytest.mark.parametrize("boundary", [b"", b"; boundary=never", b'; boundary=""'])
def test_a_multipart_without_parts_is_read_as_text(boundary: bytes) -> None:
    raw = b"Content-Type: multipart/report" + boundary + b"\n\nUser unknown"
    assert types(raw) == ["text/plain"]


def test_depth_and_number_of_parts_are_bounded() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50)
    )
    assert types(deep) == ["multipart/mixed"]
    assert MAX_DEPTH < 50
    wide = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 1000
    assert len(types(wide)) == MAX_PARTS


def test_nothing_past_256_kib_is_read() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\n" + b"x" * MAX_BYTES
    assert types(raw + b"\n--a\nContent-Type: text/html\n\ny\n--a--") == ["text/plain"]
    assert MAX_BYTES == 256 * 1024


def test_a_message_may_begin_with_blank_lines_and_may_have_no_body() -> None:
    assert split(b" \r\n\r\nSubject: x")[0].get("subject") == "x"
    assert split(b"")[1][0].body == b""


def test_a_part_without_headers_is_text() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nno headers\n--a--"
    assert split(raw)[1][0].text == "no headers"


def test_html_is_read_where_there_is_no_text() -> None:
    raw = b"Content-Type: text/html\n\n<p>No&nbsp;such<br/>user &lt;x&gt; 1 < 2 &#65; &#x42;"
    assert fold(read_notice(raw).text) == " no such user <x> 1 2 a b"


def test_styles_and_scripts_are_not_read() -> None:
    html = "<style\ntype=x>user unknown</style>a<script>quota</script>b<b>c</b> &nosuch; &#0;"
    assert without_tags(html) == "abc &nosuch; &#0;"


def test_words_after_the_copy_are_read_where_none_stand_before_it() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\n"
        b"Subject: x\n\nreturned\n--a\n\nnot delivered\n--a--"
    )
    notice = read_notice(raw)
    assert notice.text == "not delivered"
    assert notice.returned.get("subject") == "x"


@pytest.mark.parametrize(
    "mark",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
        "Original message follows.",
        "Message headers follow",
        "----- Ursprüngliche Nachricht -----",
        "--- Mensaje original adjunto.",
        "---------- Forwarded message ---------",
    ],
)
def test_the_copy_begins_at_the_line_that_announces_it(mark: str) -> None:
    text, headers = before_copy(f"No such user\n\n{mark}\n\nMessage-ID: <n1@crm.example>\n\n550")
    assert text.strip() == "No such user"
    assert headers.get("message-id") == "<n1@crm.example>"


def test_a_remark_may_stand_between_the_announcement_and_the_copy() -> None:
    mark = "--- This is a copy of the message ---\n--- Note: its body was cut off.\n"
    assert before_copy(f"No\n{mark}\nMessage-ID: <n1@crm>\n\nx")[1].get("message-id") == "<n1@crm>"


def test_what_announces_a_summary_is_read_on() -> None:
    assert before_copy("Original mail:\nof noon\n\nReason: 550")[0].endswith("550")
    decorated = "--- Original mail ---\nDear John\n\n550"
    assert before_copy(f"No\n{decorated}")[0] == "No"


def test_no_more_than_eight_announcements_are_looked_behind() -> None:
    text = "Original mail:\n" * 8
    assert before_copy(f"{text}--- Original mail ---\n550")[0].endswith("550")


@pytest.mark.parametrize("quote", ["", ">", "> "])
def test_the_copy_begins_at_a_trace_field(quote: str) -> None:
    text, headers = before_copy(f"No\n{quote}Received: from a\n{quote}Message-ID: <n1@crm>\n\nx")
    assert text == "No"
    assert headers.get("message-id") == "<n1@crm>"


@pytest.mark.parametrize(
    "line",
    [
        "Your original message was received at noon by this host",
        "Subject: A call",
        "The following is what the server said about the original message that you sent:",
    ],
)
def test_prose_does_not_announce_a_copy(line: str) -> None:
    assert before_copy(line)[0] == line


def test_quoted_lines_are_somebody_else_s_words() -> None:
    assert before_copy("a\n> not delivered\n>>> RCPT TO\nb")[0] == "a\n>>> RCPT TO\nb"


def test_addresses_are_found_once_and_at_most_50() -> None:
    assert addresses("<a@b.example>, 'a@b.example' or b+c@localhost.") == (
        "a@b.example",
        "b+c@localhost",
    )
    assert len(addresses(" ".join(f"a{n}@b.example" for n in range(99)))) == 50
    assert addresses("none") == ()


def test_phrases_are_compared_without_case_accents_and_line_ends() -> None:
    wanted = phrases("boîte*pleine | no such\n  don't")
    assert occurs(wanted, fold("La BOITE aux lettres est\n PLEINE"))
    assert occurs(wanted, fold("we don\u2019t"))
    assert not occurs(wanted, fold("boîte" + " x" * 50 + " pleine"))
    assert earliest(wanted, fold("boite" + "." * 90 + "boite pleine")) == 95
    assert earliest(wanted, "nothing") == -1


def test_a_japanese_sentence_may_be_folded_anywhere() -> None:
    assert occurs(phrases("見つかりません"), fold("アドレスが見つかり\nません"))
