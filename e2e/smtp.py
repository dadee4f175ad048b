"""A mail server for tests: takes every mail, keeps it in memory, refuses when told to. Needs only the standard library.

    with Catcher() as catcher:
        catcher.port
        mail = catcher.wait(to="ada@example.org")     # an email.message.EmailMessage
        catcher.raw                                    # (recipients, bytes) of everything that came
"""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
import time
from email.message import EmailMessage

WAIT_SECONDS = 30


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 catcher.example")
        recipients: list[str] = []
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith((b"EHLO", b"HELO")):
                self._say("250-catcher.example")
                self._say("250 8BITMIME")
            elif word.startswith(b"MAIL FROM"):
                recipients = []
                self._say("250 ok")
            elif word.startswith(b"RCPT TO"):
                self.server.attempts += 1
                if self.server.refusal:
                    self._say(self.server.refusal)
                else:
                    recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                    self._say("250 ok")
            elif word == b"DATA":
                self._say("354 go ahead")
                body = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    body += part[1:] if part.startswith(b"..") else part
                with self.server.arrived:
                    self.server.raw.append((recipients, body))
                    self.server.arrived.notify_all()
                self._say("250 kept")
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Catcher(socketserver.ThreadingTCPServer):
    """Listens on a free port of the loopback."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.port: int = self.server_address[1]
        self.raw: list[tuple[list[str], bytes]] = []
        self.arrived = threading.Condition()
        self.refusal: str | None = None
        self.attempts = 0

    def __enter__(self) -> Catcher:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def environment(self) -> dict[str, str]:
        """What a server needs to send its mail here."""
        return {
            "SIGHTLINE__SMTP__HOST": "127.0.0.1",
            "SIGHTLINE__SMTP__PORT": str(self.port),
            "SIGHTLINE__SMTP__TLS": "none",
        }

    def to(self, address: str) -> list[bytes]:
        """Everything that came for an address."""
        with self.arrived:
            return [body for recipients, body in self.raw if address in recipients]

    def wait_raw(self, to: str, number: int = 1) -> bytes:
        """The n-th mail for an address, when it is there."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self.arrived:
            while len(found := [body for recipients, body in self.raw if to in recipients]) < number:
                left = deadline - time.monotonic()
                assert left > 0 and self.arrived.wait(left), f"no mail number {number} for {to}"
            return found[number - 1]

    def wait(self, to: str, number: int = 1) -> EmailMessage:
        """The same, parsed."""
        return email.message_from_bytes(self.wait_raw(to, number), policy=email.policy.default)
