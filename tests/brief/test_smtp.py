"""SMTP: every answer of a real server, and every way it breaks, read rightly."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from radar.brief.mail import SMTPMailer
from tests.brief.issues import make_outgoing
from tests.smtp_sink import Inbox, serve


class TLSController(Controller):
    """A server that speaks TLS at once; its own readiness probe would stumble over a private authority."""

    def _trigger_server(self) -> None:
        socket.create_connection((self.hostname, self.port), 5).close()


def send_to(port: int, tls: Any = "none", called: list[int] | None = None, **options: Any) -> Any:
    mailer = SMTPMailer("127.0.0.1", port, tls, timeout=options.pop("timeout", 5.0), **options)
    return mailer.send(make_outgoing(), lambda: (called if called is not None else []).append(1))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_server_receives_the_very_bytes_of_the_outbox() -> None:
    """Envelope and body arrive unchanged; the caller was told before."""
    inbox, called = Inbox(), []

    with serve(inbox) as port:
        sent = send_to(port, called=called)

    assert (sent.outcome, sent.reply, sent.maybe_delivered) == ("sent", "250 queued as 42", False)
    assert called == [1]
    [envelope] = inbox.received
    assert envelope.original_content == make_outgoing().body
    assert (envelope.mail_from, envelope.rcpt_tos) == ("radar@foundation.example", ["president@foundation.example"])


def test_lines_that_begin_with_dots_arrive_with_them() -> None:
    """Dot-stuffing, RFC 5321, 4.5.2."""
    inbox, outgoing = Inbox(), replace(make_outgoing(), body=b"Subject: x\r\n\r\n.\r\n..two\r\nend\r\n")

    with serve(inbox) as port:
        SMTPMailer("127.0.0.1", port, "none").send(outgoing, lambda: None)

    assert inbox.received[0].original_content == outgoing.body


@pytest.mark.parametrize(
    ("answers", "outcome", "before_data_called"),
    [
        ({"mail": "451 try later"}, "retry", False),
        ({"mail": "550 not from you"}, "refused", False),
        ({"mail": "530 authentication required"}, "retry", False),
        ({"rcpt": "450 greylisted"}, "retry", False),
        ({"rcpt": "421 closing"}, "retry", False),
        ({"rcpt": "550 no such user"}, "refused", False),
        ({"data": "452 disk full"}, "retry", True),
        ({"data": "421 going down"}, "retry", True),
        ({"data": "554 looks like spam"}, "refused", True),
    ],
    ids=str,
)
def test_4xx_is_tried_again_and_5xx_is_final(answers: dict[str, str], outcome: str, before_data_called: bool) -> None:
    """The server's words are kept; its clear answer leaves no doubt about delivery."""
    called: list[int] = []

    with serve(Inbox(**answers)) as port:
        sent = send_to(port, called=called)

    assert sent.outcome == outcome
    assert next(iter(answers.values())) in sent.reply
    assert not sent.maybe_delivered
    assert bool(called) is before_data_called


def test_connection_lost_after_the_message_leaves_a_doubt() -> None:
    """Tried again, and flagged: the server may have it."""
    inbox = Inbox(data="drop")

    with serve(inbox) as port:
        sent = send_to(port)

    assert len(inbox.received) == 1
    assert (sent.outcome, sent.maybe_delivered) == ("retry", True)
    assert "may have arrived" in sent.reply


@contextmanager
def script(*steps: bytes, silent: bool = False) -> Iterator[int]:
    """Serve one connection that sends a step whenever a line comes in, then hangs up or falls silent."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def answer() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                for step in steps:
                    connection.sendall(step)
                    connection.recv(65536)
                if silent:
                    done.wait(5)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        listener.close()
        thread.join()


GREETED = (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n")  # up to the answer to MAIL
ADDRESSED = (*GREETED, b"250 ok\r\n")
OPENED = (*ADDRESSED, b"354 go\r\n")


@pytest.mark.parametrize(
    ("steps", "silent", "maybe"),
    [
        pytest.param((), False, False, id="hangs up"),
        pytest.param((), True, False, id="says nothing"),
        pytest.param((b"554 no service here\r\n",), False, False, id="554 greeting"),
        pytest.param((b"421 busy\r\n",), False, False, id="421 greeting"),
        pytest.param((b"\xff\xfe garbage\r\n",), False, False, id="garbage"),
        pytest.param(GREETED, False, False, id="drops at RCPT"),
        pytest.param(ADDRESSED, True, False, id="silent at DATA"),
        pytest.param(OPENED, True, True, id="silent after DATA"),
        pytest.param(OPENED, False, True, id="drops after DATA"),
        pytest.param((*OPENED, b"garbage\r\n"), False, True, id="garbage after DATA"),
    ],
)
def test_servers_that_break_off_are_tried_again(steps: tuple[bytes, ...], silent: bool, maybe: bool) -> None:
    """Whatever breaks is an answer; only what breaks after the message left is in doubt."""
    with script(*steps, silent=silent) as port:
        sent = send_to(port, timeout=0.5)

    assert (sent.outcome, sent.maybe_delivered) == ("retry", maybe)
    assert sent.reply.startswith(f"127.0.0.1:{port}: ")


def test_no_server_at_all_is_tried_again() -> None:
    """A refused connection and an unknown host name the place and the reason."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sent = send_to(probe.getsockname()[1])

    assert sent.outcome == "retry"
    assert "refused" in sent.reply


