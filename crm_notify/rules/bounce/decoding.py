"""Turn bytes from outside into text, with no codec chosen by a stranger and no exception."""

from __future__ import annotations

import binascii
import re

# A codec is picked from this list and nowhere else: Python would also decode "idna" in quadratic
# time, and remembers every unknown name that it was asked for.
_CODECS = frozenset(
    "utf-16 utf-16le utf-16be iso-2022-jp shift_jis euc-jp gb2312 gbk gb18030 big5 euc-kr"
    " iso-2022-kr koi8-r koi8-u tis-620 cp932 cp949 cp850 cp437 cp866".split()
) | frozenset(
    f"{family}{number}"
    for family, numbers in (
        ("iso-8859-", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
        ("windows-", range(1250, 1259)),
    )
    for number in numbers
)
_ALIASES = {"shift-jis": "shift_jis", "x-sjis": "shift_jis", "sjis": "shift_jis"}
_FALLBACK = "windows-1252"
_ENCODED_WORD = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def text_of(data: bytes, *, charset: str = "", transfer: str = "") -> str:
    """Decode a body by its transfer encoding and its charset, as far as both make sense."""
    transfer = transfer.strip().lower()
    if transfer == "quoted-printable":
        data = binascii.a2b_qp(data)
    elif transfer == "base64":
        data = _base64(data)
    return _decoded(data, charset).replace("\r\n", "\n")


def header_text(value: str) -> str:
    """Decode the encoded words (RFC 2047) in the value of a header, and put it on one line."""
    if "=?" in value:
        value = _ENCODED_WORD.sub(_word, _BETWEEN_WORDS.sub(r"\1", value))
    return " ".join(value.split())


def _decoded(data: bytes, charset: str) -> str:
    name = charset.strip().lower()
    name = _ALIASES.get(name, name)
    if b"\x1b$" in data:
        return data.decode(name if name in _CODECS else "iso-2022-jp", "replace")
    # Notices are often UTF-8 whatever they declare, and other text is hardly ever valid UTF-8.
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(name if name in _CODECS else _FALLBACK, "replace")


def _base64(data: bytes) -> bytes:
    clean = _NOT_BASE64.sub(b"", data)
    # A single left-over character holds no whole byte and would make the decoder raise.
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _word(match: re.Match[str]) -> str:
    charset, form, body = match.groups()
    data = body.encode("utf-8", "replace")
    data = _base64(data) if form in "bB" else binascii.a2b_qp(data, header=True)
    return _decoded(data, charset)
