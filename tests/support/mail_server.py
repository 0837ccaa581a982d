"""A real SMTP server on loopback: it keeps what arrives, and misbehaves at the stage it is told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HANG_UP = "hang up"
SILENCE = "silence"


@dataclass(frozen=True, kw_only=True)
class Received:
    """One mail with the envelope that the server saw; ``connection`` counts them from 1."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=SMTP_POLICY)


class MailServer:
    """Up between ``with`` and its end. ``replies`` says by stage (EHLO, AUTH, MAIL, RCPT, DATA)
    what to answer to the next ones in place of yes: a reply, ``HANG_UP`` or ``SILENCE``."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.replies: dict[str, deque[str]] = {}
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server
        self._talks: list[SMTP] = []

    @property
    def port(self) -> int:
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def answer(self, stage: str, *replies: str) -> None:
        self.replies[stage] = deque(replies)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(
            self._loop.create_server(self._greet, "127.0.0.1", 0, ssl=self._tls)
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _greet(self) -> SMTP:
        self.connections += 1
        talk = SMTP(
            _Handler(self, self.connections),
            hostname="mx.example.com",
            loop=self._loop,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._log_in,
        )
        self._talks.append(talk)
        return talk

    def _log_in(
        self, talk: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        said = self.replies.get("AUTH")
        if said:
            return AuthResult(success=False, handled=False, message=said.popleft())
        return AuthResult(success=True)

    async def _end(self) -> None:
        self._server.close()
        for talk in self._talks:
            _hang_up(talk)
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class _Handler:
    """aiosmtpd's hooks for one connection."""

    def __init__(self, house: MailServer, connection: int) -> None:
        self._house = house
        self._connection = connection

    async def _stage(self, talk: SMTP, name: str, yes: Callable[[], str]) -> str:
        said = self._house.replies.get(name)
        reply = said.popleft() if said else ""
        if reply == SILENCE:
            await asyncio.sleep(60)
        if reply == HANG_UP:
            _hang_up(talk)
            return "221 bye"
        return reply or yes()

    async def handle_EHLO(  # noqa: N802 - the name that aiosmtpd looks for
        self, talk: SMTP, session: Session, envelope: Envelope, host: str, lines: list[str]
    ) -> list[str]:
        session.host_name = host
        reply = await self._stage(talk, "EHLO", lambda: "")
        return [reply] if reply else lines

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd looks for
        self, talk: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        def take() -> str:
            envelope.mail_from = address
            return "250 2.1.0 ok"

        return await self._stage(talk, "MAIL", take)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, talk: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        def take() -> str:
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 ok"

        return await self._stage(talk, "RCPT", take)

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self, talk: SMTP, session: Session, envelope: Envelope
    ) -> str:
        def take() -> str:
            assert isinstance(envelope.original_content, bytes)
            self._house.received.append(
                Received(
                    mail_from=str(envelope.mail_from),
                    rcpt_tos=tuple(envelope.rcpt_tos),
                    raw=envelope.original_content,
                    connection=self._connection,
                )
            )
            return "250 2.0.0 queued"

        return await self._stage(talk, "DATA", take)


def _hang_up(talk: SMTP) -> None:
    if isinstance(talk.transport, asyncio.Transport):
        talk.transport.abort()
