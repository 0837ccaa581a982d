"""A small mail server for the Return-Path: it speaks LMTP and SMTP to the mail server before it.

Whoever imports it needs aiosmtpd, the extra ``lmtp``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from crm_notify.management.return_path import is_closed, is_ours, keep
from crm_notify.scope import scope

logger = logging.getLogger(__name__)

KEPT = "250 2.0.0 Stored"
WELCOME = "250 2.1.5 Go on"
UNKNOWN = "550 5.1.1 No such address"
#: RFC 3463 section 3.4: the system does not accept messages now; the other side comes again.
NOT_NOW = "451 4.3.0 Come again"
EMPTY = "451 4.3.0 That is no mail"
#: RFC 5321 section 4.5.3.1.10: the other side sends it to the others again.
ONE_EACH = "452 4.5.3 One recipient at a time"
FULL = b"421 4.3.2 Too many connections\r\n"
CLOSING = b"421 4.3.2 Closing\r\n"

#: How long a mail that is being taken may take when the server is told to end.
GRACE = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one connection may cost, and all of them."""

    #: Of one mail, in octets; announced, so that a larger one is not even begun.
    size: int
    #: For one command and its answer, the text of the mail included.
    time: timedelta = timedelta(minutes=2)
    #: Of these Postfix alone opens 20, and keeps those before for a while; 421 costs it minutes.
    connections: int = 100
    #: Threads, and so connections to the database.
    threads: int = 4


class Talk(SMTP):
    """One connection. LMTP is SMTP with another greeting (RFC 2033) where a mail has one recipient.

    aiosmtpd's own LMTP answers once where the standard wants an answer for each recipient.
    """

    #: Notices come with longer lines than RFC 5321 section 4.5.3.1.6 allows.
    line_length_limit = 256 * 1024
    #: Whether a mail is being taken at this moment.
    busy = False

    def __init__(self, handler: Handler, *, limits: Limits, talks: set[Talk]) -> None:
        super().__init__(
            handler,
            data_size_limit=limits.size,
            timeout=limits.time.total_seconds(),
            enable_SMTPUTF8=True,
            # Nobody looks it up, and Postfix takes its own name here for a loop.
            hostname="crm-notify.localhost",
            ident="crm_notify",
            loop=asyncio.get_running_loop(),
        )
        self._talks = talks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.wire = transport
        self._talks.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._talks.discard(self)
        super().connection_lost(error)

    smtp_LHLO = SMTP.smtp_EHLO  # noqa: N815 - the name that aiosmtpd looks for

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the same
        self.busy = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self.busy = False


class _Full(asyncio.Protocol):
    """A connection too many; the other side comes again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        _hang_up(transport, FULL)


class Handler:
    """aiosmtpd's hooks. Whatever goes wrong here, the mail is to come again."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, talk: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Let in who is ours, while we can store: a refusal here costs nobody a mail."""
        if envelope.rcpt_tos:
            return ONE_EACH
        if not is_ours(address):
            return UNKNOWN
        if await self._ask(is_closed):
            return NOT_NOW
        envelope.rcpt_tos.append(address)
        return WELCOME

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, talk: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Say that it is stored once it is committed, and not before."""
        raw, sender = envelope.original_content or b"", envelope.mail_from or ""
        if not raw.strip():
            return EMPTY

        def store() -> bool:
            if is_closed():
                return False
            keep(raw, recipient=envelope.rcpt_tos[0], sender=sender)
            return True

        return KEPT if await self._ask(store) else NOT_NOW

    async def handle_exception(self, error: Exception) -> str:
        """Our database is down, a setting is wrong: who asks learns no more than "later"."""
        logger.error("crm_notify_lmtp could not take a mail", exc_info=error)
        return NOT_NOW

    async def _ask(self, question: Callable[[], bool]) -> bool:
        """Ask the database, off the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _fresh, question)


def _fresh(question: Callable[[], bool]) -> bool:
    """With a connection that is alive, as a request has one."""
    close_old_connections()
    try:
        with scope(None):
            return question()
    finally:
        close_old_connections()


async def serve(
    *, host: str, port: int, limits: Limits, stop: asyncio.Event, started: Callable[[int], None]
) -> None:
    """Serve until ``stop`` is set; ``started`` is told the port once mail can come.

    What is being stored then is stored and answered. Raises OSError where it cannot listen.
    """
    talks: set[Talk] = set()
    with ThreadPoolExecutor(limits.threads, thread_name_prefix="crm_notify_lmtp") as pool:
        handler = Handler(pool)

        def greet() -> asyncio.Protocol:
            if len(talks) >= limits.connections:
                return _Full()
            return Talk(handler, limits=limits, talks=talks)

        server = await asyncio.get_running_loop().create_server(greet, host, port)
        started(server.sockets[0].getsockname()[1])
        await stop.wait()
        server.close()
        await _end(talks)


async def _end(talks: set[Talk]) -> None:
    """Hang up on who is idle at once, on the others when they have their answer or time is up."""
    clock = asyncio.get_running_loop().time
    until = clock() + GRACE.total_seconds()
    while talks and clock() < until:
        for talk in [talk for talk in talks if not talk.busy]:
            _hang_up(talk.wire, CLOSING)
        await asyncio.sleep(0.05)
    for talk in list(talks):
        talk.wire.abort()


def _hang_up(transport: asyncio.Transport, last_word: bytes) -> None:
    transport.write(last_word)
    transport.close()
