"""The phrases of all languages, by topic, ready to be looked for in a folded text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crm_notify.rules.bounce.phrases import eastern, english, western
from crm_notify.rules.bounce.phrases.topics import Topic
from crm_notify.rules.bounce.wording import Phrase, phrases

_TABLES: tuple[Mapping[Topic, str], ...] = (
    english.NOTICES,
    english.REASONS,
    *western.LANGUAGES.values(),
    *eastern.LANGUAGES.values(),
)


def _merged(topic: Topic, tables: Iterable[Mapping[Topic, str]]) -> tuple[Phrase, ...]:
    return tuple(phrase for table in tables for phrase in phrases(table.get(topic, "")))


PHRASES: Mapping[Topic, tuple[Phrase, ...]] = {topic: _merged(topic, _TABLES) for topic in Topic}

__all__ = ["PHRASES", "Topic"]
