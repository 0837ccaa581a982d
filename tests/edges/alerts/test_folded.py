"""Many failures of one cause are one line on a person's screen, and every name is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm_notify import api
from crm_notify.models import Activity, Alert, Incident
from crm_notify.rules.evidence import Blame, Kind
from tests.crm.models import Customer
from tests.edges.alerts.conftest import Words
from tests.edges.alerts.failing import bounce, hear

pytestmark = pytest.mark.django_db

URL = "/notify/alerts.json"
Call = Callable[..., Activity]


@pytest.fixture(autouse=True)
def _few_are_many(crm_notify_settings: Callable[..., None]) -> None:
    crm_notify_settings(FOLD_ABOVE=2)


def fail(call: Call, name: str, *, blame: Blame = Blame.POLICY, **given: Any) -> None:
    activity = call(target=Customer.objects.create(name=name), **given)
    hear(activity.notifications.get(), Kind.BOUNCED, text="550 No", code="550", blame=blame)


@pytest.fixture
def outage(call: Call) -> Incident:
    """Three of Janet's messages that one domain refused, and an urgent one."""
    for number in range(3):
        fail(call, f"Customer {number}")
    fail(call, "Fabrikam", urgency="urgent")
    return Incident.objects.get(kind=Incident.Kind.FAILURES)


def test_they_are_one_line_with_every_name_and_the_urgent_one_stands_alone(
    outage: Incident, words: Words, tab: Client
) -> None:
    said = words()
    assert "2 warnings need your attention" in said
    line = "3 messages did not arrive: example.com does not take our mail. The admins know."
    assert said.index("Fabrikam") < said.index(line) < said.index("Customer 2")
    for number in range(3):
        assert f"John You logged a call: Customer {number}" in said
    news = tab.get(URL).json()
    assert (news["count"], len(news["alerts"])) == (2, 1)
    (folded,) = news["folded"]
    assert (folded["incident"], folded["count"]) == (outage.pk, 3)
    assert (folded["cause"], folded["words"]) == ("example.com", line)
    assert [name["what"] for name in folded["names"]] == [
        f"You logged a call: Customer {number}" for number in (2, 1, 0)
    ]


@pytest.mark.parametrize(
    ("blame", "line"),
    [
        (Blame.SENDER, "3 messages did not arrive: our own sender or set-up is refused."),
        (Blame.SERVER, "3 messages did not arrive: example.com does not take our mail."),
    ],
)
def test_the_line_says_whose_trouble_it_is(
    blame: Blame, line: str, call: Call, words: Words
) -> None:
    for number in range(3):
        fail(call, f"Customer {number}", blame=blame)
    assert line in words()


def test_a_few_stand_alone(call: Call, words: Words) -> None:
    for number in range(2):
        fail(call, f"Customer {number}")
    assert words().count("John was not told") == 2


def test_one_more_is_news_and_so_is_one_less(
    outage: Incident, call: Call, tab: Client, janet: Any
) -> None:
    def etag() -> str:
        return str(tab.get(URL)["ETag"])

    seen = [etag()]
    fail(call, "Northwind")
    seen.append(etag())
    # Neither the first nor the last of them: only their number is another.
    settled = Alert.objects.filter(incident=outage).order_by("pk")[1].notification
    api.state_told(settled, by=janet, how="I phoned")
    seen.append(etag())
    assert seen[0] != seen[1] != seen[2]
    assert tab.get(URL).json()["folded"][0]["count"] == 3


def test_they_can_be_dealt_with_one_by_one(outage: Incident, words: Words, tab: Client) -> None:
    assert f"/notify/alerts/?incident={outage.pk}" in tab.get("/notify/alerts/").content.decode()
    said = words(f"/notify/alerts/?incident={outage.pk}")
    assert "4 warnings need your attention" in said
    assert said.count("John was not told") == 4
    assert "The admins know" not in said
    page = tab.get(f"/notify/alerts/?incident={outage.pk}").content.decode()
    assert f'data-crm-notify-url="/notify/alerts.json?unfolded=1&amp;incident={outage.pk}"' in page
    news = tab.get(URL, {"unfolded": "1", "incident": str(outage.pk)}).json()
    assert (news["count"], len(news["alerts"]), news["folded"]) == (4, 4, [])


@pytest.mark.parametrize("given", ["", "x", "-1", "²", "9" * 30])
def test_an_incident_that_never_was_changes_nothing(
    given: str, outage: Incident, words: Words
) -> None:
    assert "2 warnings need your attention" in words(f"/notify/alerts/?incident={given}")


def test_somebody_elses_share_is_not_mine(outage: Incident, client: Client, bob: Any) -> None:
    client.force_login(bob)
    assert client.get(URL).json()["folded"] == []
    assert b"John" not in client.get(f"/notify/alerts/?incident={outage.pk}").content


def test_once_the_cause_is_gone_they_stand_alone(
    outage: Incident, alice: Any, words: Words
) -> None:
    api.close_incident(outage, by=alice, again=False)
    assert words().count("John was not told") == 4


def test_many_names_are_cut_and_the_rest_is_counted(
    outage: Incident, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_notify.views.alerts.folding.NAMES", 2)
    said = words()
    assert "Customer 2" in said
    assert "Customer 0" not in said
    assert "and 1 more" in said


def test_more_queries_than_for_three_are_not_asked_for_many(
    outage: Incident, call: Call, tab: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            tab.get(URL)
        return len(asked)

    few = queries()
    for number in range(3, 8):
        fail(call, f"Customer {number}")
    assert queries() == few


def test_a_line_counts_as_one_for_the_hosts_own_badge(outage: Incident, janet: Any) -> None:
    assert api.count_alerts(janet) == 2
    assert api.open_alerts(janet).count() == 4


def test_where_more_stand_than_are_read_a_line_still_counts_as_one(
    outage: Incident, call: Call, tab: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_notify.views.alerts.standing.LIMIT", 1)
    bounce(call(urgency="urgent").notifications.get())
    news = tab.get(URL, {"unfolded": "1"}).json()
    assert (news["count"], len(news["alerts"])) == (3, 1)
    assert "and 1 more" in news["html"]
