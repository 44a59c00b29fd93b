"""Hand waiting messages over, and tell the advisor of trouble."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from radar.brief.alarm import render_alarm, write_subject
from radar.brief.mail import FolderMailer, Mailer, SMTPMailer, build_alarm, next_attempt
from radar.errors import ConfigError
from radar.pipeline.steps import Steps
from radar.records import Outgoing, Trouble
from radar.watch.health import TELL_AGAIN, choose_untold, find_troubles

log = logging.getLogger(__name__)

SEND_LEASE = timedelta(minutes=5)


class _LeaseLost(Exception):
    """The message is in other hands by now."""


class Delivering(Steps):
    """What leaves the house."""

    def deliver(
        self, clock: Callable[[], datetime], executive: str | None = None, mailer: Mailer | None = None
    ) -> list[Outgoing]:
        """Hand every waiting message, or one executive's, to the mailer (default: the configured one).

        Returns each message as it stands afterwards. Takes a clock, not a moment: a slow mail server must not outlast
        the lease on a message unnoticed.
        """
        mailer = mailer or self.open_mailer()
        done = []
        while outgoing := self.store.take_outgoing(clock(), SEND_LEASE, executive):
            self._hand_over(mailer, outgoing, clock)
            done.append(self.store.find_outgoing(outgoing.message_id))
        return done

    def _hand_over(self, mailer: Mailer, outgoing: Outgoing, clock: Callable[[], datetime]) -> None:
        def announce() -> None:
            # Recorded before the message leaves: after a crash it is known that it may have left.
            if not self.store.mark_handing_over(outgoing.message_id, clock()):
                raise _LeaseLost

        try:
            sent = mailer.send(outgoing, announce)
        except _LeaseLost:
            log.warning("%s: another process has taken it over", outgoing.name)
            return
        if sent.outcome == "sent":
            self.store.mark_sent(outgoing.message_id, clock(), sent.reply)
        else:
            retry_at = next_attempt(outgoing.attempts, clock(), sent.outcome)
            self.store.mark_failed(outgoing.message_id, sent.reply, retry_at)
            # A server's words may name the recipient; whom a survey asked is nobody's business.
            log.warning("%s: %s", outgoing.name, sent.reply.replace(outgoing.recipient, "…"))

    def open_mailer(self) -> Mailer:
        """Return the configured way out: a mail server, or the out folder when none is configured."""
        mail = self.settings.mail
        if not mail.host:
            return FolderMailer(self.settings.out)
        if mail.user and not mail.password:
            raise ConfigError("mail.user is set but no password: set RADAR_SMTP_PASSWORD or mail.password_file")
        return SMTPMailer(mail.host, mail.port, mail.tls, mail.user, mail.password)

    def raise_alarm(self, now: datetime) -> list[Trouble]:
        """Put a mail to the advisor into the outbox if there is trouble not yet told; return what it tells.

        Without an advisor's address the trouble is logged, each time.
        """
        feeds = self.store.list_feeds()
        troubles = choose_untold(find_troubles(feeds, self.store.measure_feeds(now), now), self.store.list_told(), now)
        advisor = self.settings.advisor
        if not troubles:
            return []
        if not advisor.email:
            for trouble in troubles:
                log.warning("%s %s; set advisor.email in radar.toml to be told by mail", trouble.line, trouble.advice)
            return []
        outgoing = build_alarm(
            write_subject(troubles),
            render_alarm(troubles, TELL_AGAIN),
            sender=self.settings.mail.sender,
            advisor=f"{advisor.name} <{advisor.email}>".strip(),
            message_id_domain=self._find_domain(),
            now=now,
        )
        return troubles if self.store.save_alarm(troubles, outgoing, now - TELL_AGAIN) else []
