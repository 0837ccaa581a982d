"""The controls that make trouble on purpose, for demonstrations and tests: POST /control/<verb>.

The body is a JSON object and has to say so in its Content-Type, which no page of another origin
can do without asking first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from project.provider.office import PostOffice
from project.provider.replies import Reply, Request, json_reply

PATH = "/control/"


@dataclass(frozen=True, kw_only=True)
class Control:
    """One verb: what it does, the options it takes with their defaults, and how."""

    summary: str
    options: Mapping[str, Any]
    act: Callable[[PostOffice, Mapping[str, Any]], object]


CONTROLS: Mapping[str, Control] = {
    "hold": Control(
        summary="Post no webhooks until released.",
        options={},
        act=lambda office, options: office.hold(),
    ),
    "release": Control(
        summary="Post again; reversed, the events that waited go latest first.",
        options={"reverse": False},
        act=lambda office, options: office.release(**options),
    ),
    "repeat": Control(
        summary="Post the last batches again, under the same batch id.",
        options={"times": 1, "batches": 1},
        act=lambda office, options: office.repeat(**options),
    ),
    "break": Control(
        summary="Put unreadable events among the good ones of the next batch.",
        options={"count": 1},
        act=lambda office, options: office.break_next(**options),
    ),
    "empty": Control(
        summary="Deny the body of the next batches in their headers, until they are mended.",
        options={"count": 1},
        act=lambda office, options: office.empty_next(**options),
    ),
    "mend": Control(
        summary="Post every batch as it is again, also those that are tried again.",
        options={},
        act=lambda office, options: office.mend(),
    ),
    "give_up": Control(
        summary="Throw away the oldest batches that were not taken, as after eight hours.",
        options={"batches": 1},
        act=lambda office, options: office.give_up(**options),
    ),
    "answer": Control(
        summary="Answer the next sends with an error status, after so many seconds, not at all "
        "though the mail is taken (drop), or only after its events are posted (early).",
        options={"count": 1, "status": 200, "seconds": 0.0, "drop": False, "early": False},
        act=lambda office, options: office.answer_next(**options),
    ),
    "limit": Control(
        summary="Refuse the next questions for the log as too many, to come again in some seconds.",
        options={"count": 1, "seconds": 1.0},
        act=lambda office, options: office.limit_log(**options),
    ),
}


def control(office: PostOffice, request: Request) -> Reply:
    """Do what the verb says, or say what is wrong with it."""
    verb = CONTROLS.get(request.path.removeprefix(PATH).rstrip("/"))
    if verb is None:
        return _refused(f"The controls are {', '.join(CONTROLS)}.", 404)
    if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        return _refused("The Content-Type has to be application/json.", 415)
    try:
        options = json.loads(request.body or b"{}")
    except ValueError:
        return _refused("The body is not JSON.", 400)
    problem = _problem(verb, options)
    if problem:
        return _refused(problem, 400)
    verb.act(office, dict(verb.options) | options)
    return json_reply({"done": verb.summary, "options": dict(verb.options) | options})


def _problem(verb: Control, options: object) -> str:
    """What is wrong with the options, or nothing."""
    if not isinstance(options, dict):
        return "The body has to be a JSON object."
    for name, value in options.items():
        if name not in verb.options:
            return f"There is no option {name!r}; there are: {', '.join(verb.options) or 'none'}."
        default = verb.options[name]
        wanted = (int, float) if isinstance(default, float) else type(default)
        if not isinstance(value, wanted) or isinstance(value, bool) != isinstance(default, bool):
            return f"{name} has to be like {json.dumps(default)}."
        if not isinstance(value, bool) and value < (type(default) is int):
            return f"{name} is too small."
    return ""


def _refused(why: str, status: int) -> Reply:
    return json_reply({"error": why}, status)
