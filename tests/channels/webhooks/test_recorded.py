"""Every request that a provider's documentation shows is read from the store, and none is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_notify.channels.webhooks import NAMES, parse
from crm_notify.rules.body import is_empty, is_ping
from crm_notify.rules.evidence import Kind
from crm_notify.rules.news import Posted
from tests.channels.webhooks.posts import post

pytestmark = pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")

TESTS = Path(__file__).parents[2]
#: <provider>/<event>.json or .txt is a body, <event>.headers.json what came with it.
PAYLOADS = TESTS / "rules" / "providers" / "payloads"
RECORDED = sorted(path for path in PAYLOADS.glob("*/*") if not path.name.endswith(".headers.json"))

#: About a mail that came in, which is none of ours; Anymail leaves it out.
SILENT = {"postal/incoming-message"}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def recorded(path: Path) -> Posted:
    headers = path.with_suffix(".headers.json")
    given = json.loads(headers.read_text()) if headers.exists() else {}
    content_type = given.pop("Content-Type", "application/json")
    return post(path.parent.name, path.read_bytes(), content_type=content_type, **given)


def test_every_provider_is_recorded() -> None:
    assert {path.parent.name for path in RECORDED} == {
        provider for provider, via in NAMES if via == "tracking"
    } - {"sendinblue"}


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_what_is_documented_is_read(path: Path) -> None:
    posted = recorded(path)
    parsed = parse(posted)
    assert parsed.unreadable == ()
    assert parsed.mails == ()
    if is_ping(posted.provider, posted.body):
        assert parsed.heard == ()
        return
    content_type = posted.headers["content-type"]
    assert not is_empty(posted.provider, posted.via, content_type, posted.body)
    assert bool(parsed.heard) is (name_of(path) not in SILENT)
    for heard in parsed.heard:
        assert heard.recipient or heard.reading.kind == Kind.OTHER
