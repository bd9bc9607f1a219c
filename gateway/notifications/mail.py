"""E-mail through the operator's own server.

Source: RFC 5321 for the reply codes (4yz later perhaps, 5yz never), RFC 3207 for STARTTLS.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Literal
from urllib.parse import unquote, urlsplit

from desk.clock import Clock
from gateway.notifications.errors import NoAnswer, NotDelivered, Refused, Unavailable
from gateway.notifications.message import Message, one_line

TARGET = "email"
LIMIT = 100_000  # bytes of text
TIMEOUT = 10.0  # seconds, for each answer of the server
_HERE = frozenset(("localhost", "127.0.0.1", "::1"))
Security = Literal["tls", "starttls"]


@dataclass(frozen=True)
class SmtpServer:
    """`tls` from the first byte (port 465), or `starttls` (587, 25), which is done without only where the server
    offers none and there is no password to protect, or the server is this machine."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "starttls"

    @classmethod
    def parse(cls, url: str) -> SmtpServer:
        """smtp://user:password@host:587 or smtps://user:password@host:465. The ValueError does not repeat it."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError("not smtp(s)://user:password@host:port")
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
        security: Security = "tls" if parts.scheme == "smtps" else "starttls"
        return cls(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), security)


@dataclass(frozen=True)
class Mailbox:
    """Who writes, and who is always written to."""

    sender: str
    recipients: tuple[str, ...]

    def __post_init__(self) -> None:
        for address in (self.sender, *self.recipients):
            checked(address)


class Mailer:
    """One connection for each message."""

    target = TARGET

    def __init__(
        self, server: SmtpServer, mailbox: Mailbox, clock: Clock, context: ssl.SSLContext | None = None
    ) -> None:
        self._server = server
        self._mailbox = mailbox
        self._clock = clock
        self._context = context or ssl.create_default_context()

    async def send(self, message: Message) -> None:
        """Returns only when the server has taken it for all. Raises NotDelivered."""
        made = letter(message, self._mailbox, self._clock())
        await asyncio.to_thread(self._send, made)

    def _send(self, made: EmailMessage) -> None:
        try:
            smtp = self._connected()
            try:
                self._prepare(smtp)
                _hand_over(smtp, made)
            finally:
                with suppress(smtplib.SMTPException, OSError):  # what it has taken it has, whatever it says to QUIT
                    smtp.quit()
        except smtplib.SMTPException as error:
            raise _error(error) from None
        except OSError as error:
            raise Unavailable("no_connection", kind=type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=self._context)
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)

    def _prepare(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        smtp.ehlo()
        if server.security == "starttls":
            if smtp.has_extn("starttls"):
                smtp.starttls(context=self._context)
                smtp.ehlo()
            elif server.password and server.host not in _HERE:
                raise Refused("no_tls")
        if server.user:
            smtp.login(server.user, server.password)


def letter(message: Message, mailbox: Mailbox, now: datetime) -> EmailMessage:
    """The e-mail; line breaks in a subject would be headers, and EmailMessage refuses them besides."""
    called = tuple(one.email for one in message.people if one.email and _usable(one.email))
    recipients = called if message.personal and called else (*mailbox.recipients, *called)
    made = EmailMessage()
    made["Subject"] = one_line(message.title)
    made["From"] = mailbox.sender
    made["To"] = ", ".join(dict.fromkeys(recipients))
    made["Date"] = format_datetime(now)
    made["Message-ID"] = make_msgid(domain=mailbox.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine is to answer
    made.set_content(message.text(LIMIT))
    return made


def checked(address: str) -> str:
    """A bare address, `name@host`. Raises ValueError."""
    if not address.isascii() or Address(addr_spec=address).addr_spec != address or not address.rpartition("@")[0]:
        raise ValueError("not an e-mail address")
    return address


def _usable(address: str) -> bool:
    try:
        checked(address)
    except (ValueError, IndexError):
        return False
    return True


def _hand_over(smtp: smtplib.SMTP, made: EmailMessage) -> None:
    try:
        refused = smtp.send_message(made)
    except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
        raise NoAnswer("no_answer", kind=type(error).__name__) from None
    if refused:  # the others have it; sending it again would be no help to anybody
        raise Refused("some_recipients", addresses="、".join(refused))


def _error(error: smtplib.SMTPException) -> NotDelivered:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Refused("login", code=error.smtp_code)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes: Iterable[int] = [code for code, _ in error.recipients.values()]
        never = all(code >= 500 for code in codes)
        return (Refused if never else Unavailable)(
            "recipients", addresses="、".join(error.recipients), code=max(codes, default=0)
        )
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return (Refused if error.smtp_code >= 500 else Unavailable)("code", code=error.smtp_code, said=said[:200])
    return Unavailable("no_connection", kind=type(error).__name__)
