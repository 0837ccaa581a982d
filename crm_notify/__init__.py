"""Tell people by mail what happened in the CRM, and know whether they were told.

Rules decide (``rules``), models remember (``models``, ``querysets``), channels speak
(``channels``), steps act (``steps``: record, deliver, receive, interpret, settle, sweep), edges
trigger (``tasks``, ``views``, ``admin``, ``receivers``, ``management``). What admins read and do
is on ``desk``, for the admin and for our own pages. A CRM uses ``api`` and ``signals``; its
settings are read by ``conf``.
"""

from __future__ import annotations

__version__ = "0.1.0"