def test_quit_that_fails_does_not_undo_a_delivery() -> None:
    """After 250 the message is the server's."""
    with script(*OPENED, b"250 yours\r\n") as port:
        sent = send_to(port)

    assert (sent.outcome, sent.reply) == ("sent", "250 yours")


def test_failure_to_record_stops_the_delivery() -> None:
    """When the caller cannot write down that it hands over, nothing is handed over and the error travels."""
    inbox = Inbox()

    def fail() -> None:
        raise OSError("disk full")

    with serve(inbox) as port, pytest.raises(OSError, match="disk full"):
        SMTPMailer("127.0.0.1", port, "none").send(make_outgoing(), fail)
    assert inbox.received == []


# -- TLS and login ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_both_kinds_of_tls_deliver_over_a_trusted_certificate(
    tls: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """STARTTLS on the submission port, TLS from the first byte on its own."""
    inbox = Inbox()
    server: dict[str, Any] = {
        "starttls": {"tls_context": server_tls},
        "tls": {"kind": TLSController, "ssl_context": server_tls},
    }
    with serve(inbox, **server[tls]) as port:
        sent = send_to(port, tls, context=client_tls)

    assert sent.outcome == "sent", sent
    assert len(inbox.received) == 1


def test_stripped_starttls_is_never_answered_in_clear() -> None:
    """A server, or somebody between, that hides STARTTLS gets no envelope, no login and no message."""
    inbox, called = Inbox(), []

    with serve(inbox) as port:
        sent = send_to(port, "starttls", called, user="radar", password="secret")

    assert sent.outcome == "retry"
    assert "STARTTLS" in sent.reply
    assert inbox.received == called == []


def test_untrusted_certificates_end_the_attempt(server_tls: ssl.SSLContext) -> None:
    """A certificate nobody vouches for is the same as none."""
    inbox = Inbox()

    with serve(inbox, tls_context=server_tls) as port:
        sent = send_to(port, "starttls")

    assert sent.outcome == "retry"
    assert "no trusted TLS connection" in sent.reply
    assert inbox.received == []


def _authenticate(server: SMTP, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
    return AuthResult(success=login.password == b"right", handled=False)


@pytest.mark.parametrize(("password", "outcome"), [("right", "sent"), ("wrong", "retry")])
def test_login_failures_say_what_to_check_and_keep_the_password(
    password: str, outcome: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """A wrong password is the operator's to put right; the digest waits."""
    inbox = Inbox()
    options = {"tls_context": server_tls, "authenticator": _authenticate, "auth_required": True}
    with serve(inbox, **options) as port:
        sent = send_to(port, "starttls", context=client_tls, user="radar", password=password)

    assert sent.outcome == outcome, sent
    assert len(inbox.received) == (outcome == "sent")
    if outcome == "retry":
        assert "check mail.user and RADAR_SMTP_PASSWORD" in sent.reply
        assert "wrong" not in sent.reply


def test_servers_without_login_are_named() -> None:
    """A login that is configured but not offered is not silently skipped."""
    inbox = Inbox()

    with serve(inbox) as port:
        sent = send_to(port, user="radar", password="secret")

    assert sent.outcome == "retry"
    assert "offers no login" in sent.reply
    assert inbox.received == []


def test_checking_a_server_greets_it_and_sends_nothing() -> None:
    """What `radar doctor` asks: empty when all is well, else the reason."""
    inbox = Inbox()

    with serve(inbox) as port:
        well = SMTPMailer("127.0.0.1", port, "none").check()
        stripped = SMTPMailer("127.0.0.1", port, "starttls").check()

    assert well == ""
    assert "STARTTLS" in stripped
    assert inbox.received == []
