"""The story of a notification: what was read of it, told as entries in order of time."""

from __future__ import annotations

from crm_notify.desk.story.entry import Entry, Fact
from crm_notify.desk.story.read import Story, story_of
from crm_notify.desk.story.show import story_context

__all__ = ["Entry", "Fact", "Story", "story_context", "story_of"]
