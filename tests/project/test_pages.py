"""The CRM's pages: who may see them, what they show, and that nothing hostile runs on them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from project.crm.models import Customer, Entry

LogIn = Callable[[str], Client]
PAGES = ["/", "/?mine=1", "/?q=contoso", "/customers/{pk}/", "/wishes/", "/notify/alerts/"]
INLINE = re.compile(r"<script(?![^>]*(\bsrc=|application/json))|<style|\sstyle=|\son\w+=")


def page(client: Client, path: str, customer: Customer) -> str:
    answer = client.get(path.format(pk=customer.pk))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_log_in(crm: None, contoso: Customer, path: str) -> None:
    answer = Client().get(path.format(pk=contoso.pk))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("path", ["/", "/customers/{pk}/"])
def test_who_may_not_see_customers_sees_none(crm: None, contoso: Customer, path: str) -> None:
    client = Client()
    client.force_login(User.objects.create_user("guest"))
    assert client.get(path.format(pk=contoso.pk)).status_code == 403


@pytest.mark.parametrize("path", [*PAGES, "/admin/"])
def test_every_page_is_fit_for_a_strict_policy(
    logged_in: LogIn, contoso: Customer, path: str
) -> None:
    answer = logged_in("alice").get(path.format(pk=contoso.pk))
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    html = answer.content.decode()
    assert not INLINE.search(html)


def test_janet_logs_in_and_out(crm: None) -> None:
    client = Client()
    assert client.post("/login/", {"username": "janet", "password": "demo"}).url == "/"
    assert "Janet Smith" in client.get("/").content.decode()
    client.post("/logout/")
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_said_to_be_wrong(crm: None) -> None:
    answer = Client().post("/login/", {"username": "janet", "password": "wrong"})
    assert "do not match" in answer.content.decode()


def test_the_list_can_be_searched_and_cut_down_to_ones_own(
    logged_in: LogIn, contoso: Customer
) -> None:
    john = logged_in("john")
    everything = page(john, "/", contoso)
    assert "Contoso" in everything
    assert "Lindqvist Timber" in everything
    mine = page(john, "/?mine=1", contoso)
    assert "Okafor Logistics" in mine
    assert "Lindqvist Timber" not in mine
    by_contact = page(john, "/?q=marieke", contoso)
    assert "Contoso" in by_contact
    assert "Okafor Logistics" not in by_contact
    assert "No customer matches" in page(john, "/?q=nothing+like+it", contoso)


def test_a_long_list_comes_in_pages(logged_in: LogIn, contoso: Customer) -> None:
    Customer.objects.bulk_create(Customer(name=f"Customer {number:02}") for number in range(30))
    first = page(logged_in("janet"), "/", contoso)
    assert "Page 1 of 2" in first
    assert "Okafor Logistics" not in first
    assert "Okafor Logistics" in page(logged_in("janet"), "/?page=2", contoso)


def test_what_people_type_is_shown_and_never_run(logged_in: LogIn, contoso: Customer) -> None:
    hostile = "<script>alert(1)</script>"
    Customer.objects.filter(pk=contoso.pk).update(about=hostile, city=hostile)
    janet = logged_in("janet")
    janet.post(f"/customers/{contoso.pk}/log/", {"kind": "note", "text": hostile})
    for path in PAGES:
        assert hostile not in page(janet, path, contoso)
    assert "&lt;script&gt;alert(1)" in page(janet, "/customers/{pk}/", contoso)


def test_a_long_history_costs_no_more_queries_than_a_short_one(
    logged_in: LogIn, contoso: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    janet = logged_in("janet")
    path = f"/customers/{contoso.pk}/"
    janet.get(path)
    with CaptureQueriesContext(connection) as short:
        janet.get(path)
    Entry.objects.bulk_create(Entry(customer=contoso, text=str(n)) for n in range(40))
    with django_assert_num_queries(len(short)):
        janet.get(path)
