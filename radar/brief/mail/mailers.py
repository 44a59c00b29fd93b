"""Hand messages over: to an SMTP server or into a folder, the answer as data."""

import contextlib
import email.policy
import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any, Literal, Protocol

from radar.records import Outgoing
from radar.text import clean_text, stable_id

_BARE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one attempt. `maybe_delivered`: the connection broke when the server may have had it all."""

    outcome: Literal["sent", "retry", "refused"]
    reply: str  # the server's words, or ours for the operator
    maybe_delivered: bool = False


class Mailer(Protocol):
    """Hands one message over. `before_data` is called once, before the first moment it could be delivered."""

    def send(self, outgoing: Outgoing, before_data: Callable[[], None]) -> Sent:
        """Try once; an expected failure is an answer, never an exception."""


#: Wait after the first, second … attempt; the last wait repeats until GIVE_UP_AFTER.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 80, 160, 240))
GIVE_UP_AFTER = timedelta(days=3)


def next_attempt(attempts: int, now: datetime, outcome: Literal["sent", "retry", "refused"]) -> datetime | None:
    """Return when to try again after so many attempts, or None: it is done, refused, or given up."""
    if outcome != "retry":
        return None
    waits = [WAITS[min(number, len(WAITS) - 1)] for number in range(max(1, attempts))]
    return now + waits[-1] if sum(waits, timedelta()) <= GIVE_UP_AFTER else None


class FolderMailer:
    """Writes each message into a folder, as `<executive>-<week>.eml` and `.html`: delivery without a mail server."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, outgoing: Outgoing, before_data: Callable[[], None]) -> Sent:
        """Write both files, each whole or not at all."""
        name = name_file(outgoing)
        page = message_from_bytes(outgoing.body, policy=email.policy.default).get_body(("html",))
        before_data()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _write_whole(self.path / f"{name}.eml", outgoing.body)
            if page is not None:
                _write_whole(self.path / f"{name}.html", page.get_content().replace("\r\n", "\n").encode())
        except OSError as error:
            return Sent("retry", f"{self.path}: {error.strerror or error}; make the folder writable")
        return Sent("sent", f"written to {self.path / name}.eml")


def name_file(outgoing: Outgoing) -> str:
    """Return what the files of a message are called in the out folder, without their endings."""
    return "-".join(part if _BARE_NAME.fullmatch(part) else stable_id(part) for part in outgoing.name.split(" "))


