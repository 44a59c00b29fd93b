"""`radar feeds`: the sources, how they fare, and the list they are named in."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import count, format_on, say, say_json, say_table, to_plain
from radar.cli.words import LINE
from radar.records import DEAD_STATES, KINDS, FeedState, Health, Kind

if TYPE_CHECKING:
    from radar.config import FeedRow
    from radar.sources import Found


@click.group(cls=ListGroup)
def feeds() -> None:
    """List the feeds and how they fare; find, check, import and retire them.

    Feeds are named in feeds.toml, which you may also edit by hand: your comments and their order stay. NAME is a feed's
    URL, or a part of its URL, title or publisher that no other has.

    \b
    Example: radar feeds --state failing --state gone
             radar feeds add https://news.example.org
             radar feeds check
             radar feeds import subscriptions.opml
    """


@feeds.command("list")
@click.option("--state", multiple=True, type=click.Choice(get_args(FeedState)), help="Only feeds in this state.")
@json_option
@pass_house
def list_feeds(house: House, state: tuple[str, ...], as_json: bool) -> None:
    """List the feeds and how they fare: those that need a look first, each with the reason.

    "quiet" answers well but has published nothing for much longer than it used to. Feeds are named in feeds.toml; a
    crawl reads it anew. Times are in UTC.

    \b
    Example: radar feeds
             radar feeds --state failing --state gone
    """
    from radar.watch.health import describe_feeds

    now = house.now()
    with house.lookup() as lookup:
        known = describe_feeds(lookup.list_feeds(), lookup.measure_feeds(now), now)
    shown = [feed for feed in known if not state or feed.state in state]
    if as_json:
        say_json([to_plain(feed, without=("seen",)) for feed in shown])
        return
    if not shown:
        say(f"None of {count(len(known), 'feed')} is in that state." if known else "No feeds yet: run `radar crawl`.")
        return
    shown.sort(key=lambda feed: (feed.state == "ok", feed.state not in DEAD_STATES, feed.state, feed.title.lower()))
    say_table(
        ("state", "title", "publisher", "kind", "a week", "last success", "next visit"),
        [
            (
                feed.state,
                feed.title,
                feed.publisher,
                feed.kind,
                f"{feed.entries_a_week:.1f}",
                feed.last_success_at,
                "paused" if feed.paused else feed.next_due_at,
            )
            for feed in shown
        ],
        [_explain(feed) for feed in shown],
    )


def _explain(feed: Health) -> str:
    """Return why a feed is in its state, and since when where that is trouble."""
    since = f" (since {format_on(feed.failing_since_at.date())})" if feed.failing_since_at else ""
    return f"{feed.reason}{since}" if feed.reason else ""


@feeds.command("add")
@click.argument("url")
@click.option("--kind", type=click.Choice(KINDS), help="What kind of press it is. [default: guessed, and said]")
@click.option("--title", type=LINE, help="The name readers see. [default: the feed's own]")
@click.option("--publisher", type=LINE, help="Its owner's domain. [default: that of the URL]")
@json_option
@pass_house
def add_feed(
    house: House, url: str, kind: Kind | None, title: str | None, publisher: str | None, as_json: bool
) -> None:
    """Add a feed, or the feed of a site.

    URL is the feed's own address, or that of a site whose feed is looked for; it is fetched and read before it is added
    to feeds.toml. One that is listed already, also by another spelling of its address
    or where it has moved to, is left as it is.

    \b
    Example: radar feeds add https://news.example.org
             radar feeds add https://blog.example.com/rss.xml --kind vendor --publisher example.com
    """
    from radar.files.feeds import add_rows
    from radar.files.opml import read_feed_address
    from radar.sources import Found, KindGuesser, find_feed, index_addresses, make_row
    from radar.text import canonicalise_url

    address = read_feed_address(url if re.match(r"[a-z]+://|feed:", url, re.IGNORECASE) else f"https://{url}")
    if not address:
        raise click.UsageError(f"{url!r} is no web address; write https://host/path")
    with house.open() as app:
        rows = _read_rows(house)
        index = index_addresses(rows, app.store.list_feeds())
        listed = index.get(canonicalise_url(address), "")
        found = (
            Found(address, "", listed=listed) if listed else find_feed(address, index, app.settings.crawl, app.now())
        )
        if found.listed:
            paused = next(row.paused for row in rows if row.url == found.listed)
            if as_json:
                say_json({"added": None, "listed": found.listed, "links": found.links})
                return
            hint = f"; it is paused: radar feeds resume {found.listed}" if paused else ""
            say(f"Listed already as {found.listed}: nothing was changed{hint}")
            return
        row, why = make_row(
            found.url,
            KindGuesser(rows),
            kind=kind,
            title=title or (found.parsed.title if found.parsed else ""),
            publisher=publisher or found.publisher,
        )
        _edit(house, lambda text, path: add_rows(text, [row], path))
        app.sync_feeds()
    if as_json:
        say_json({"added": _show_row(row), "listed": "", "links": found.links})
    else:
        _say_links(address, found)
        _say_added(row, why, found)


def _say_links(address: str, found: "Found") -> None:
    if len(found.links) < 2:
        return
    say(f"{address} offers {count(len(found.links), 'feed')}:")
    for link in found.links:
        mark = "→" if link.url == found.url else " "
        say(f"{mark} {link.url}" + (f"  {link.title}" if link.title else ""))
    say("To take another one: radar feeds add with its address")


def _say_added(row: "FeedRow", why: str, found: "Found") -> None:
    from radar.config import make_feed

    feed = make_feed(row)
    say(f"Added {feed.url}")
    entries = found.parsed.entries if found.parsed else ()
    newest = max((entry.published_at for entry in entries if entry.published_at != entry.first_seen_at), default=None)
    said = f"{count(len(entries), 'entry', 'entries')}" + (
        f", the newest of {format_on(newest.date())}" if newest else ""
    )
    say(f"  title      {feed.title}")
    say(f"  kind       {feed.kind}" + (f" (a guess, {why}; correct it in feeds.toml)" if why else ""))
    say(f"  publisher  {feed.publisher}")
    say(f"  now        {said}")


@feeds.command("remove")
@click.argument("name")
@pass_house
def remove_feed(house: House, name: str) -> None:
    """Take a feed out of feeds.toml; what it published stays on file.

    \b
    Example: radar feeds remove https://news.example.org/feed
    """
    from radar.files.feeds import remove_row

    row = _change(house, name, remove_row)
    say(f"Removed {row.url}; its entries stay. Back again: radar feeds add {row.url}")


@feeds.command("pause")
@click.argument("name")
@pass_house
def pause_feed(house: House, name: str) -> None:
    """Visit a feed no more until it is resumed.

    It stays in the list, in feeds.toml as `paused = true`.

    \b
    Example: radar feeds pause https://news.example.org/feed
    """
    from radar.files.feeds import pause_row

    row = _change(house, name, lambda text, url, path: pause_row(text, url, True, path))
    say(f"Paused {row.url}; on again: radar feeds resume {row.url}")


@feeds.command("resume")
@click.argument("name")
@pass_house
def resume_feed(house: House, name: str) -> None:
    """Visit a paused feed again.

    \b
    Example: radar feeds resume https://news.example.org/feed
    """
    from radar.files.feeds import pause_row

    row = _change(house, name, lambda text, url, path: pause_row(text, url, False, path))
    say(f"Resumed {row.url}")


@feeds.command("check")
@click.argument("names", metavar="[NAME]…", nargs=-1)
@json_option
@click.pass_context
@pass_house
def check_feeds(house: House, ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Fetch and read feeds now, and say how each answers.

    Nothing is stored, and feeds visited a minute ago are asked again. Paused feeds are asked only by name. The exit
    code is 1 when a feed fails.

    \b
    Example: radar feeds check
             radar feeds check news.example.org
    """
    from radar.cli.crawl import show_progress
    from radar.config import make_feed
    from radar.sources import check_feeds as check
    from radar.sources import match_row
    from radar.watch.fetch.hops import split_login

    rows = _read_rows(house)
    chosen = [match_row(rows, name) for name in names] if names else [row for row in rows if not row.paused]
    asked = {row.url: make_feed(row) for row in chosen}
    checked = []
    with show_progress() as progress:
        for answer in check(asked.values(), house.settings().crawl, house.now()):
            checked.append(answer)
            if progress:
                progress(len(checked), len(asked))
    healthy = ("ok", "quiet")
    checked.sort(key=lambda c: (c.state in healthy, c.state, c.title.lower(), c.url))
    failing = [c for c in checked if c.state not in healthy]
    if as_json:
        say_json(checked)
    else:
        if checked:
            say_table(
                ("state", "title", "publisher", "format", "entries", "newest"),
                [
                    (
                        c.state,
                        c.title,
                        c.publisher,
                        c.format or "–",
                        c.entries,
                        format_on(c.newest_at and c.newest_at.date()),
                    )
                    for c in checked
                ],
                [f"{split_login(c.url)[0]}: {c.reason}" if c.reason else "" for c in checked],
            )
        said = f"{count(len(checked), 'feed')} asked, {len(checked) - len(failing):,} answered, {len(failing):,} failed"
        resting = 0 if names else len(rows) - len(chosen)
        say(said + (f"; {count(resting, 'paused feed')} not asked" if resting else ""))
    if failing:
        ctx.exit(1)


