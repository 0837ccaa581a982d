"""The phrases of all languages, by topic, ready to be looked for in a folded text.

An odd provider's notice that is not understood wants one phrase here, and one sample in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.rules.bounce.phrases import eastern, english, english_reasons, western
from crm_notify.rules.bounce.phrases.topics import Topic
from crm_notify.rules.bounce.wording import Phrases, phrases

_TABLES: tuple[Mapping[Topic, str], ...] = (
    english.NOTICES,
    english_reasons.REASONS,
    *western.LANGUAGES.values(),
    *eastern.LANGUAGES.values(),
)

PHRASES: Mapping[Topic, Phrases] = {
    topic: phrases(*(table.get(topic, "") for table in _TABLES)) for topic in Topic
}

__all__ = ["PHRASES", "Topic"]
