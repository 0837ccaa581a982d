"""What docs/ says of who comes again, and of the server in front, is held against the code."""

from __future__ import annotations

from datetime import timedelta

from crm_notify.channels.webhooks import NAMES
from crm_notify.rules.body.document import ALIASES
from crm_notify.rules.retrying import RETRYING, Retrying
from tests.docs.test_tables import ROOT, rows
from tests.servers.excuses import LOST, REFUSED
from tests.servers.servers import BEHIND_NGINX
from tests.servers.servers import NAMES as SERVERS


def row(provider: str, via: str, known: Retrying) -> list[str]:
    final, lasts = known.final or "none that it names", duration(known.lasts)
    return [f"`{provider}` {via}", str(known.ask), final, lasts, known.source]


def duration(lasts: timedelta | None) -> str:
    if lasts is None:
        return "it does not say"
    hours, minutes = divmod(lasts // timedelta(minutes=1), 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)


def family(server: str) -> str:
    """The name under which docs/servers.md knows a server of the matrix."""
    if server in BEHIND_NGINX:
        return "nginx"
    name, _, rest = server.partition(" ")
    return f"uvicorn with {rest}" if name == "uvicorn" else name.replace("uwsgi", "uWSGI")


def test_who_comes_again_after_which_answer_is_documented_with_its_source() -> None:
    expected = [row(provider, via, known) for (provider, via), known in RETRYING.items()]
    assert rows("docs/providers.md", "Who comes again")[1:] == expected


def test_of_whom_nothing_was_found_is_documented() -> None:
    page = (ROOT / "docs/providers.md").read_text()
    line = page.partition("Nothing was found of ")[2].partition(".")[0]
    named = {name.strip("` \n") for name in line.replace(" and ", ", ").split(",")}
    unknown = {name for name in NAMES if name[0] not in ALIASES} - set(RETRYING)
    assert named == {f"{provider}` {via}" for provider, via in unknown}


def test_each_server_of_the_matrix_has_its_line_and_what_it_refuses_by_itself() -> None:
    documented = {cells[0].partition(" (")[0]: cells[2] for cells in rows("docs/servers.md")[1:]}
    assert set(documented) == {family(server) for server in SERVERS}
    answers_400 = {family(server) for (server, _), status in REFUSED.items() if status == 400}
    assert {name for name, refused in documented.items() if "400" in refused} == answers_400
    assert {family(server) for server, _ in LOST} <= answers_400