def _write_whole(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


class SMTPMailer:
    """Hands messages to an SMTP server (RFC 5321), one connection each, never in clear when TLS was asked for."""

    def __init__(
        self,
        host: str,
        port: int = 587,
        tls: Literal["starttls", "tls", "none"] = "starttls",
        user: str = "",
        password: str = "",
        *,
        timeout: float = 30.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.host, self.port, self.tls, self.user, self.password = host, port, tls, user, password
        self.timeout = timeout
        self.context = context  # None: the system's certificate authorities, host name checked

    def send(self, outgoing: Outgoing, before_data: Callable[[], None]) -> Sent:
        """Speak to the server step by step and say what its answers mean."""
        attempt = _Attempt(self, outgoing, before_data)
        try:
            return attempt.run()
        finally:
            attempt.close()

    def check(self) -> str:
        """Greet the server, secure the connection and log in as for a message; return what is wrong, "" for nothing."""
        nothing = Outgoing("", "", "", "", "", b"", datetime.min.replace(tzinfo=UTC))
        attempt = _Attempt(self, nothing, lambda: None)
        try:
            failed = attempt.greet()
        finally:
            attempt.close()
        return failed.reply if failed else ""


class _Refusal(Exception):
    """An answer that ends the attempt."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(sent.reply)
        self.sent = sent


class _Attempt:
    """One connection, one message."""

    def __init__(self, mailer: SMTPMailer, outgoing: Outgoing, before_data: Callable[[], None]) -> None:
        self.mailer, self.outgoing, self.before_data = mailer, outgoing, before_data
        self.where = f"{mailer.host}:{mailer.port}"
        self.client: smtplib.SMTP | None = None
        self.handed_over = False

    def run(self) -> Sent:
        early = self._guard(self._prepare)
        if early is not None:
            return early
        self.before_data()  # outside the guard: its failures are the caller's
        return self._guard(self._hand_over) or self._retry("no answer")

    def greet(self) -> Sent | None:
        """Connect and log in; return what failed."""
        return self._guard(lambda: self._log_in(self._connect()))

    def _guard(self, step: Callable[[], Sent | None]) -> Sent | None:
        """Take a step; return its outcome, or what its failure means."""
        try:
            return step()
        except _Refusal as refusal:
            return refusal.sent
        except smtplib.SMTPResponseException as error:  # at the greeting, EHLO or STARTTLS: about us, not the message
            return self._retry(f"answered {_read_reply(error.smtp_code, error.smtp_error)}")
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", "") or error.reason or str(error)
            return self._retry(f"no trusted TLS connection ({clean_text(reason, 200)}); nothing was sent in clear")
        except (
            OSError,
            smtplib.SMTPException,
        ) as error:  # timeouts, resets, names that do not resolve, garbled replies
            words = "timed out" if isinstance(error, TimeoutError) else clean_text(str(error), 200)
            return self._retry(words or type(error).__name__)

    def close(self) -> None:
        """Say goodbye; what the server answers no longer matters."""
        if self.client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self.client.sock is not None:
                    self.client.sock.settimeout(min(5.0, self.mailer.timeout))
                self.client.quit()
            self.client.close()

    def _prepare(self) -> None:
        """Go as far as the server takes sender and recipient; nothing is delivered yet."""
        client = self.client = self._connect()
        self._log_in(client)
        self._expect("sender", client.mail(self.outgoing.sender))
        self._expect("recipient", client.rcpt(self.outgoing.recipient))

    def _connect(self) -> smtplib.SMTP:
        mailer = self.mailer
        context = mailer.context or ssl.create_default_context()
        if mailer.tls == "tls":
            self.client = smtplib.SMTP_SSL(mailer.host, mailer.port, timeout=mailer.timeout, context=context)
        else:
            self.client = smtplib.SMTP(mailer.host, mailer.port, timeout=mailer.timeout)
        client = self.client
        client.ehlo_or_helo_if_needed()
        if mailer.tls == "starttls":
            if not client.has_extn("starttls"):
                raise _Refusal(self._retry("the server offers no STARTTLS; not sending in clear (check mail.tls)"))
            client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
        return client

    def _log_in(self, client: smtplib.SMTP) -> None:
        """Log in by the best way on offer, once: smtplib would try three, and three failures lock an account."""
        if not self.mailer.user:
            return
        hint = "check mail.user and RADAR_SMTP_PASSWORD"
        if not (self.mailer.user + self.mailer.password).isascii():
            raise _Refusal(self._retry(f"user and password must be plain ASCII; {hint}"))
        offered = client.esmtp_features.get("auth", "").upper().split()
        ways: dict[str, Any] = {
            "CRAM-MD5": client.auth_cram_md5,
            "PLAIN": client.auth_plain,
            "LOGIN": client.auth_login,
        }
        order = ("CRAM-MD5", "PLAIN", "LOGIN") if self.mailer.tls == "none" else ("PLAIN", "LOGIN", "CRAM-MD5")
        way = next((way for way in order if way in offered), "")
        if not way:
            raise _Refusal(self._retry(f"the server offers no login here; {hint}, mail.port and mail.tls"))
        client.user, client.password = self.mailer.user, self.mailer.password
        try:
            client.auth(way, ways[way])
        except smtplib.SMTPAuthenticationError as error:
            words = _read_reply(error.smtp_code, error.smtp_error)
            raise _Refusal(self._retry(f"login failed, {words}; {hint}")) from None

    def _hand_over(self) -> Sent:
        client = self.client
        assert client is not None
        self._expect("DATA", client.docmd("DATA"), 354)
        self.handed_over = True
        # Dots at the start of a line are doubled (RFC 5321, 4.5.2).
        client.send(re.sub(rb"(?m)^\.", b"..", self.outgoing.body.rstrip(b"\r\n")) + b"\r\n.\r\n")
        code, words = client.getreply()
        self.handed_over = not 200 <= code < 600  # a proper answer leaves no doubt
        self._expect("message", (code, words))
        return Sent("sent", _read_reply(code, words))

    def _expect(self, step: str, answer: tuple[int, bytes], wanted: int = 0) -> None:
        """Go on if the server agrees. 4xx: later; 5xx about this message: never; about our login: later."""
        code, words = answer
        if code == wanted or (not wanted and 200 <= code < 300):
            return
        reply = _read_reply(code, words)
        about_login = code in (530, 534, 535, 538)  # RFC 4954, 6
        if 500 <= code < 600 and not about_login:
            raise _Refusal(Sent("refused", f"{self.where} refused the {step}: {reply}"))
        hint = "; check mail.user and RADAR_SMTP_PASSWORD" if about_login else ""
        raise _Refusal(self._retry(f"{step}: {reply}{hint}"))

    def _retry(self, words: str) -> Sent:
        doubt = "; the message had left and may have arrived" if self.handed_over else ""
        return Sent("retry", f"{self.where}: {words}{doubt}", maybe_delivered=self.handed_over)


def _read_reply(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return clean_text(f"{code} {text}", 300)
