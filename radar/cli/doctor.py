"""`radar doctor`: is everything in order, and what to do where it is not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import click

from radar.cli.house import House, json_option, pass_house
from radar.cli.output import count, format_age, say, say_json
from radar.errors import RadarError
from radar.records import DEAD_STATES

if TYPE_CHECKING:
    from radar.config import Settings
    from radar.store import Store

STUCK = timedelta(hours=1)
LEAST_SPACE = 500 * 1024**2


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. A "note" is worth knowing; only "bad" is a failure."""

    name: str
    result: Literal["ok", "note", "bad"]
    line: str  # what is so and, where it is not well, what to do


@click.command()
@click.option("--mail", is_flag=True, help="Also greet the mail server and log in, without sending.")
@json_option
@click.pass_context
@pass_house
def doctor(house: House, ctx: click.Context, mail: bool, as_json: bool) -> None:
    """Check the installation and say, one line each, what to do. The exit code is 1 when something is bad.

    \b
    Example: radar doctor
             radar doctor --mail
    """
    checks = []
    for check in examine(house, mail):
        checks.append(check)
        if not as_json:
            mark = {"ok": "ok  ", "note": "note", "bad": "BAD "}[check.result]
            say(f"{mark}  {check.name:12}  {check.line}")
    bad = sum(check.result == "bad" for check in checks)
    if as_json:
        say_json(checks)
    else:
        say(f"\n{count(bad, 'thing')} to put right." if bad else "\nNothing to put right.")
    if bad:
        ctx.exit(1)


def examine(house: House, mail: bool) -> Iterator[Check]:
    """Yield every check, going on as far as the ones before allow."""
    yield from _check_versions()
    try:
        settings = house.settings()
    except RadarError as error:
        yield Check("settings", "bad", str(error))
        return
    here = (house.home / "radar.toml").exists()
    yield Check(
        "settings", "ok", f"{house.home / 'radar.toml'} is read" if here else "defaults; `radar init` writes them down"
    )
    yield _check_feeds_file(house)
    yield _check_topics_file(house)
    yield _check_space(house)
    yield _check_mail(settings)
    yield _check_alarms(settings)
    yield _check_contact(settings)
    if mail:
        yield _greet_mail_server(settings)
    try:
        app = house.open()
    except RadarError as error:
        yield Check("database", "bad", str(error))
        return
    with app:
        yield from _check_store(app.store, app.now())


def _check_versions() -> Iterator[Check]:
    import platform
    import sqlite3
    import sys

    fit = sys.version_info >= (3, 11)
    yield Check(
        "Python", "ok" if fit else "bad", platform.python_version() + ("" if fit else "; 3.11 or newer is needed")
    )
    fits = sqlite3.sqlite_version_info >= (3, 35)
    yield Check(
        "SQLite", "ok" if fits else "bad", sqlite3.sqlite_version + ("" if fits else "; 3.35 or newer is needed")
    )


def _check_feeds_file(house: House) -> Check:
    from radar.config import load_feeds

    try:
        feeds = load_feeds(house.home)
    except RadarError as error:
        return Check("feeds.toml", "bad", str(error))
    if not feeds:
        return Check("feeds.toml", "bad", "lists no feed; add one as [[feed]]")
    return Check("feeds.toml", "ok", count(len(feeds), "feed"))


def _check_topics_file(house: House) -> Check:
    from radar.config import load_topics

    try:
        return Check("topics", "ok", count(len(load_topics(house.home)), "topic"))
    except RadarError as error:
        return Check("topics", "bad", str(error))


def _check_space(house: House) -> Check:
    import shutil

    free = shutil.disk_usage(house.home).free
    if free < LEAST_SPACE:
        return Check("disk", "bad", f"{free // 1024**2:,} MB free; make room, the database needs to grow")
    return Check("disk", "ok", f"{free / 1024**3:,.1f} GB free")


def _check_mail(settings: "Settings") -> Check:
    from radar.brief.mail import read_address

    mail = settings.mail
    if not mail.host:
        return Check("mail", "note", f"no mail.host in radar.toml: digests go to {settings.out}")
    try:
        read_address(mail.sender, "mail.sender")
    except RadarError as error:
        return Check("mail", "bad", str(error))
    if mail.user and not mail.password:
        return Check("mail", "bad", "mail.user is set but no password: set RADAR_SMTP_PASSWORD or mail.password_file")
    if not settings.advisor.email:
        return Check("mail", "note", f"{mail.host}:{mail.port}; set advisor.email, so that replies reach a person")
    return Check("mail", "ok", f"{mail.host}:{mail.port}, {mail.tls}, from {mail.sender}")


def _check_alarms(settings: "Settings") -> Check:
    from radar.brief.mail import read_address

    if not settings.advisor.email:
        return Check("alarms", "note", "set advisor.email in radar.toml: else nobody hears when feeds die")
    try:
        return Check("alarms", "ok", f"go to {read_address(settings.advisor.email, 'advisor.email').addr_spec}")
    except RadarError as error:
        return Check("alarms", "bad", str(error))


def _check_contact(settings: "Settings") -> Check:
    if settings.crawl.contact:
        return Check("contact", "ok", f"sites see {settings.crawl.contact}")
    return Check("contact", "note", "set crawl.contact in radar.toml: sites block crawlers that nobody answers for")


