"""Outward news for the host; sent after commit, robustly, and never twice for one change.

``notification_told`` and ``notification_failed`` carry ``notification``; ``alert_opened`` and
``alert_closed`` carry ``alert``, and so does ``escalated``, sent beside ``alert_opened`` where it
is not the acting user who is warned. The sender is the model's class.
"""

from __future__ import annotations

from django.dispatch import Signal

notification_told = Signal()
notification_failed = Signal()
alert_opened = Signal()
alert_closed = Signal()
escalated = Signal()
