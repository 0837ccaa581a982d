"""Times as Postmark's searches take them: Eastern Time, in whole seconds, without a zone.

https://postmarkapp.com/developer/api/messages-api, ``fromdate`` and ``todate``, both included.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_EASTERN = ZoneInfo("America/New_York")
_HOUR = timedelta(hours=1)


def from_date(moment: datetime) -> str:
    """The second in which the moment lies, or an earlier one where its name is that of two."""
    local = moment.astimezone(_EASTERN)
    return _text(local - _HOUR if _comes_twice(local) and not local.fold else local)


def to_date(moment: datetime) -> str:
    """The second after the moment, or a later one where its name is that of two."""
    local = (moment + timedelta(seconds=1)).astimezone(_EASTERN)
    return _text(local + _HOUR if _comes_twice(local) and local.fold else local)


def _comes_twice(local: datetime) -> bool:
    """Whether the clock shows this time twice, for summer ends between."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _text(local: datetime) -> str:
    return f"{local:%Y-%m-%dT%H:%M:%S}"
