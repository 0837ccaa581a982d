"""A window of receipts is read again on our own page, after it was counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm_notify.desk.replay import part
from crm_notify.models import Receipt
from tests.edges.admin.conftest import log, receipt_of
from tests.edges.staff.conftest import list_of, said

pytestmark = pytest.mark.django_db

PATH = "/notify/staff/receipts/replay/"


def window() -> dict[str, str]:
    return {"since": (timezone.now() - timedelta(days=1)).isoformat()}


def test_it_is_counted_confirmed_and_logged(admin: Client) -> None:
    receipt = receipt_of(state="failed")
    assert PATH in admin.get(list_of("receipt")).content.decode()
    assert "Count first" in admin.get(PATH).content.decode()
    page = admin.post(PATH, window())
    assert page.context["tally"].receipts == 1
    assert Receipt.objects.get().tries == receipt.tries
    assert log() == []

    page = admin.post(PATH, {**page.context["hidden"], "confirmed": "yes"}, follow=True)
    assert page.redirect_chain == [(list_of("receipt"), 302)]
    assert said(page)[0].startswith("1 receipt was read again: 0 new events")
    assert [who for who, _what in log()] == ["alice"]


def test_where_a_request_bears_no_more_it_says_where_to_go_on(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        receipt_of(number - 10)
    monkeypatch.setattr(part, "MOST", 1)
    page = admin.post(PATH, {**window(), "confirmed": "yes"}, follow=True)
    assert page.redirect_chain[0][0].startswith(f"{PATH}?since=")
    assert said(page)[-1] == "There is more: go on from here."
    assert page.context["form"].initial["since"] is not None


def test_what_is_no_window_is_asked_again(admin: Client) -> None:
    page = admin.post(PATH, {"since": "yesterday"})
    assert list(page.context["form"].errors) == ["since"]


def test_it_takes_the_permission_to_change_receipts(staff: Callable[..., Client]) -> None:
    looks = staff("view_receipt")
    assert looks.get(PATH).status_code == 403
    assert PATH not in looks.get(list_of("receipt")).content.decode()
    assert staff("change_receipt").get(PATH).status_code == 200
