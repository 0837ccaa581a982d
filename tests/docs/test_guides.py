"""The guides: what they have people add fits the projects that they are run on, and is little."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
from pathlib import Path

import pytest

from tests.install import guide
from tests.install.__main__ import HOSTS
from tests.install.guide import GUIDES, MOST_LINES, Guide
from tests.install.host import Host

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def host_of(name: str) -> Host:
    host = importlib.import_module(f"tests.install.stories.{name}").HOST
    assert isinstance(host, Host)
    return host


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> Host:
    return host_of(request.param)


@pytest.fixture
def followed(host: Host) -> Guide:
    return guide.read(host.guide or host.name)


def test_each_guide_has_its_host_and_each_host_its_guide() -> None:
    guides = {host_of(name).guide or name for name in HOSTS}
    assert guides == {path.stem for path in GUIDES.glob("*.md")}
    hosts = {path.name for path in (ROOT / "tests" / "install" / "hosts").iterdir()}
    assert hosts == set(HOSTS)


def test_every_supported_django_has_a_host() -> None:
    assert {host_of(name).django for name in HOSTS} == {"5.2", "6.0", "6.1"}
    assert {host_of(name).python for name in HOSTS} == {"3.11", "3.12", "3.13"}


def test_a_host_adds_fifteen_lines_at_most(followed: Guide) -> None:
    assert 0 < followed.added <= MOST_LINES


def test_blank_lines_and_comments_are_not_counted() -> None:
    lines = ("CRM_NOTIFY = {", "    # not this one", "", "}", "{# nor this #}", "<!-- nor this -->")
    assert guide.Block(file="settings.py", below="", lines=lines).count == 2


def test_what_a_guide_adds_fits_into_its_host(host: Host, followed: Guide, tmp_path: Path) -> None:
    place = tmp_path / host.name
    shutil.copytree(host.folder, place)
    guide.apply(followed, place)
    for block in followed.blocks:
        after = (place / block.file).read_text()
        assert "\n".join(block.lines) in after
        if block.file.endswith(".py"):
            ast.parse(after)


def test_lines_stand_below_the_one_that_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text("<body>\n  <main>\n</body>\n")
    block = guide.Block(file="base.html", below="<main>", lines=("new",))
    added = Guide(name="made-up", blocks=(block,), commands=())
    guide.apply(added, tmp_path)
    assert (tmp_path / "base.html").read_text() == "<body>\n  <main>\nnew\n</body>\n"


@pytest.mark.parametrize("text", ["<p>\n", "<main>\n<main>\n"])
def test_a_line_that_is_not_there_once_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text(text)
    block = guide.Block(file="base.html", below="<main>", lines=("new",))
    with pytest.raises(ValueError, match=r"base\.html has the line '<main>' [02] times"):
        guide.apply(Guide(name="made-up", blocks=(block,), commands=()), tmp_path)


def test_a_guide_has_the_tables_made_and_the_set_up_checked(followed: Guide) -> None:
    assert followed.typed("migrate") == ("manage.py", "migrate")
    assert followed.typed("check") == ("manage.py", "check", "--database", "default")
    with pytest.raises(KeyError, match=f"{followed.name}.md has nobody type"):
        followed.typed("dance")


def test_no_link_of_a_guide_leads_nowhere(followed: Guide) -> None:
    text = (GUIDES / f"{followed.name}.md").read_text()
    for target in _LINK.findall(text):
        assert (GUIDES / target).exists(), target


def test_the_readme_links_every_guide() -> None:
    text = (ROOT / "README.md").read_text()
    assert all(f"docs/guides/{path.name}" in text for path in GUIDES.glob("*.md"))
