"""Build messages: issue and rendering → outbox row, in the bytes that go over the wire."""

import email.policy
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from types import MappingProxyType
from typing import Any, Final

from radar.brief.render import Rendered
from radar.errors import ConfigError, DeliveryError, RadarError
from radar.records import Executive, Issue, Letter, Outgoing, Survey, SurveyLink
from radar.text import clean_text, is_mail_domain, split_mailbox, stable_id

_UNSUBSCRIBE_URL = re.compile(r"https?://[!#$%&'()*+./0-9:;=?@A-Z\[\]_a-z~-]+")
#: The body is folded for the 76 columns of RFC 2045, 6.7.
_BODY_POLICY: Final = email.policy.SMTP.clone(max_line_length=76)
_ONE_LINE: Final = email.policy.SMTP.clone(max_line_length=998)


class _HeaderPolicy(EmailPolicy):
    """Writes headers so that CPython's folding cannot spoil them (observed in 3.11).

    An address with a name longer than a line loses its quotes, and a comma in it then makes a second address; a folded
    subject gains or loses spaces; a long List-Unsubscribe becomes an encoded word, and one-click unsubscribing dies
    (RFC 8058). So ASCII headers stay on one line (998 columns are allowed), and others are encoded by email.header.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header as it goes over the wire."""
        if str(value).isascii():
            return _ONE_LINE.fold_binary(name, value)
        if not hasattr(value, "addresses"):
            return f"{name}: {_encode_words(str(value), name)}\r\n".encode("ascii")
        [address] = value.addresses
        return f"{name}: {_encode_words(address.display_name, name)}\r\n <{address.addr_spec}>\r\n".encode("ascii")


