"""Tables in docs/ are held against the code."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from crm_notify.channels.logs import ELSEWHERE, LOGS
from crm_notify.conf import Settings
from crm_notify.models.choices import OUTCOME
from crm_notify.rules.evidence import Evidence
from crm_notify.rules.providers import PROVIDERS, carriers

ROOT = Path(__file__).parents[2]


def rows(page: str, under: str = "") -> list[list[str]]:
    """The rows of a page's tables, or of the part under one heading and before the next."""
    text = (ROOT / page).read_text()
    if under:
        text = text.partition(f"\n## {under}\n")[2].partition("\n## ")[0]
    found = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in found]


def test_every_setting_is_documented_and_no_other() -> None:
    documented = [row[0].strip("`") for row in rows("docs/settings.md")[1:]]
    assert documented == [item.name for item in fields(Settings)]


def test_the_order_of_evidence_is_documented() -> None:
    weights = [int(row[0]) for row in rows("docs/statuses.md") if row[0].isdigit()]
    assert weights == [evidence.value for evidence in Evidence]


def test_the_readme_names_every_outcome_as_people_read_it() -> None:
    named = {row[0] for row in rows("README.md")}
    assert {str(label) for _, label in OUTCOME} <= named


def test_what_each_provider_carries_is_documented() -> None:
    documented = {}
    for row in rows("docs/providers.md", "What each carries")[1:]:
        named = re.search(r"`(\w+)`", row[0])
        assert named is not None
        documented[named.group(1)] = row[1:]
    for name, row in documented.items():
        provider = PROVIDERS[name]
        carried = carriers(provider)
        webhooks = [via for via in ("tracking", "inbound") if getattr(provider, via)]
        assert row == [
            provider.envelope.value,
            "yes" if carried.metadata else "a tag" if carried.tag else "no",
            "yes" if provider.confirms else "no",
            ", ".join(webhooks) or "none",
        ], name
    assert len(documented) == 15


def test_where_a_lost_window_can_be_had_is_documented() -> None:
    documented = {
        row[0].strip("`"): row[1]
        for row in rows("docs/providers.md", "What the provider itself remembers")[1:]
    }
    imported = {
        name: f"**Imported.** Kept for {log.keeps}. See {log.source}" for name, log in LOGS.items()
    }
    assert documented == {**ELSEWHERE, **imported}
    assert list(documented) == sorted(documented)


def test_no_link_of_the_documentation_is_dead() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
