"""What several saves of one record come to: first "before", last "after", or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: A field's value before and after, each as the text that a serializer makes of it.
Value = tuple[str | None, str | None]
#: Keys taken out of a set of related records, and keys put in.
Members = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Net:
    """The net effect on one record; of one that was created nothing else is remembered."""

    created: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)
    members: Mapping[str, Members] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.created or bool(self.values) or bool(self.members)

    def then(self, later: Net) -> Net:
        """This and what came after it as one."""
        if self.created or later.created:
            return Net(created=True)
        values = dict(self.values)
        for name, value in later.values.items():
            values[name] = _follow(values[name], value) if name in values else value
        members = dict(self.members)
        for name, change in later.members.items():
            members[name] = _gather(members[name], change) if name in members else change
        return net_of(values=values, members=members)

    def as_json(self) -> dict[str, Any]:
        """What the database keeps; ``from_json`` reads it."""
        return {
            "created": self.created,
            "values": {name: list(value) for name, value in self.values.items()},
            "members": {
                name: [sorted(out), sorted(into)] for name, (out, into) in self.members.items()
            },
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Net:
        """Read what ``as_json`` made."""
        return cls(
            created=kept["created"],
            values={name: (before, after) for name, (before, after) in kept["values"].items()},
            members={
                name: (frozenset(out), frozenset(into))
                for name, (out, into) in kept["members"].items()
            },
        )


NOTHING = Net()


def net_of(
    *, values: Mapping[str, Value] | None = None, members: Mapping[str, Members] | None = None
) -> Net:
    """What has really changed: whatever is as it was before is left out."""
    return Net(
        values={n: value for n, value in (values or {}).items() if value[0] != value[1]},
        members={n: change for n, change in (members or {}).items() if any(change)},
    )


def _follow(first: Value, second: Value) -> Value:
    """One change of a field after another.

    A save that is made while another one of the same record is being announced is heard of before
    it, and ends at the same value: then the second began before the first.
    """
    return (second[0] if second[1] == first[1] else first[0], second[1])


def _gather(first: Members, second: Members) -> Members:
    """One change of a set after another: who was put in and taken out again was never there."""
    out, into = first
    later_out, later_into = second
    return (out - later_into) | (later_out - into), (into - later_out) | (later_into - out)
