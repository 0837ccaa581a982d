"""The pages: what each mailbox got, one mail in full, and the state of the webhooks."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from project.provider.guide import guide
from project.provider.letter_card import SANDBOX, body_of, card, facts, way
from project.provider.letters import Letter
from project.provider.markup import Child, Element, document, element
from project.provider.office import PostOffice
from project.provider.replies import Reply, html_reply, text_reply
from project.provider.webhook_panel import panel

REFRESH = 3  # seconds
SHOWN = 25  # mails on one page
# A mail is hostile: no script, no picture from outside.
_MAIL_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def overview(office: PostOffice, mailbox: str) -> Reply:
    """All mail, or that of one mailbox; it loads itself again."""
    now = time.time()
    letters = office.letters
    chosen = [each for each in letters if mailbox in {"", each.message.mailbox}]
    return html_reply(
        document(
            mailbox or "Local mail provider",
            _top(letters, now),
            element(
                "div",
                _mailboxes(letters, mailbox, now),
                element("main", *_cards(chosen, now)),
                panel(office),
                class_="columns",
            ),
            guide(office),
            refresh=REFRESH,
        )
    )


def message(office: PostOffice, message_id: str, part: str = "") -> Reply:
    """One mail in full; its `html` for the frame; or `raw`, as it went over the wire."""
    letter = next((each for each in office.letters if each.message.id == message_id), None)
    match letter, part:
        case None, _:
            return text_reply("There is no such mail.\n", 404)
        case _, "":
            return html_reply(_in_full(letter, time.time()))
        case _, "html":
            return html_reply(f'<base target="_blank">{letter.message.html}', policy=_MAIL_POLICY)
        case _, "raw":
            return Reply(body=letter.message.raw)
    return text_reply("Not Found\n", 404)


def style() -> Reply:
    sheet = Path(__file__).with_name("style.css").read_bytes()
    return Reply(body=sheet, content_type="text/css; charset=utf-8")


def _top(letters: Sequence[Letter], now: float) -> Element:
    held, refused = _counts(letters, now)
    return element(
        "header",
        element(
            "div",
            element("h1", "Local mail provider"),
            element("p", "Speaks SparkPost. Nothing leaves this machine."),
        ),
        element(
            "dl",
            _figure("mails taken", len(letters)),
            _figure("in mailboxes", held),
            _figure("refused", refused),
            class_="figures",
        ),
        class_="top",
    )


def _figure(name: str, value: int) -> Element:
    return element("div", element("dt", name), element("dd", value))


def _mailboxes(letters: Sequence[Letter], chosen: str, now: float) -> Element:
    found: dict[str, list[Letter]] = {}
    for letter in letters:
        found.setdefault(letter.message.mailbox, []).append(letter)
    links = [_mailbox_link("", "All mail", chosen, _counts(letters, now))]
    links += [
        _mailbox_link(mailbox, mailbox, chosen, _counts(own, now))
        for mailbox, own in sorted(found.items())
    ]
    return element("nav", element("h2", "Mailboxes"), element("ul", *links), class_="mailboxes")


def _counts(letters: Sequence[Letter], now: float) -> tuple[int, int]:
    """How many mails a mailbox holds, and how many it was refused."""
    return sum(each.held(now) for each in letters), sum(each.refused(now) for each in letters)


def _mailbox_link(mailbox: str, label: str, chosen: str, counts: tuple[int, int]) -> Element:
    held, refused = counts
    link = element(
        "a",
        element("span", label, class_="name"),
        element("span", refused, class_="state bad", title="refused") if refused else None,
        element("span", held, class_="count", title="in the mailbox"),
        href=f"/?{urlencode({'mailbox': mailbox})}" if mailbox else "/",
        aria_current="page" if mailbox == chosen else None,
        class_=None if held else "bare",
    )
    return element("li", link)


def _cards(letters: Sequence[Letter], now: float) -> list[Child]:
    if not letters:
        return [element("p", "No mail yet. It appears here as soon as it is sent.", class_="empty")]
    cards: list[Child] = [card(letter, now) for letter in reversed(letters[-SHOWN:])]
    if len(letters) > SHOWN:
        cards.append(element("p", f"The {SHOWN} latest of {len(letters)} mails.", class_="empty"))
    return cards


def _in_full(letter: Letter, now: float) -> str:
    mail = letter.message
    headers = (
        element("tr", element("th", name, scope="row"), element("td", value))
        for name, value in mail.headers
    )
    events = [each.event for each in letter.so_far(now)]
    return document(
        mail.subject,
        element(
            "main",
            element("p", element("a", "← All mail", href="/"), class_="back"),
            element("h1", mail.subject),
            facts(letter, now),
            way(letter, now),
            element("h2", "What the reader sees"),
            body_of(letter),
            element("h2", "Text"),
            element("pre", mail.text or "This mail has no text part."),
            element("h2", "Headers"),
            element("div", element("table", *headers), class_="scroll"),
            element("p", element("a", "As it went over the wire", href=f"/messages/{mail.id}/raw")),
            element("h2", "Events"),
            element("pre", json.dumps(events, ensure_ascii=False, indent=2)),
            class_="single",
        ),
    )