@feeds.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@pass_house
def import_feeds(house: House, file: Path, as_json: bool) -> None:
    """Add the feeds of an OPML file.

    Nobody is asked for them yet. A folder's name says the kind where it can (research, community, vendor, trade,
    general and their like); other folders are kept as `category`. What is listed already is skipped; what is no feed of
    the web is named, a line each.

    \b
    Example: radar feeds import subscriptions.opml
    """
    from radar.errors import ConfigError
    from radar.files.feeds import add_rows
    from radar.files.opml import read_opml
    from radar.sources import Sifted, sift_outlines
    from radar.watch.guard import Guard

    try:
        outlines = read_opml(file.read_bytes(), file.name)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    sifted = Sifted()

    def add(text: str, path: Path) -> str:
        from radar.config import parse_feed_rows

        nonlocal sifted
        sifted = sift_outlines(outlines.feeds, parse_feed_rows(text, path), Guard(app.settings.crawl.allow))
        return add_rows(text, sifted.rows, path)

    with house.open() as app:
        _edit(house, add)
        app.sync_feeds()
    refused = [*outlines.refused, *sifted.refused]
    if as_json:
        added = [_show_row(row) for row in sifted.rows]
        say_json({"added": added, "duplicates": sifted.duplicates, "refused": refused})
        return
    for line in refused:
        say(f"not taken: {line}")
    skipped = f"{len(sifted.duplicates):,} listed already, {len(refused):,} not taken"
    say(f"{count(len(sifted.rows), 'feed')} added, {skipped}")
    if sifted.guessed:
        say(f"No folder says the kind of {sifted.guessed:,} of them; it was guessed: look through feeds.toml")
    if sifted.rows:
        say("Try them out: radar feeds check")


