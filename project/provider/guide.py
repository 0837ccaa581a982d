"""What a visitor has to know: the mailboxes that behave, and the controls that make trouble."""

from __future__ import annotations

import json

from project.provider.control import CONTROLS, PATH
from project.provider.log import PATH as EVENTS
from project.provider.mailboxes import BEHAVIOURS, Behaviour
from project.provider.markup import Child, Element, element
from project.provider.office import PostOffice


def guide(office: PostOffice) -> Element:
    """Both tables, written from the data that the provider acts on."""
    return element(
        "footer",
        element(
            "section",
            element("h2", "Mailboxes that behave"),
            element(
                "p",
                "The first word of the local part decides, at any domain: ",
                element("code", "slow.anna@…"),
                " is as slow as ",
                element("code", "slow@…"),
                f". Times are in seconds at speed 1; this provider runs at speed {office.speed:g}.",
            ),
            _table("Local part", "What happens", [_mailbox(each) for each in BEHAVIOURS.values()]),
            element("p", "Unknown besides: ", *_codes(office.unknown), "."),
        ),
        element(
            "section",
            element("h2", "Controls"),
            element(
                "p",
                "A JSON object, with the options to change, to ",
                element("code", f"POST {PATH}…"),
                " and Content-Type ",
                element("code", "application/json"),
                ".",
            ),
            _table("Control", "What it does", [_control(name) for name in CONTROLS]),
            element(
                "p",
                "For programs: ",
                element("a", "mailboxes.json", href="/mailboxes.json"),
                " and ",
                element("a", "batches.json", href="/batches.json"),
                "; all events so far, with any API key: ",
                element("code", f"GET {EVENTS}"),
                ". The Return-Path is kept as given, as SparkPost does for enterprise accounts.",
            ),
        ),
        class_="guide",
    )


def _mailbox(behaviour: Behaviour) -> tuple[Child, Child]:
    steps = " → ".join(
        " ".join(
            part
            for part in (
                step.kind.replace("_", " "),
                step.reply[:9].strip() if step.bounce_class and step.reply[:1].isdigit() else "",
                f"class {step.bounce_class}" if step.bounce_class else "",
                f"after {step.after:g}" if step.after else "",
            )
            if part
        )
        for step in behaviour.steps
    )
    what = element("span", behaviour.summary, " ", element("small", steps))
    return element("code", behaviour.local_part), what


def _control(name: str) -> tuple[Child, Child]:
    control = CONTROLS[name]
    options = json.dumps(control.options) if control.options else ""
    return element("code", name), element("span", control.summary, " ", element("small", options))


def _table(left: str, right: str, rows: list[tuple[Child, Child]]) -> Element:
    head = element("tr", element("th", left, scope="col"), element("th", right, scope="col"))
    body = (element("tr", element("td", key), element("td", value)) for key, value in rows)
    return element("table", element("thead", head), element("tbody", *body))


def _codes(values: tuple[str, ...]) -> list[Child]:
    if not values:
        return ["none"]
    codes: list[Child] = []
    for value in values:
        codes += [", " if codes else None, element("code", value)]
    return codes