def _greet_mail_server(settings: "Settings") -> Check:
    from radar.brief.mail import SMTPMailer

    mail = settings.mail
    if not mail.host:
        return Check("mail server", "note", "none to greet")
    problem = SMTPMailer(mail.host, mail.port, mail.tls, mail.user, mail.password).check()
    done = "answers" + (", secured" if mail.tls != "none" else "") + (", logged in" if mail.user else "")
    return Check("mail server", "bad" if problem else "ok", problem or done)


def _check_store(store: "Store", now: datetime) -> Iterator[Check]:
    from radar.store.address import HEAD

    status = store.status()
    yield Check("database", "ok", f"revision {HEAD}, {count(status.stories, 'story', 'stories')}")
    yield from _check_crawl(store, status.last_crawl_at, now)
    yield from _check_people(store, now)
    yield _check_tagger(store, now)
    yield _check_outbox(store, now)


def _check_crawl(store: "Store", last_crawl_at: datetime | None, now: datetime) -> Iterator[Check]:
    from radar.watch.health import CRAWLER, find_troubles, is_dead

    feeds = [feed for feed in store.list_feeds() if not feed.paused]
    still = [one for one in find_troubles(feeds, store.measure_feeds(now), now) if one.about == CRAWLER]
    if last_crawl_at is None:
        yield Check("crawl", "note", "never; run `radar crawl` or `radar serve`")
    elif still:
        yield Check("crawl", "bad", f"{still[0].line} {still[0].advice}")
    else:
        yield Check("crawl", "ok", f"last {format_age(last_crawl_at, now)}")
    by_state = Counter(str(feed.state) for feed in feeds)
    yield _check_feeds(len(feeds), by_state, [feed.title or feed.publisher for feed in feeds if is_dead(feed, now)])


def _check_feeds(feeds: int, by_state: Mapping[str, int], unread: Sequence[str]) -> Check:
    dead = {state: by_state[state] for state in DEAD_STATES if by_state.get(state)}
    quiet = f", {by_state['quiet']} quiet" if by_state.get("quiet") else ""
    if feeds and by_state.get("new") == feeds:
        return Check("feeds", "note", f"none of {count(feeds, 'feed')} has been visited yet: `radar crawl`")
    if not dead:
        return Check("feeds", "ok", f"none of {count(feeds, 'feed')} fails{quiet}")
    words = ", ".join(f"{number} {state}" for state, number in dead.items())
    states = " ".join(f'--state "{state}"' if " " in state else f"--state {state}" for state in dead)
    # Some of a hundred feeds are always ill; when half of them are, the trouble is here.
    half = 2 * sum(dead.values()) >= feeds
    hint = "; does this machine reach the internet?" if half else ""
    lost = f"; unread for a week: {', '.join(unread[:3])}" if unread else ""
    lost += f" and {len(unread) - 3} more" if len(unread) > 3 else ""
    line = f"{words}{quiet} of {feeds}{lost}{hint}; `radar feeds {states}` says why"
    return Check("feeds", "bad" if half else "note", line)


def _check_people(store: "Store", now: datetime) -> Iterator[Check]:
    from radar.desk.register import list_stale

    people = store.list_executives()
    if not people:
        yield Check("executives", "note", "none; radar executives add president --name … --email …")
        return
    troubled = False
    for person in people:
        if not person.email and not person.paused:
            troubled = True
            yield Check(
                "executives", "bad", f"{person.slug} has no e-mail: radar executives set {person.slug} --email …"
            )
    stale = list_stale(store, now.date())
    if stale:
        troubled = True
        shown = "; ".join(f"{one.executive}: {one.reason}" for one in stale[:3])
        more = f"; and {len(stale) - 3} more" if len(stale) > 3 else ""
        yield Check("agenda", "note", f"{shown}{more}; see radar agenda stale")
    if not troubled:
        yield Check("executives", "ok", f"{count(len(people), 'executive')}, each with an address and a fresh agenda")


def _check_tagger(store: "Store", now: datetime) -> Check:
    last = store.last_training()
    if last is None:
        return Check("tagger", "ok", "has nothing to learn from yet")
    learnt = f"{count(last.stories, 'story', 'stories')} and {count(last.corrections, 'correction')}"
    if last.accepted:
        return Check("tagger", "ok", f"learnt {format_age(last.at, now)} from {learnt}: {last.reason}")
    hint = "look through the last changes of topics.toml and the last corrections"
    return Check("tagger", "note", f"what it learnt from {learnt} is worse and not used (F1 {last.reason}); {hint}")


def _check_outbox(store: "Store", now: datetime) -> Check:
    messages = store.list_outbox(1_000)
    failed = [message for message in messages if message.state == "failed"]
    stuck = [
        message for message in messages if message.state not in ("sent", "failed") and now - message.queued_at > STUCK
    ]
    for message in (*stuck, *failed):
        what = f"{len(stuck)} waiting for more than an hour, {len(failed)} failed"
        hint = "is `radar serve` running?" if not message.reply else f"{message.name}: {message.reply}"
        return Check("outbox", "bad", f"{what}; {hint}")
    waiting = sum(message.state != "sent" for message in messages)
    return Check("outbox", "ok", f"{waiting} waiting" if waiting else "nothing waits")
