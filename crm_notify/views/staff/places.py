"""Where forms are sent to, and what is more than a list or a row."""

from __future__ import annotations

from django.urls import reverse

from crm_notify.desk.desk import Desk


def act_url(desk: Desk, pk: int, act: str) -> str:
    """Where one act about one row is sent to."""
    return reverse(f"crm_notify:staff-{desk.model._meta.model_name}-act", args=[pk, act])


def bulk_url(desk: Desk) -> str:
    """Where an act about many rows is sent to."""
    return reverse(f"crm_notify:staff-{desk.model._meta.model_name}-bulk")


def body_url(pk: int) -> str:
    """The raw bytes of a receipt."""
    return reverse("crm_notify:staff-receipt-body", args=[pk])


def replay_url() -> str:
    """The page on which a window of receipts is read again."""
    return reverse("crm_notify:staff-receipt-replay")
