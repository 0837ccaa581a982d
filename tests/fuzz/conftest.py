"""The keys that Anymail's views need, as in the tests of the webhooks."""

from __future__ import annotations

from tests.channels.webhooks.conftest import anymail_settings

__all__ = ["anymail_settings"]
