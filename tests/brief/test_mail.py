"""Mail: standards-clean messages, nothing injected, attempts that end, and delivery into a folder."""

import email.policy
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.brief.mail import (
    GIVE_UP_AFTER,
    FolderMailer,
    clean_header,
    next_attempt,
    read_address,
)
from radar.brief.render import render_issue
from radar.errors import ConfigError, DeliveryError
from radar.records import Issue, Outgoing
from tests.brief.issues import NOW, PRESIDENT, make_big_issue, make_issue, make_item, make_outgoing, make_rich_issue

SEPARATORS = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00")
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]


def read_message(outgoing: Outgoing) -> EmailMessage:
    message = message_from_bytes(outgoing.body, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


# -- the message ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "issue",
    [
        make_issue(),
        make_issue(make_item()),
        make_big_issue(),
        make_issue(make_item(claim="مدفوعات الهاتف " * 20), subject="مدفوعات الهاتف تصل إلى المصارف " * 4),
        make_issue(make_item(claim="🛰️ " * 300), subject="🛰️🚀 " * 40),
        make_issue(make_item(claim="x" * 998, say=".\n..\nFrom me"), subject="y" * 998),
    ],
    ids=["none", "one", "sixty", "right-to-left", "emoji", "998 letters"],
)
def test_messages_are_valid_mime_and_come_back_whole(issue: Issue) -> None:
    """Seven-bit lines within the limits of RFC 5322 and 2045, no defects, both parts as rendered, same bytes again."""
    rendered = render_issue(issue)

    outgoing = make_outgoing(issue)

    message = read_message(outgoing)
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert not message.defects
    assert not any(part.defects for part in parts)
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in parts] == [rendered.text, rendered.html]
    assert message["Subject"] == clean_header(issue.subject, 180)
    head, _, body = outgoing.body.partition(b"\r\n\r\n")
    assert outgoing.body.isascii()
    assert not re.search(rb"[^\r]\n|\r[^\n]", outgoing.body)
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert all(len(line) <= (76 if b"=?" in line else 998) for line in head.split(b"\r\n"))
    assert make_outgoing(issue).body == outgoing.body


def test_headers_are_the_ones_we_mean_once_each() -> None:
    """Names, addresses and dates as the standards want them."""
    message = read_message(make_outgoing())

    assert list(message.keys()) == HEADERS
    assert message["From"] == "Radar <radar@foundation.example>"
    assert message["To"] == "Maria Lindqvist <president@foundation.example>"
    assert message["Reply-To"] == "Jonas Berg <jonas@foundation.example>"
    assert message["Date"] == "Mon, 30 Nov 2026 07:30:00 +0000"
    assert message["List-Id"] == "Radar digest <digest.radar.foundation.example>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_message_id_depends_on_executive_week_and_domain_alone() -> None:
    """A second attempt, even a rebuilt one, carries the same identity."""
    one = make_outgoing()

    assert make_outgoing(make_issue(), now=NOW + timedelta(days=1)).message_id == one.message_id
    assert make_outgoing(make_issue(week="2026-W49")).message_id != one.message_id
    assert make_outgoing(make_issue(executive="board")).message_id != one.message_id
    assert re.fullmatch(r"<[\w.]+@foundation\.example>", one.message_id)


def test_one_click_unsubscribing_needs_https_and_one_plain_line() -> None:
    """RFC 8058: the header goes over the wire unfolded and unencoded, however long the host's name."""
    url = f"https://{'very-long-host.' * 12}example/i/k3J9xQ2mV7bT1nR5sW8yZa/pause"

    wire = make_outgoing(unsubscribe_url=url).body

    assert f"\r\nList-Unsubscribe: <{url}>, <mailto:jonas@foundation.example?subject=unsubscribe>\r\n".encode() in wire
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire
    plain = read_message(make_outgoing(unsubscribe_url="http://radar.intranet/p"))
    assert plain["List-Unsubscribe"].startswith("<http://radar.intranet/p>")
    assert plain["List-Unsubscribe-Post"] is None
    assert read_message(make_outgoing(unsubscribe_url="", unsubscribe_mailto=""))["List-Unsubscribe"] is None


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
@pytest.mark.parametrize("field", ["subject", "executive name", "executive slug", "title", "url", "week"])
def test_outside_text_injects_no_header(field: str, separator: str) -> None:
    """Twelve separators in every text that reaches a header, raw and as an encoded word: nothing is added."""
    word = "".join(f"={byte:02X}" for byte in separator.encode())
    for poison in (
        f"News{separator}Bcc: evil@x.example{separator}{separator}<script>",
        f"News =?utf-8?q?a{word}Bcc:_evil@x.example?= end",
    ):
        issue, person = make_rich_issue(), PRESIDENT
        if field == "subject":
            issue = replace(issue, subject=poison, preheader=poison)
        elif field == "executive name":
            person = replace(person, name=poison)
        elif field == "executive slug":
            issue, person = replace(issue, executive=poison), replace(person, slug=poison)
        elif field == "week":
            issue = replace(issue, week=poison)
        elif field == "title":
            issue = make_issue(make_item(claim=poison))
        else:
            issue = make_issue(make_item(), make_item(2, "agenda", quote=poison))

        message = read_message(make_outgoing(issue, executive=person))

        assert list(message.keys()) == HEADERS
        assert [address.addr_spec for address in message["To"].addresses] == ["president@foundation.example"]
        assert not message.defects


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
@pytest.mark.parametrize(
    "setting", ["sender", "reply_to", "message_id_domain", "unsubscribe_url", "unsubscribe_mailto"]
)
def test_settings_with_separators_are_refused_in_one_line(setting: str, separator: str) -> None:
    """An address, domain or URL with a control character is an error for the operator, never a header."""
    good = {"message_id_domain": "foundation.example", "unsubscribe_url": "https://radar.example/p"}

    with pytest.raises(ConfigError) as raised:
        make_outgoing(**{setting: good.get(setting, "a@foundation.example") + separator + "Bcc: evil@x.example"})

    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a@b.example, c@d.example",
        "a b@c.example",
        "ü@b.example",
        "a@-b.example",
        "<a@b.example",
        "a@b.example\nBcc: c@d.e",
    ],
)
def test_unusable_recipients_are_named_with_what_to_do(address: str) -> None:
    """One line: what, which, what to do."""
    with pytest.raises(DeliveryError, match=r"of executive president: .* is no mail address; write it as"):
        make_outgoing(executive=replace(PRESIDENT, email=address))


