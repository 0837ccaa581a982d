"""What every test stands on: the database that TEST_DATABASE names."""

from __future__ import annotations
