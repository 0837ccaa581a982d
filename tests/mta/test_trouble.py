"""While our side is down Postfix keeps every mail, and nothing is lost when we are back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from crm_notify import api
from crm_notify.models import Notification, Receipt
from crm_notify.steps.deliver import deliver
from tests.mta.conftest import Hear, Open
from tests.mta.everybody import Python
from tests.mta.house import House, lmtp_server, write_script
from tests.mta.postfix import free_port

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 2


@pytest.fixture
def bounces(call: Callable[..., Any]) -> Callable[[House], None]:
    """Send mails that all bounce, and wait until Postfix has tried to hand the bounces over."""

    def send(house: House) -> None:
        people = get_user_model().objects.bulk_create(
            [
                get_user_model()(username=f"guest{number}", email=f"guest{number}@example.com")
                for number in range(MAILS)
            ]
        )
        house.target.answer("RCPT", *["550 5.1.1 No such user here"] * MAILS)
        call(recipients=people)
        deliver()

        def kept() -> bool:
            waiting = house.postfix.waiting()
            return [mail["queue_name"] for mail in waiting].count("deferred") == MAILS

        house.wait_until(kept, f"{MAILS} mails that Postfix keeps")
        assert not Receipt.objects.exists()

    return send


def assert_all_are_heard(house: House, hear: Hear) -> None:
    hear(house, MAILS, flush=True)
    house.wait_until(lambda: not house.postfix.waiting(), "an empty queue")
    assert Receipt.objects.count() == MAILS
    assert Notification.objects.filter(outcome="failed").count() == MAILS


def test_while_the_intake_is_closed(
    way: str, open_house: Open, bounces: Callable[[House], None], hear: Hear
) -> None:
    house = open_house(way)
    api.close_intake(by="alice", reason="The disk is full")
    bounces(house)
    api.open_intake(by="alice")
    assert_all_are_heard(house, hear)


def test_while_our_mail_server_is_down(
    open_house: Open,
    bounces: Callable[[House], None],
    hear: Hear,
    environment: Mapping[str, str],
) -> None:
    port = free_port()
    house = open_house("lmtp", port=port)
    bounces(house)
    with lmtp_server(port, environment):
        assert_all_are_heard(house, hear)


def test_while_our_mail_server_has_no_database(
    open_house: Open,
    bounces: Callable[[House], None],
    hear: Hear,
    environment: Mapping[str, str],
) -> None:
    port = free_port()
    house = open_house("lmtp", port=port)
    with lmtp_server(port, {**environment, "MTA_DATABASE": "nowhere"}):
        bounces(house)
    with lmtp_server(port, environment):
        assert_all_are_heard(house, hear)


@pytest.mark.parametrize(
    "broken",
    [
        {"MTA_DATABASE": "nowhere"},
        {"DJANGO_SETTINGS_MODULE": "settings.that.were.not.deployed"},
        {"LD_LIBRARY_PATH": "/nowhere", "PYTHONHOME": "/nowhere"},
    ],
    ids=["no database", "no settings", "no Python"],
)
def test_while_the_pipe_is_broken(
    broken: Mapping[str, str],
    open_house: Open,
    bounces: Callable[[House], None],
    hear: Hear,
    environment: Mapping[str, str],
    python: Python,
    folder: Path,
) -> None:
    place = folder / "broken"
    place.mkdir(exist_ok=True)
    house = open_house("pipe", script=write_script(place, python, {**environment, **broken}))
    bounces(house)
    assert "Traceback" not in house.postfix.log
    write_script(place, python, environment)
    assert_all_are_heard(house, hear)
