"""What the operator wrote: radar.toml, feeds.toml, topics.toml and the environment, checked and named to the line."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from radar.errors import ConfigError
from radar.records import KINDS, Feed, Kind, Topic

T = TypeVar("T")
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]

SETTINGS_FILE = "radar.toml"
FEEDS_FILE = "feeds.toml"
TOPICS_FILE = "topics.toml"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Advisor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sends the digests and receives the replies. Without a name, digests say "your advisor"."""

    name: str = ""
    email: str = ""


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


class _TopicRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str
    quadrant: str
    definition: str
    primer: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = msgspec.field(default=(), name="not")


class _LabelRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label of somebody's data, in words; or a topic as topics.toml has it."""

    name: str
    slug: str = ""
    description: str = ""
    definition: str = ""
    primer: str = ""
    quadrant: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = msgspec.field(default=(), name="not")


class _LabelsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topic: tuple[_LabelRow, ...] = ()


class _TopicsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topic: tuple[_TopicRow, ...] = ()


def find_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Return Radar's folder: RADAR_HOME, else the current one."""
    return Path(environ.get("RADAR_HOME") or ".").resolve()


def load_settings(home: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read radar.toml (absent: defaults) and the environment.

    RADAR_DATABASE_URL names the database (default: SQLite in data/radar.db below the home). RADAR_SMTP_PASSWORD or
    RADAR_SMTP_PASSWORD_FILE gives the mail password.
    """
    path = home / SETTINGS_FILE
    text = _read(path) if path.exists() else ""
    parsed = _decode(text, _SettingsFile, path)
    if parsed.mail.password:
        line = _find_line(text, "mail", None, "password")
        raise ConfigError(
            f"{path}:{line}: mail.password: secrets do not belong in this file; "
            "set RADAR_SMTP_PASSWORD or mail.password_file"
        )
    mail = msgspec.structs.replace(parsed.mail, password=_read_password(home, parsed.mail, environ))
    public_url = parsed.web.public_url.rstrip("/")
    if public_url and not is_web_address(public_url):
        line = _find_line(text, "web", None, "public_url")
        raise ConfigError(f"{path}:{line}: web.public_url: {public_url!r} is no web address; write https://…")
    if mail.sender != MailSettings().sender:
        _check_mailbox(mail.sender, text, path, "mail", "sender")
    if parsed.advisor.email:
        _check_mailbox(parsed.advisor.email, text, path, "advisor", "email")
        _check_mailbox(f"{parsed.advisor.name} <advisor@example.org>", text, path, "advisor", "name")
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
        line = _find_line(text, table, None, key)
        raise ConfigError(f"{path}:{line}: {table}.{key}: {reason}") from None


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
    return _read(path)


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
    for index, row in enumerate(_decode(text, _FeedsFile, path).feed):
        if not is_web_address(row.url):
            line = _find_line(text, "feed", index, "url")
            raise ConfigError(
                f"{path}:{line}: feed[{index}].url: {row.url!r} is no web address; write https://host/path"
            )
        if row.url in rows:
            line = _find_line(text, "feed", index, "url")
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


def load_topics(home: Path) -> tuple[Topic, ...]:
    """Read the shipped topics, then the operator's topics.toml, whose topics add to them or replace them by slug."""
    path = home / TOPICS_FILE
    return join_topics(load_shipped_topics(), read_topics_file(path), path)


def load_shipped_topics() -> tuple[Topic, ...]:
    """Read the topics that Radar brings."""
    from importlib import resources  # 5 ms that `radar query` does without

    shipped = resources.files("radar").joinpath("data/topics.toml").read_text(encoding="utf-8")
    return parse_topics(shipped, Path("radar/data/topics.toml"))


def read_topics_file(path: Path) -> str:
    """Return the text of the operator's topics.toml, line ends as they are; there need not be one."""
    return _read(path) if path.exists() else ""


def join_topics(shipped: Iterable[Topic], text: str, path: Path) -> tuple[Topic, ...]:
    """Return the shipped topics with those of a topics.toml, which add to them or replace them by slug."""
    own = parse_topics(text, path)
    topics = {topic.slug: topic for topic in shipped} | {topic.slug: topic for topic in own}
    for index, topic in enumerate(own):
        seen = {topic.slug}
        while topic.parent:
            if topic.parent not in topics or topic.parent in seen:
                line = _find_line(text, "topic", index, "parent")
                wrong = "comes back to the topic itself" if topic.parent in seen else "is not a topic"
                raise ConfigError(
                    f"{path}:{line}: topic[{index}] {own[index].slug}: parent: {topic.parent!r} {wrong}; "
                    "correct the slug"
                )
            topic = topics[topic.parent]
            seen.add(topic.slug)
    return tuple(topics.values())


def parse_topics(text: str, path: Path) -> tuple[Topic, ...]:
    """Read the text of a topics.toml; `path` only names it in errors."""
    topics: dict[str, Topic] = {}
    for index, row in enumerate(_decode(text, _TopicsFile, path).topic):
        if row.slug in topics or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.slug):
            line = _find_line(text, "topic", index, "slug")
            reason = "is used twice" if row.slug in topics else "must be lower-case words joined by hyphens"
            raise ConfigError(f"{path}:{line}: topic[{index}].slug: {row.slug!r} {reason}")
        for key in ("name", "quadrant", "definition"):
            if not getattr(row, key).strip():
                line = _find_line(text, "topic", index, key)
                raise ConfigError(f"{path}:{line}: topic[{index}] {row.slug}: {key}: is empty; write some words")
        topics[row.slug] = Topic(
            row.slug,
            row.name,
            row.quadrant,
            " ".join(row.definition.split()),
            " ".join(row.primer.split()),
            row.parent,
            row.aliases,
            row.seeds,
            row.not_terms,
        )
    return tuple(topics.values())


