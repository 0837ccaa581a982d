"""The testing module inside Django's own TestCase, whose transaction never commits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import transaction
from django.test import TestCase, TransactionTestCase, override_settings
from django.utils import timezone

from crm_notify import api, testing
from crm_notify.signals import alert_opened
from tests.crm.models import Customer
from tests.settings import CRM_NOTIFY
from tests.steps.bells import WORKS, rung


def people() -> tuple[Any, Any, Customer]:
    create = get_user_model().objects.create_user
    janet = create("janet", "janet@crm.example", "secret", first_name="Janet")
    john = create("john", "john@example.com", "secret", first_name="John")
    return janet, john, Customer.objects.create(name="Contoso", owner=john)


class TheStory(TestCase):
    def setUp(self) -> None:
        self.janet, self.john, self.contoso = people()

    def call(self, **given: Any) -> Any:
        return api.record_activity(
            actor=self.janet,
            verb="logged a call",
            target=self.contoso,
            text="They are ready to close today.",
            recipients=[self.john],
            **given,
        )

    def test_what_would_be_sent_is_there_without_sending_it(self) -> None:
        self.call(urgency="urgent")
        [message] = testing.outbox()
        assert message.recipient == self.john
        assert (message.address, message.channel) == ("john@example.com", "email")
        assert (message.verb, message.target) == ("logged a call", self.contoso)
        assert message.urgency == "urgent"
        assert message.url == self.contoso.get_absolute_url()
        assert "Contoso" in message.subject
        assert "ready to close" in message.body
        assert "ready to close" in message.html
        assert "janet@crm.example" in message.sender
        assert message.refused == ""
        assert mail.outbox == []

    def test_it_is_delivered_bounces_and_warns_in_one_transaction(self) -> None:
        self.call()
        [sent] = testing.deliver()
        assert mail.outbox[0].subject == sent.subject
        assert testing.outbox() == []
        testing.bounce(sent)
        [warning] = testing.alerts(self.janet)
        assert warning.headline == "John was not told"
        assert warning.why == "There is no such mailbox."
        assert testing.alerts() == []
        assert testing.told() == []

    def test_time_passes_for_us_and_for_nobody_else(self) -> None:
        self.call()
        [sent] = testing.deliver()
        testing.bounce(sent)
        with testing.move_clock(timedelta(hours=4, minutes=1)) as clock:
            assert len(testing.alerts()) == 1
            assert timezone.now() < clock.now() - timedelta(hours=4)

    def test_signals_and_sinks_hear_of_it(self) -> None:
        rung.clear()
        heard: list[Any] = []

        def hear(sender: Any, alert: Any, **kwargs: Any) -> None:
            heard.append(alert.person)

        alert_opened.connect(hear)
        self.addCleanup(alert_opened.disconnect, hear)
        self.call()
        with override_settings(CRM_NOTIFY={**CRM_NOTIFY, "SINKS": [WORKS]}):
            testing.bounce(testing.deliver()[0])
        assert heard == [self.janet]
        assert rung == [("janet", "John was not told", True)]

    def test_what_waits_for_the_commit_is_run_once_however_it_is_nested(self) -> None:
        ran: list[str] = []
        with self.captureOnCommitCallbacks(execute=True) as callbacks:
            transaction.on_commit(lambda: ran.append("outer"))
            with testing.committed():
                transaction.on_commit(lambda: ran.append("inner"))
                assert ran == []
            assert ran == ["inner"]
        assert ran == ["inner", "outer"]
        assert len(callbacks) == 1

    def test_a_callback_that_fails_fails_the_test_unless_it_is_robust(self) -> None:
        def fail() -> None:
            raise OSError("no disk")

        with pytest.raises(OSError, match="no disk"), testing.committed():
            transaction.on_commit(fail)
        with self.assertLogs("crm_notify.testing.commit"), testing.committed():
            transaction.on_commit(fail, robust=True)

    def test_a_transaction_of_ones_own_is_refused_as_in_production(self) -> None:
        self.call()
        with transaction.atomic(), self.assertRaisesMessage(RuntimeError, "durable"):
            testing.deliver()

    @override_settings(CRM_NOTIFY={**CRM_NOTIFY, "WAKE": True})
    def test_no_broker_is_woken(self) -> None:
        with testing.committed():
            self.call()
        testing.bounce(testing.deliver()[0])
        assert len(testing.alerts(self.janet)) == 1


class InATransactionTestCase(TransactionTestCase):
    def test_it_works_where_everything_is_committed(self) -> None:
        janet, john, contoso = people()
        with testing.committed():
            api.record_activity(actor=janet, verb="called", target=contoso, recipients=[john])
        testing.bounce(testing.deliver()[0])
        assert len(testing.alerts(janet)) == 1

    def test_what_waits_for_a_real_transaction_is_left_to_it(self) -> None:
        ran: list[str] = []
        with transaction.atomic():
            with testing.committed():
                transaction.on_commit(lambda: ran.append("real"))
            assert ran == []
        assert ran == ["real"]
