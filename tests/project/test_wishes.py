"""What a user wants to be told: about his own customers, about one that he follows, or nothing."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from crm_notify.models import Notification
from project.crm.models import Customer

LogIn = Callable[[str], Client]


def told_of_a_call(logged_in: LogIn, customer: Customer, *, by: str) -> list[str]:
    fields = {"kind": "call", "text": "He called."}
    logged_in(by).post(f"/customers/{customer.pk}/log/", fields)
    found = Notification.objects.order_by("recipient_name")
    return list(found.values_list("recipient_name", flat=True))


def test_john_opts_out_of_all_mail(logged_in: LogIn, contoso: Customer) -> None:
    logged_in("john").post("/wishes/", {"owned": "on"})
    assert told_of_a_call(logged_in, contoso, by="janet") == []


def test_john_opts_out_and_comes_back(logged_in: LogIn, contoso: Customer) -> None:
    logged_in("john").post("/wishes/", {"owned": "on"})
    logged_in("john").post("/wishes/", {"mail": "on", "owned": "on"})
    assert told_of_a_call(logged_in, contoso, by="janet") == ["John Miller"]


def test_john_wants_mail_but_not_about_all_that_he_looks_after(
    logged_in: LogIn, contoso: Customer
) -> None:
    logged_in("john").post("/wishes/", {"mail": "on"})
    assert told_of_a_call(logged_in, contoso, by="janet") == []


def test_bob_follows_a_customer_of_johns(logged_in: LogIn, contoso: Customer) -> None:
    logged_in("bob").post(f"/customers/{contoso.pk}/follow/", {"wanted": "yes"})
    assert told_of_a_call(logged_in, contoso, by="janet") == ["Bob Taylor", "John Miller"]


def test_bob_follows_and_stops_following(logged_in: LogIn, contoso: Customer) -> None:
    bob = logged_in("bob")
    bob.post(f"/customers/{contoso.pk}/follow/", {"wanted": "yes"})
    assert "Stop following" in bob.get(f"/customers/{contoso.pk}/").content.decode()
    bob.post(f"/customers/{contoso.pk}/follow/", {"wanted": "no"})
    assert "Stop following" not in bob.get(f"/customers/{contoso.pk}/").content.decode()
    assert told_of_a_call(logged_in, contoso, by="janet") == ["John Miller"]


def test_the_page_shows_the_wishes_as_they_are(logged_in: LogIn) -> None:
    john = logged_in("john")
    assert john.get("/wishes/").content.decode().count(" checked") == 2
    john.post("/wishes/", {})
    assert john.get("/wishes/").content.decode().count(" checked") == 0
    assert "john@contoso.example" in john.get("/wishes/").content.decode()
