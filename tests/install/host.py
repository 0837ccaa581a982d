"""What the test has to know of a host: how it starts, and how its people work in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from project.demo.programs import Programs
from tests.install.guide import Guide
from tests.install.place import Place

Found = TypeVar("Found")
HERE = Path(__file__).parent
SECRET = "provider:the webhooks' own secret"
#: How every host is served that is not under ASGI; the address to listen at comes next.
GUNICORN = ("--threads=4", "--graceful-timeout=1", "--no-control-socket", "--bind")
API_KEY = "the key of this account at the provider"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A host that is up, with the mail provider beside it."""

    place: Place
    guide: Guide
    site: str
    provider: str
    #: Where the provider's webhooks are served: the site itself, or a process of their own.
    hooks: str
    #: The host's own, and what is another's: the mail provider and a message broker.
    programs: Programs
    post_office: Programs
    broker: Programs
    #: Whatever makes time pass where the host has no worker.
    pump: Callable[[], None]

    def wait_for(self, look: Callable[[], Found | None], what: str, seconds: float = 120) -> Found:
        """Look until there is something to see, and return it; Trouble after ``seconds``."""

        def pumped() -> Found | None:
            found = look()
            if not found:
                self.pump()
            return found

        return self.programs.wait_for(pumped, what=what, seconds=seconds)


class Front(Protocol):
    """Janet at her host's own screen."""

    def act(self, text: str) -> None:
        """Do something to a customer, of which John is to be told."""

    def warning(self) -> str:
        """What her screen says that he was not told; empty where it says nothing."""

    def correct(self, address: str) -> None:
        """Put John's address right, from that warning."""


def nothing(stage: Stage) -> None:
    """No more than the story."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """One host: its folder is tests/install/hosts/NAME, its guide mostly docs/guides/NAME.md."""

    name: str
    #: The minor versions that it runs on.
    python: str
    django: str
    #: Its settings module.
    settings: str
    #: Starts its programs; ``ready`` is the page that answers once it is up.
    start: Callable[[Stage], None]
    ready: str
    front: Callable[[Stage], Front]
    #: Where it says itself where its mail comes from, who it is and who it sends as.
    sender: str
    #: Packages of the host's own that the wheel's extras need.
    extras: str = ""
    #: Its models whose saves are activities: the only ones that we may listen to.
    tracked: frozenset[str] = frozenset()
    #: What it finds around it, such as a database, and where.
    around: Callable[[], AbstractContextManager[Mapping[str, str]]] = field(
        default=lambda: nullcontext({})
    )
    #: What makes time pass where it has no worker: cron.
    pump: Callable[[Stage], None] = nothing
    #: What is tried after the story.
    afterwards: Callable[[Stage], None] = nothing
    #: Where the provider posts to, and whether a process of its own hears it.
    webhooks: str = "/notify/webhooks/sparkpost/tracking/"
    apart: bool = False
    #: Whether it parts with us in the end, to be as it was.
    parts: bool = False
    #: Its guide, where that has another name.
    guide: str = ""

    @property
    def folder(self) -> Path:
        return HERE / "hosts" / self.name
