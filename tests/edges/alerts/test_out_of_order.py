"""A page of the host stands although our tables do not answer, as before they are migrated."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError
from django.template import RequestContext, Template
from django.test import RequestFactory

from crm_notify import database
from crm_notify.templatetags import crm_notify as tags

TAGS = "{% load crm_notify %}{% crm_notify_alerts %}{% crm_notify_missed %}the host's page"


def down(*args: Any, **kwargs: Any) -> Any:
    raise DatabaseError("no such table: crm_notify_alert")


def page(user: Any) -> str:
    request = RequestFactory().get("/")
    request.user = user
    return Template(TAGS).render(RequestContext(request))


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "frame", down)
    monkeypatch.setattr(tags, "missed_of", down)


@pytest.mark.django_db(transaction=True)
def test_the_page_is_shown_without_its_warnings_and_the_log_says_why(
    janet: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert page(janet).strip() == "the host's page"
    assert caplog.text.count("no such table") >= 2


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_of_the_host_it_goes_on(janet: Any) -> None:
    with pytest.raises(DatabaseError), database.atomic():
        page(janet)