def load_labels(path: Path) -> tuple[Topic, ...]:
    """Read the labels of data to be measured, each as a topic whose slug is the label.

    A [[topic]] has name, description and seeds, or what topics.toml knows; the label is the slug if given, else the
    name. The name of a label without aliases proves nothing ("Space", "Social"): it is one of its seeds.
    """
    text = _read(path)
    labels: dict[str, Topic] = {}
    for index, row in enumerate(_decode(text, _LabelsFile, path).topic):
        label = row.slug or row.name
        if label in labels:
            line = _find_line(text, "topic", index, "slug" if row.slug else "name")
            raise ConfigError(f"{path}:{line}: topic[{index}]: the label {label!r} is used twice")
        name, seeds = (row.name, row.seeds) if row.aliases else ("", (row.name, *row.seeds))
        words = " ".join(f"{row.definition} {row.description}".split())
        labels[label] = Topic(
            label,
            name,
            row.quadrant,
            words,
            " ".join(row.primer.split()),
            row.parent,
            row.aliases,
            seeds,
            row.not_terms,
        )
    return tuple(labels.values())


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _decode(text: str, shape: type[T], path: Path) -> T:
    """Return TOML text as the given struct; the first mistake becomes `file:line: key: what`."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        message = re.sub(r" \(at .*\)$", "", str(error))
        line = f":{place[1]}" if place else f":{text.count(chr(10)) + 1}"
        raise ConfigError(f"{path}{line}: not valid TOML: {message}") from None
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$.")
        key = where.rstrip("`")
        unknown = re.search(r"unknown field `([^`]*)`|missing required field `([^`]*)`", message)
        if unknown:
            field = unknown[1] or unknown[2]
            key = f"{key}.{field}" if key else field
            message = (
                f"unknown key {field!r}; correct or remove it"
                if unknown[1]
                else f"the key {field!r} is missing; add it"
            )
        # tuples of rows are reported as $.feed[3].kind: found again by counting the [[feed]] headers
        row = re.match(r"(\w+)\[(\d+)\](?:\.(\w+))?", key)
        if row:
            line_number = _find_line(text, row[1], int(row[2]), row[3] or "")
        else:
            table, _, name = key.partition(".")
            line_number = _find_line(text, table, None, name.partition("[")[0])
        raise ConfigError(f"{path}:{line_number}: {key}: {_plain(message, key)}") from None


_ALLOWED = {"kind": KINDS, "tls": ("starttls", "tls", "none")}
_TYPES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list",
          "object": "a table"}  # fmt: skip


def _plain(message: str, key: str) -> str:
    """Return msgspec's words as an operator reads them."""
    if enum := re.fullmatch(r"Invalid enum value '(.*)'", message):
        return f"{enum[1]!r} is not one of {', '.join(_ALLOWED.get(key.rpartition('.')[2], ()))}"
    if types := re.fullmatch(r"Expected `(\w+)`(.*), got `(\w+)`", message):
        return f"expected {_TYPES.get(types[1], types[1])}{types[2]}, found {_TYPES.get(types[3], types[3])}"
    return re.sub(r"^Expected `(\w+)` ", lambda found: f"expected {_TYPES.get(found[1], found[1])} ", message)


def _find_line(text: str, table: str, index: int | None, key: str) -> int:
    """Return the line of a key in a table (or the index-th [[table]]); the table's own where it has no such key."""
    brackets = (r"\[\[", r"\]\]") if index is not None else (r"\[\[?", r"\]")
    header = re.compile(rf"\s*{brackets[0]}\s*{re.escape(table)}\s*{brackets[1]}")
    assignment = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=") if key else None
    seen, start = -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header.match(line):
            seen += 1
            if seen == (index or 0):
                start = number
        elif start and re.match(r"\s*\[", line):
            break
        elif start and assignment and assignment.match(line):
            return number
    return start or 1
