"""Anymail's signals, for hosts that already mount ``anymail.urls``."""

from __future__ import annotations

from typing import Any

from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, inbound, tracking
from django.dispatch import receiver

from crm_notify.channels.webhooks import is_ours, posted_inbound, posted_tracking
from crm_notify.steps.receive import receive


@receiver(tracking, dispatch_uid="crm_notify.tracking")
def keep_tracking(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Keep the event as a receipt. It raises where that fails, so that the provider comes again."""
    if is_ours(event):
        return
    receive(posted_tracking(provider_of_view(sender), event))


@receiver(inbound, dispatch_uid="crm_notify.inbound")
def keep_inbound(sender: Any, event: AnymailInboundEvent, esp_name: str, **kwargs: Any) -> None:
    """Keep the mail as a receipt, if it is to one of our envelope senders."""
    if is_ours(event):
        return
    posted = posted_inbound(provider_of_view(sender), event)
    if posted is not None:
        receive(posted)


def provider_of_view(sender: Any) -> str:
    """Anymail's own short name: its views live in ``anymail.webhooks.<name>``."""
    return str(sender.__module__).rpartition(".")[2]
