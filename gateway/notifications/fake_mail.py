"""A mail server on 127.0.0.1 that knows the commands a client of ours says. No TLS.

with FakeMailServer() as server:
    ... SmtpServer("127.0.0.1", server.port) ...
    server.letters
"""

from __future__ import annotations

import base64
import socketserver
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import cast


@dataclass(frozen=True)
class Letter:
    """What arrived: the envelope, and the message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class FakeMailServer(socketserver.ThreadingTCPServer):
    """`replies` are answers by command instead of the usual ones, such as {"RCPT": "550 no such user"}; `silent`
    hangs up after the text of a letter without a word. A `password` makes logging in necessary."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, password: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.password = password
        self.replies: dict[str, str] = {}
        self.silent = False
        self.letters: list[Letter] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def __enter__(self) -> FakeMailServer:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast(FakeMailServer, self.server)
        self._sender, self._recipients = "", list[str]()
        self._say("220 fake")
        while line := self.rfile.readline():
            command = line.split(b" ", 1)[0].strip().upper().decode()
            if command in server.replies:
                self._say(server.replies[command])
            elif command == "DATA":
                if not self._data(server):
                    return
            elif command == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say(self._usual(server, command, line.strip().decode()))

    def _usual(self, server: FakeMailServer, command: str, line: str) -> str:
        if command == "EHLO":
            return "250-fake\r\n250-SIZE 1000000\r\n250 AUTH PLAIN"
        if command == "AUTH":
            given = base64.b64decode(line.split(" ")[-1]).split(b"\0")[-1].decode()
            return "235 welcome" if given == server.password else "535 authentication failed"
        if command == "MAIL":
            self._sender = line.partition("<")[2].partition(">")[0]
        if command == "RCPT":
            self._recipients.append(line.partition("<")[2].partition(">")[0])
        return "250 ok" if command in ("MAIL", "RCPT", "RSET", "NOOP", "HELO") else "502 unknown"

    def _data(self, server: FakeMailServer) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        server.letters.append(Letter(self._sender, tuple(self._recipients), message))
        if not server.silent:
            self._say("250 taken")
        return not server.silent

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
