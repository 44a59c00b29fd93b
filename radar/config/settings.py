"""Where and how Radar works (radar.toml, the environment) and what it reads (feeds.toml)."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from radar.config.toml import decode, find_line, read_text
from radar.errors import ConfigError
from radar.records import Feed, Kind, Weekday

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

SETTINGS_FILE = "radar.toml"
FEEDS_FILE = "feeds.toml"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Advisor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sends the digests and receives the replies, and when the desk letter comes.

    Without a name, digests say "your advisor".
    """

    name: str = ""
    email: str = ""
    tz: str = "UTC"  # IANA name
    day: Weekday = "monday"
    time: str = "07:00"  # local; before the digests


class CrawlSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How Radar behaves towards the sites it reads."""

    contact: str = ""  # URL or address in the User-Agent, so that a site can reach a person
    allow: tuple[str, ...] = ()  # "host" or "host:port" that may be contacted although private
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1)] = 30


class MailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How digests leave. Without a host they are written to a folder only."""

    sender: str = "Radar <radar@localhost.localdomain>"
    host: str = ""
    folder: str = "out"  # relative to the home
    port: Port = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    password: str = ""  # from the environment or password_file only


class WebSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where `radar serve` listens, and the address readers reach it by."""

    host: str = "127.0.0.1"
    port: Port = 8420
    public_url: str = ""  # "": digests carry no links back
    allowed_hosts: tuple[str, ...] = ()


class _SettingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    advisor: Advisor = Advisor()
    crawl: CrawlSettings = CrawlSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()


class Settings(msgspec.Struct, frozen=True):
    """Everything that was configured, with the secrets filled in."""

    home: Path
    database_url: str
    advisor: Advisor = Advisor()
    crawl: CrawlSettings = CrawlSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()

    @property
    def out(self) -> Path:
        """The folder digests are written to when no mail server is configured."""
        return self.home / self.mail.folder


class FeedRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[feed]] of feeds.toml, as it is written there."""

    url: str
    kind: Kind
    title: str = ""
    publisher: str = ""
    category: str = ""  # the folder an OPML file had it in, kept for people and for export
    paused: bool = False


class _FeedsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    feed: tuple[FeedRow, ...] = ()


def find_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Return Radar's folder: RADAR_HOME, else the current one."""
    return Path(environ.get("RADAR_HOME") or ".").resolve()


def load_settings(home: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read radar.toml (absent: defaults) and the environment.

    RADAR_DATABASE_URL names the database (default: SQLite in data/radar.db below the home). RADAR_SMTP_PASSWORD or
    RADAR_SMTP_PASSWORD_FILE gives the mail password.
    """
    path = home / SETTINGS_FILE
    text = read_text(path) if path.exists() else ""
    parsed = decode(text, _SettingsFile, path)
    if parsed.mail.password:
        line = find_line(text, "mail", None, "password")
        raise ConfigError(
            f"{path}:{line}: mail.password: secrets do not belong in this file; "
            "set RADAR_SMTP_PASSWORD or mail.password_file"
        )
    mail = msgspec.structs.replace(parsed.mail, password=_read_password(home, parsed.mail, environ))
    public_url = parsed.web.public_url.rstrip("/")
    if public_url and not is_web_address(public_url):
        line = find_line(text, "web", None, "public_url")
        raise ConfigError(f"{path}:{line}: web.public_url: {public_url!r} is no web address; write https://…")
    if mail.sender != MailSettings().sender:
        _check_mailbox(mail.sender, text, path, "mail", "sender")
    if parsed.advisor.email:
        _check_mailbox(parsed.advisor.email, text, path, "advisor", "email")
        _check_mailbox(f"{parsed.advisor.name} <advisor@example.org>", text, path, "advisor", "name")
    _check_slot(parsed.advisor, text, path)
    return Settings(
        home=home,
        database_url=environ.get("RADAR_DATABASE_URL") or f"sqlite:///{home / 'data' / 'radar.db'}",
        advisor=parsed.advisor,
        crawl=parsed.crawl,
        mail=mail,
        web=msgspec.structs.replace(parsed.web, public_url=public_url),
    )


def _check_mailbox(mailbox: str, text: str, path: Path, table: str, key: str) -> None:
    """Refuse now what would otherwise stop the first digest."""
    from radar.text import split_mailbox  # only for who wrote one: `radar query` starts without it

    try:
        split_mailbox(mailbox)
    except ValueError as reason:
        line = find_line(text, table, None, key)
        raise ConfigError(f"{path}:{line}: {table}.{key}: {reason}") from None


def _check_slot(advisor: Advisor, text: str, path: Path) -> None:
    if not TIME.fullmatch(advisor.time):
        line = find_line(text, "advisor", None, "time")
        raise ConfigError(f"{path}:{line}: advisor.time: {advisor.time!r} is no time; write it as 07:00")
    if advisor.tz == Advisor().tz:
        return  # zoneinfo is only for who wrote another: `radar query` starts without it
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(advisor.tz)
    except (ValueError, OSError, KeyError):
        line = find_line(text, "advisor", None, "tz")
        raise ConfigError(
            f"{path}:{line}: advisor.tz: {advisor.tz!r} is no time zone; write an IANA name like Europe/Zurich"
        ) from None


def _read_password(home: Path, mail: MailSettings, environ: Mapping[str, str]) -> str:
    if environ.get("RADAR_SMTP_PASSWORD"):
        return environ["RADAR_SMTP_PASSWORD"]
    file = environ.get("RADAR_SMTP_PASSWORD_FILE") or (mail.password_file and str(home / mail.password_file))
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{file}: the mail password cannot be read ({error.strerror})") from None


def load_feeds(home: Path) -> tuple[Feed, ...]:
    """Read feeds.toml."""
    path = home / FEEDS_FILE
    return parse_feeds(read_feeds_file(path), path)


def read_feeds_file(path: Path) -> str:
    """Return the text of a feeds.toml, line ends as they are."""
    if not path.exists():
        raise ConfigError(f"{path}: no such file; run `radar init` to write a starter list")
    return read_text(path)


def parse_feeds(text: str, path: Path) -> tuple[Feed, ...]:
    """Read the text of a feeds.toml; `path` only names it in errors."""
    return tuple(make_feed(row) for row in parse_feed_rows(text, path))


def make_feed(row: FeedRow) -> Feed:
    """Return the feed a row names. Without a publisher it belongs to the registrable domain of its address."""
    from radar.text import clean_text, owner_domain

    publisher = clean_text(row.publisher) or owner_domain(row.url)
    return Feed(row.url, row.kind, publisher, clean_text(row.title) or publisher, paused=row.paused)


def parse_feed_rows(text: str, path: Path) -> tuple[FeedRow, ...]:
    """Read the text of a feeds.toml, row by row as it is written; `path` only names it in errors."""
    rows: dict[str, FeedRow] = {}
    for index, row in enumerate(decode(text, _FeedsFile, path).feed):
        if not is_web_address(row.url):
            line = find_line(text, "feed", index, "url")
            raise ConfigError(
                f"{path}:{line}: feed[{index}].url: {row.url!r} is no web address; write https://host/path"
            )
        if row.url in rows:
            line = find_line(text, "feed", index, "url")
            raise ConfigError(f"{path}:{line}: feed[{index}].url: {row.url} is listed twice; remove one")
        rows[row.url] = row
    return tuple(rows.values())


def is_web_address(url: str) -> bool:
    """Tell whether a text is an http or https address with a host."""
    if not re.fullmatch(r"https?://[^\s/?#]+([/?#]\S*)?", url):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port beyond 65535
        return False
