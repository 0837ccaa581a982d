"""What a worker does, done when the test says so."""

from __future__ import annotations

from crm_notify.channels.email.mailer import mailer
from crm_notify.conf import get_settings
from crm_notify.models import Attempt
from crm_notify.steps.deliver import deliver_in_this_thread
from crm_notify.steps.interpret import interpret
from crm_notify.steps.ring import ring
from crm_notify.steps.sweep import sweep
from crm_notify.testing.messages import Message, made_after
from crm_notify.testing.world import quiet_world


def deliver() -> list[Message]:
    """Send what is due, and return it; the mails stand in ``django.core.mail.outbox`` as well.

    A failure at once, such as an address that is none, warns people as it does in production.
    Raises SettingsError where the mailer cannot be used.
    """
    mailer(get_settings())
    newest = _newest()
    with quiet_world():
        deliver_in_this_thread()
    with quiet_world():
        ring()
    return made_after(newest)


def work() -> list[Message]:
    """Do one round of all the work: sweep, read, send, call the sinks. Returns what was sent."""
    newest = _newest()
    with quiet_world():
        failed = sweep(by="a test")
        interpret()
    if failed:
        raise RuntimeError(f"The sweep failed in {', '.join(failed)}; the log says why.")
    deliver()
    return made_after(newest)


def _newest() -> int:
    newest = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
