"""Speak mail: each tenant's by his own mailer and in his name, over connections that are kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from crm_notify.channels.base import Answer, refuse_in_transaction
from crm_notify.channels.email.answers import our_fault
from crm_notify.channels.email.letter import write
from crm_notify.channels.email.line import Lines
from crm_notify.channels.email.mailer import mailer
from crm_notify.channels.email.message import Letter
from crm_notify.channels.email.route import Route, checked_route, route_of
from crm_notify.conf import get_settings
from crm_notify.exceptions import RefusedInput, SettingsError
from crm_notify.models import Attempt
from crm_notify.rules.evidence import Blame

logger = logging.getLogger(__name__)

Result = Attempt.Result


class EmailChannel:
    """The channel ``email``."""

    def __init__(self) -> None:
        conf = get_settings()
        if not conf.TENANT_SETTINGS:
            # Else there may be tenants who have one of their own.
            mailer(conf)

    def provider_of(self, tenant: str) -> str:
        """The provider of this tenant's mailer; raises SettingsError where it cannot be used."""
        return checked_route(tenant).mailer.provider.name

    @contextmanager
    def open(self) -> Iterator[EmailSpeaker]:
        """Keep one connection to each mailer for as long as there is something to say."""
        speaker = EmailSpeaker()
        try:
            yield speaker
        finally:
            speaker.close()


class EmailSpeaker:
    """One thread's connections, one to each mailer that it has spoken by."""

    def __init__(self) -> None:
        self._lines = Lines()

    def send(self, attempt: Attempt) -> Answer:
        """Write and send the mail about this attempt, by the mailer of its tenant.

        Raises only SendInTransaction; all else, a broken template or address included, is an
        answer, so that one poisoned row stops nobody.
        """
        refuse_in_transaction()
        tenant = attempt.notification.activity.tenant
        try:
            route = route_of(tenant)
        except SettingsError as error:
            # It was right when this was claimed; the next claim puts it off and says so.
            return Answer(result=Result.LATER, text=str(error), blame=Blame.SENDER)
        if tenant and route.mailer.provider.name != attempt.provider:
            text = "The mailer was changed after this was claimed."
            return Answer(result=Result.LATER, text=text, blame=Blame.SENDER)
        return self._say(route, partial(write, attempt), f"the mail of attempt {attempt.pk}")

    def say(self, write: Callable[..., Letter], *, about: str, tenant: str = "") -> Answer:
        """Send what ``write`` returns, which is told settings and provider; raises as ``send``.

        ``about`` is what the log calls it.
        """
        refuse_in_transaction()
        try:
            route = route_of(tenant)
        except SettingsError as error:
            return our_fault(error)
        return self._say(route, write, about)

    def close(self) -> None:
        """Close the connections, if there are any."""
        self._lines.close()

    def _say(self, route: Route, write: Callable[..., Letter], about: str) -> Answer:
        try:
            letter = write(conf=route.conf, provider=route.mailer.provider)
        except RefusedInput as error:
            return Answer(result=Result.REFUSED, text=str(error), blame=Blame.ADDRESS)
        except Exception as error:
            logger.exception("crm_notify cannot write %s", about)
            return our_fault(error)
        return self._lines.to(route.mailer).speak(letter)