@feeds.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to the terminal.")
@pass_house
def export_feeds(house: House, out: Path | None) -> None:
    """Write the feeds as OPML 2.0.

    Feed readers and `radar feeds import` understand it.

    \b
    Example: radar feeds export --out radar.files.opml
    """
    from radar.files.feeds import replace_file
    from radar.files.opml import write_opml

    rows = _read_rows(house)
    text = write_opml(rows, house.now())
    if out:
        replace_file(out, text)
        say(f"wrote  {out}: {count(len(rows), 'feed')}")
    else:
        click.echo(text, nl=False)
    if any("@" in row.url.split("/")[2] for row in rows):
        say("An address in it carries a login: keep the file to yourself.", err=True)


def _read_rows(house: House) -> "tuple[FeedRow, ...]":
    from radar.config import FEEDS_FILE, parse_feed_rows, read_feeds_file

    path = house.home / FEEDS_FILE
    return parse_feed_rows(read_feeds_file(path), path)


def _show_row(row: "FeedRow") -> dict[str, object]:
    from radar.config import make_feed

    feed = make_feed(row)
    return {name: getattr(feed, name) for name in ("url", "title", "kind", "publisher", "paused")} | {
        "category": row.category
    }


def _edit(house: House, change: Callable[[str, Path], str]) -> None:
    from radar.files.feeds import edit_feeds

    edit_feeds(house.home, change)


def _change(house: House, name: str, change: Callable[[str, str, Path], str]) -> "FeedRow":
    """Change the one feed a name stands for, in the file and then in the store."""
    from radar.sources import match_row

    with house.open() as app:
        row = match_row(_read_rows(house), name)
        _edit(house, lambda text, path: change(text, row.url, path))
        app.sync_feeds()
    return row