def _encode_words(text: str, name: str) -> str:
    """Return text as encoded words of at most 75 columns, letters kept whole (RFC 2047, 2 and 5)."""
    return Header(text, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


_WIRE_POLICY: Final = _HeaderPolicy(linesep="\r\n")


def build_outgoing(
    issue: Issue,
    executive: Executive,
    rendered: Rendered,
    *,
    sender: str,
    reply_to: str,
    message_id_domain: str,
    now: datetime,
    unsubscribe_url: str = "",
    unsubscribe_mailto: str = "",
) -> Outgoing:
    """Return the outbox row of an issue: text and HTML as alternatives, headers of RFC 5322, 2369, 3834 and 8058.

    Same arguments, same bytes; the Message-ID depends on executive, week and domain alone.
    Raises ConfigError when sender, reply-to or domain cannot be used, DeliveryError when the recipient cannot.
    """
    domain = _check_domain(message_id_domain)
    headers = {"List-Id": f"Radar digest <digest.radar.{domain}>"}
    if unsubscribe := _write_unsubscribe(unsubscribe_url, unsubscribe_mailto):
        headers["List-Unsubscribe"] = unsubscribe
    if unsubscribe_url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    outgoing = _write_message(
        stable_id(issue.executive, issue.week, domain),
        domain,
        read_address(sender, "mail.sender"),
        _read_recipient(executive),
        issue.subject,
        rendered,
        now,
        reply_to,
        headers,
    )
    return replace(outgoing, executive=issue.executive, week=issue.week)


def build_alarm(
    subject: str, rendered: Rendered, *, sender: str, advisor: str, message_id_domain: str, now: datetime
) -> Outgoing:
    """Return the outbox row of an alarm to the advisor ("Name <name@example.org>").

    Same arguments, same bytes; the Message-ID depends on recipient, text and time. Raises ConfigError.
    """
    domain = _check_domain(message_id_domain)
    recipient = read_address(advisor, "advisor.email")
    return _write_message(
        stable_id("alarm", recipient.addr_spec, rendered.text, now.isoformat(), domain),
        domain,
        read_address(sender, "mail.sender"),
        recipient,
        subject,
        rendered,
        now,
    )


def build_survey_mail(
    survey: Survey,
    link: SurveyLink,
    rendered: Rendered,
    *,
    sender: str,
    reply_to: str,
    message_id_domain: str,
    now: datetime,
    reminder: bool = False,
) -> Outgoing:
    """Return the outbox row that takes a person their link to a survey, or reminds them of it.

    Same arguments, same bytes; the Message-ID depends on survey, address and kind alone. Raises ConfigError.
    """
    domain = _check_domain(message_id_domain)
    key = stable_id("survey", survey.slug, link.name, "reminder" if reminder else "invitation", domain)
    return _write_message(
        f"survey-{key}",
        domain,
        read_address(sender, "mail.sender"),
        read_address(link.name, "address"),
        f"{'A reminder: ' if reminder else ''}{survey.title} (two minutes, anonymous)",
        rendered,
        now,
        reply_to,
    )


def build_letter(letter: Letter, rendered: Rendered, *, sender: str, advisor: str, message_id_domain: str) -> Outgoing:
    """Return the outbox row of a desk letter to the advisor ("Name <name@example.org>").

    Same arguments, same bytes; the Message-ID depends on week and domain alone. Raises ConfigError.
    """
    domain = _check_domain(message_id_domain)
    outgoing = _write_message(
        stable_id("letter", letter.week, domain),
        domain,
        read_address(sender, "mail.sender"),
        read_address(advisor, "advisor.email"),
        letter.subject,
        rendered,
        letter.composed_at,
    )
    return replace(outgoing, week=letter.week)


def _write_message(
    key: str,
    domain: str,
    author: Address,
    recipient: Address,
    subject: str,
    rendered: Rendered,
    now: datetime,
    reply_to: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Outgoing:
    """Return a message as an outbox row that belongs to no issue; `headers` follow its Message-ID."""
    message = EmailMessage(policy=_BODY_POLICY)
    message["From"] = author
    message["To"] = recipient
    if reply_to:
        message["Reply-To"] = read_address(reply_to, "advisor.email")
    message["Subject"] = clean_header(subject, 180) or "Radar"
    message["Date"] = now
    message["Message-ID"] = f"<radar.{key}@{domain}>"
    for name, value in headers.items():
        message[name] = value
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = "en"  # after the parts, which would otherwise take it along
    message.set_boundary(f"=_radar_{key}")  # "=_" cannot occur in quoted-printable text (RFC 2045, 6.7)
    return Outgoing(
        message_id=str(message["Message-ID"]),
        executive=None,
        week=None,
        sender=author.addr_spec,
        recipient=recipient.addr_spec,
        body=message.as_bytes(policy=_WIRE_POLICY),
        queued_at=now,
        next_attempt_at=now,
    )


def clean_header(text: str, limit: int) -> str:
    """Return text fit for a header: one line, and nothing a reader could take for an encoded word.

    Before Python 3.11.9 an encoded word that hides a line end could inject a header.
    """
    return clean_text(clean_text(text).replace("=?", "= ").replace("?=", " ="), limit)


def read_address(text: str, setting: str, error: type[RadarError] = ConfigError) -> Address:
    """Return the address of "Name <name@example.org>" or "name@example.org". `setting` says where it was written."""
    try:
        name, spec = split_mailbox(text)
    except ValueError as reason:
        raise error(f"{setting}: {reason}") from None
    return Address(clean_header(name, 64), addr_spec=spec)


def _read_recipient(executive: Executive) -> Address:
    setting = f"e-mail address of executive {clean_text(executive.slug, 60)}"
    address = read_address(executive.email, setting, DeliveryError)
    return Address(clean_header(executive.name, 64), addr_spec=address.addr_spec)


def _check_domain(domain: str) -> str:
    if not is_mail_domain(domain):
        raise ConfigError(f"mail.sender: {clean_text(domain, 80)!r} is no domain a Message-ID could carry")
    return domain.lower()


def _write_unsubscribe(url: str, mailto: str) -> str:
    """Return the value of List-Unsubscribe (RFC 2369, 3.2), at most 700 characters, so that no server folds it."""
    if url and (not _UNSUBSCRIBE_URL.fullmatch(url) or len(url) > 400):
        raise ConfigError(f"web.public_url: {clean_text(url, 80)!r} cannot be a link to unsubscribe")
    parts = [f"<{url}>"] if url else []
    if mailto:
        address = read_address(mailto, "advisor.email").addr_spec
        parts.append(f"<mailto:{address.replace('%', '%25').replace('?', '%3F')}?subject=unsubscribe>")
    return ", ".join(parts)
