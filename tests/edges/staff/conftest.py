"""What stands in front of the admins is the same as in the admin; here are our own pages."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.edges.admin.conftest import admin, failed, failures, staff

__all__ = ["admin", "failed", "failures", "staff"]


def list_of(model: str) -> str:
    return reverse(f"crm_notify:staff-{model}-list")


def page_of(row: Any) -> str:
    return reverse(f"crm_notify:staff-{row._meta.model_name}", args=[row.pk])


def act(client: Client, row: Any, name: str, text: str = "") -> Any:
    """Do one act on a row's page, and read the page after it."""
    path = reverse(f"crm_notify:staff-{row._meta.model_name}-act", args=[row.pk, name])
    return client.post(path, {"text": text}, follow=True)


def many(client: Client, rows: list[Any], name: str, query: str = "", **fields: Any) -> Any:
    """One act on many rows of their list."""
    model = rows[0]._meta.model_name
    path = reverse(f"crm_notify:staff-{model}-bulk") + query
    picked = {"picked": [row.pk for row in rows], "action": name}
    return client.post(path, {**picked, **fields}, follow=True)


def rows(response: Any) -> list[int]:
    """The ids on the page of a list, from the top."""
    return [row.pk for row, _url, _cells in response.context["rows"]]


def said(response: Any) -> list[str]:
    """What the page says was done, or was not."""
    return [one.text for one in response.context["said"]]
