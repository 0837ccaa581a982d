"""The logs that providers keep, from which the news of a lost window can be had once more."""

from __future__ import annotations

from collections.abc import Mapping

from crm_notify.channels.http import NoAnswer
from crm_notify.channels.logs import mailgun, postmark, sparkpost
from crm_notify.channels.logs.base import Log, Page
from crm_notify.channels.logs.elsewhere import ELSEWHERE

#: By Anymail's name of the provider; for all others ELSEWHERE says where to look.
LOGS: Mapping[str, Log] = {log.provider: log for log in (mailgun.LOG, postmark.LOG, sparkpost.LOG)}

__all__ = ["ELSEWHERE", "LOGS", "Log", "NoAnswer", "Page"]
