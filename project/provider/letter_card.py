"""One mail as a card: what became of it, its envelope, its way, and what the reader sees."""

from __future__ import annotations

from datetime import datetime

from project.provider.letters import Letter
from project.provider.markup import Element, element
from project.provider.record import iso

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
"""What a mail may do in its frame: open its links in a window, and nothing else."""

_TONES = {
    "delivered": "good",
    "answered": "good",
    "complained": "bad",
    "delayed": "wait",
    "accepted": "wait",
}


def card(letter: Letter, now: float) -> Element:
    """The mail as it stands in a list; grey where the mailbox does not have it."""
    mail = letter.message
    return element(
        "article",
        element(
            "header",
            element("h2", element("a", mail.subject, href=f"/messages/{mail.id}")),
            state(letter, now),
        ),
        facts(letter, now),
        body_of(letter),
        way(letter, now),
        class_="mail" if letter.held(now) else "mail refused",
    )


def state(letter: Letter, now: float) -> Element:
    word = letter.state(now)
    return element("span", word, class_=f"state {_TONES.get(word, 'bad')}")


def facts(letter: Letter, now: float) -> Element:
    """The envelope, and what the receiving server said where it did not take the mail."""
    mail = letter.message
    rows = [
        _row("From", mail.sender),
        _row("To", mail.recipient),
        _row("Return-Path", element("code", mail.return_path)),
        _row("Taken", clock(mail.accepted_at)),
    ]
    if letter.reply(now) and not letter.held(now):
        rows.append(_row("Reply", element("code", letter.reply(now), class_="refusal")))
    return element("dl", *rows, class_="facts")


def way(letter: Letter, now: float) -> Element:
    """The events so far, with their times."""
    steps = (
        element("li", element("span", each.step.kind.replace("_", " ")), " ", clock(each.at))
        for each in letter.so_far(now)
    )
    return element("ol", *steps, class_="way", aria_label="Events")


def body_of(letter: Letter) -> Element:
    """The HTML part in a frame that can do nothing; the text part where there is no other."""
    mail = letter.message
    if not mail.html:
        return element("pre", mail.text, class_="text", tabindex="0")
    return element(
        "iframe",
        src=f"/messages/{mail.id}/html",
        sandbox=SANDBOX,
        title=f"Mail: {mail.subject}",
        loading="lazy",
    )


def clock(seconds: float) -> Element:
    """The time of day, as this machine's clock shows it."""
    shown = datetime.fromtimestamp(seconds).astimezone().strftime("%H:%M:%S")
    return element("time", shown, datetime=iso(seconds))


def _row(name: str, value: Element | str) -> Element:
    return element("div", element("dt", name), element("dd", value))
