"""The story of a notification: what was read of it, told as entries in order of time."""

from __future__ import annotations

from crm_notify.admin.story.entry import Entry, Fact
from crm_notify.admin.story.read import Story, story_of

__all__ = ["Entry", "Fact", "Story", "story_of"]
