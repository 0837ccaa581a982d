"""How large a body may be here, in bytes."""

from __future__ import annotations

TRACKING_LIMIT = 64 * 1024
#: Above what Django keeps of a body by default (DATA_UPLOAD_MAX_MEMORY_SIZE, 2.5 MiB).
INBOUND_LIMIT = 4 * 1024 * 1024
