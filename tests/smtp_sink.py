"""A real SMTP server on loopback that keeps what it receives and answers as it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Inbox:
    """What the server received, and the answers it gives instead of 250 ("drop": it hangs up after the data)."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.received: list[Any] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(envelope)
        if self.answers.get("data") == "drop":
            server.transport.abort()
        return self.answers.get("data", "250 queued as 42")


@contextmanager
def serve(inbox: Inbox, kind: type[Controller] = Controller, **options: Any) -> Iterator[int]:
    """Run the server on a free loopback port, and return the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    controller = kind(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def serve_inbox(**answers: str) -> Iterator[tuple[Inbox, int]]:
    """Run the server with a fresh inbox."""
    inbox = Inbox(**answers)
    with serve(inbox) as port:
        yield inbox, port