@given(st.text(max_size=90))
def test_no_display_name_adds_an_address(name: str) -> None:
    """Commas, quotes, brackets, any script, any length: one recipient, ours."""
    message = read_message(make_outgoing(make_issue(), executive=replace(PRESIDENT, name=name)))

    assert [address.addr_spec for address in message["To"].addresses] == ["president@foundation.example"]


@pytest.mark.parametrize(
    "name",
    ["Lindqvist, Maria", "Zoë Ångström", "Ångström, Zoë", 'Maria "Mia" L.', "林 美咲", "ليلى " * 12 + "حداد"],
)
def test_display_names_come_back_as_written(name: str) -> None:
    """Names people have survive the wire, in encoded words of at most 75 columns."""
    wire = make_outgoing(executive=replace(PRESIDENT, name=name)).body

    raw = message_from_bytes(wire, policy=email.policy.compat32)["To"]  # CPython's newer parser adds spaces
    shown, _, address = str(make_header(decode_header(raw))).rpartition(" ")
    assert shown.strip().removeprefix('"').removesuffix('"').replace('\\"', '"') == name
    assert address == "<president@foundation.example>"
    assert all(len(word) <= 75 for word in raw.split())


@pytest.mark.parametrize(
    "text", ["Radar <radar@localhost>", "radar@localhost", ' "Radar" <radar@localhost>', "<radar@localhost>"]
)
def test_addresses_are_read_as_people_write_them(text: str) -> None:
    """With and without a name, quotes or brackets."""
    assert read_address(text, "mail.sender").addr_spec == "radar@localhost"


# -- attempts ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 100))
def test_attempts_grow_apart_and_end_after_three_days(attempts: int) -> None:
    """The next attempt lies ahead, never sooner than the one before would have, and there is a last one."""
    retry = next_attempt(attempts, NOW, "retry")
    before = next_attempt(attempts - 1, NOW, "retry")

    if retry is not None:
        assert timedelta(minutes=5) <= retry - NOW <= timedelta(hours=4)
        assert before is not None
        assert before <= retry
    assert next_attempt(attempts, NOW, "sent") is None
    assert next_attempt(attempts, NOW, "refused") is None


def test_the_whole_run_of_attempts_lasts_about_three_days() -> None:
    """From the first failure to giving up."""
    at, attempts = NOW, 1
    while following := next_attempt(attempts, at, "retry"):
        at, attempts = following, attempts + 1

    assert GIVE_UP_AFTER - timedelta(hours=4) < at - NOW <= GIVE_UP_AFTER


def test_folder_gets_message_and_page_whole(tmp_path: Path) -> None:
    """Delivery without a server: two files, named for reader and week, nothing half-written beside them."""
    outgoing, called = make_outgoing(), []

    sent = FolderMailer(tmp_path / "out").send(outgoing, lambda: called.append(1))

    assert sent.outcome == "sent"
    assert called == [1]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["president-2026-W48.eml", "president-2026-W48.html"]
    assert (tmp_path / "out" / "president-2026-W48.eml").read_bytes() == outgoing.body
    assert (tmp_path / "out" / "president-2026-W48.html").read_text("utf-8") == render_issue(make_rich_issue()).html


def test_folder_names_stay_inside_the_folder(tmp_path: Path) -> None:
    """A name that would leave the folder becomes a hash."""
    FolderMailer(tmp_path / "out").send(replace(make_outgoing(), executive="../../etc/x"), lambda: None)

    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    """A file in the way is an answer, not an exception."""
    (tmp_path / "out").write_text("in the way")

    sent = FolderMailer(tmp_path / "out").send(make_outgoing(), lambda: None)

    assert sent.outcome == "retry"
    assert "out" in sent.reply
