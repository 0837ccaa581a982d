"""The state of the webhooks: where they post, what is waiting, and each batch with its attempts."""

from __future__ import annotations

from collections import Counter

from project.provider.events import event_kind
from project.provider.letter_card import clock
from project.provider.markup import Child, Element, element
from project.provider.office import PostOffice
from project.provider.webhooks import Batch, Poster

SHOWN = 30  # batches
_TONES = {"taken": "good", "retrying": "bad", "given up": "bad"}


def panel(office: PostOffice) -> Element:
    batches = sorted(office.batches, key=_last_time, reverse=True)[:SHOWN]
    nothing = element("p", "Nothing posted yet.", class_="empty")
    return element(
        "aside",
        element("h2", "Webhooks"),
        *(map(_target, office.posters)),
        element("p", "None is configured.", class_="empty") if not office.posters else None,
        element("ol", *map(_batch, batches), class_="batches") if batches else nothing,
        element("p", element("a", "batches.json", href="/batches.json"), class_="json"),
        class_="webhooks",
    )


def _target(poster: Poster) -> Element:
    if poster.held:
        note = element("span", "held", class_="state wait")
    else:
        waiting = f"{poster.waiting} waiting" if poster.waiting else "up to date"
        note = element("span", waiting, class_="note")
    return element("p", element("code", poster.target), note, class_="target")


def _batch(batch: Batch) -> Element:
    kinds = Counter(event_kind(event).replace("_", " ") for event in batch.events)
    says = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in kinds.items())
    return element(
        "li",
        element("span", batch.state, class_=f"state {_TONES.get(batch.state, 'wait')}"),
        element("span", says, class_="kinds"),
        element("span", *_attempts(batch), class_="attempts"),
    )


def _attempts(batch: Batch) -> list[Child]:
    if not batch.attempts:
        return ["not posted yet"]
    last = batch.attempts[-1]
    count = len(batch.attempts)
    said = f" {last.status} {last.said}" if last.status is not None else f" {last.said}"
    tries = f", {count} attempts" if count > 1 else ""
    denied = ", its body denied" if last.denied else ""
    then: list[Child] = [", again at ", clock(batch.due)] if batch.state == "retrying" else []
    return [clock(last.at), said, tries, denied, *then]


def _last_time(batch: Batch) -> float:
    return batch.attempts[-1].at if batch.attempts else batch.due
