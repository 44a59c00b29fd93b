"""Feeds, crawls and entries, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest

from radar.errors import UnknownName
from radar.records import Activity, Feed
from radar.store import Store, open_store
from radar.store.lookup import open_lookup
from radar.store.watch import CRAWLS_KEPT, REVISIONS_KEPT
from tests.store.store_samples import DAY, HOUR, LEASE, NOW, fill, make_crawl, make_entry, make_feed, race


def test_new_feeds_are_due_at_once(store: Store) -> None:
    """What feeds.toml names is crawled by the next tick."""
    store.sync_feeds([make_feed("ledger"), make_feed("herald", "general", title="The Herald")])
    taken = store.take_due_feeds(NOW, LEASE, 10)
    assert taken == [make_feed("herald", "general", title="The Herald"), make_feed("ledger")]


def test_feeds_toml_changes_what_it_says_and_keeps_what_crawling_found(store: Store) -> None:
    """Kind, publisher and title follow the file; validators, failures and due time stay."""
    store.sync_feeds([make_feed()])
    store.save_crawl(make_crawl(etag='W/"x y"', last_modified="yesterday", failures=2, state="failing", reason="503"))
    store.sync_feeds([replace(make_feed(), kind="vendor", publisher="owner.example", title="New name")])
    found = store.find_feed(make_feed().url)
    assert (found.kind, found.publisher, found.title) == ("vendor", "owner.example", "New name")
    assert (found.etag, found.last_modified, found.failures, found.state) == ('W/"x y"', "yesterday", 2, "failing")
    assert found.next_due_at == NOW + HOUR


def test_feeds_no_longer_listed_are_left_alone_but_not_forgotten(store: Store) -> None:
    """They are not crawled nor shown; entries and state are there when they return."""
    fill(store, make_entry("e1"), make_entry("e2", feed="herald"))
    store.sync_feeds([make_feed("herald")])
    assert [feed.url for feed in store.list_feeds()] == [make_feed("herald").url]
    assert [feed.url for feed in store.take_due_feeds(NOW + DAY, LEASE, 10)] == [make_feed("herald").url]
    assert {entry.id for entry in store.ungrouped_entries(10)} == {"e1", "e2"}
    store.sync_feeds([make_feed("herald"), make_feed("ledger")])
    assert store.find_feed(make_feed("ledger").url).last_crawl_at == NOW


def test_a_paused_feed_is_listed_and_never_taken(store: Store) -> None:
    """Not when it is due, not by force; its state is kept, and it counts as paused."""
    store.sync_feeds([make_feed("ledger"), make_feed("herald")])
    store.save_crawl(make_crawl("ledger", state="failing", failures=3))
    store.sync_feeds([replace(make_feed("ledger"), paused=True), make_feed("herald")])
    for force in (False, True):
        taken = store.take_due_feeds(NOW + DAY * (1 + force), LEASE, 10, force=force)
        assert [feed.publisher for feed in taken] == ["herald.example"]
    assert {feed.publisher: feed.paused for feed in store.list_feeds()} == {
        "herald.example": False,
        "ledger.example": True,
    }
    assert store.status().feeds_by_state == {"new": 1, "paused": 1}
    store.sync_feeds([make_feed("ledger"), make_feed("herald")])
    assert store.status().feeds_by_state == {"failing": 1, "new": 1}
    assert len(store.take_due_feeds(NOW + 3 * DAY, LEASE, 10)) == 2


def test_a_feed_listed_twice_is_one_feed(store: Store) -> None:
    """The last mention counts."""
    store.sync_feeds([make_feed(title="First"), make_feed(title="Second")])
    assert [feed.title for feed in store.list_feeds()] == ["Second"]


def test_due_feeds_come_longest_due_first_and_no_more_than_asked(store: Store) -> None:
    """Never crawled before long due before just due; those not due stay out."""
    store.sync_feeds([make_feed(name) for name in ("a", "b", "c", "d")])
    store.save_crawl(make_crawl("a", NOW - HOUR))
    store.save_crawl(make_crawl("b", NOW - 3 * HOUR))
    store.save_crawl(make_crawl("c", NOW))
    taken = store.take_due_feeds(NOW, LEASE, 2) + store.take_due_feeds(NOW, LEASE, 2)
    assert [feed.publisher for feed in taken] == ["d.example", "b.example", "a.example"]


def test_a_leased_feed_is_nobody_elses_until_the_lease_ends(store: Store) -> None:
    """Not even by force; a vanished worker's feed comes back."""
    store.sync_feeds([make_feed()])
    assert len(store.take_due_feeds(NOW, LEASE, 10)) == 1
    assert store.take_due_feeds(NOW + LEASE / 2, LEASE, 10) == []
    assert store.take_due_feeds(NOW + LEASE / 2, LEASE, 10, force=True) == []
    assert len(store.take_due_feeds(NOW + LEASE, LEASE, 10)) == 1


def test_force_takes_feeds_before_they_are_due(store: Store) -> None:
    """The operator asks; the saved crawl has ended the lease."""
    store.sync_feeds([make_feed()])
    store.take_due_feeds(NOW, LEASE, 10)
    store.save_crawl(make_crawl())
    assert store.take_due_feeds(NOW + LEASE / 2, LEASE, 10) == []
    assert len(store.take_due_feeds(NOW + LEASE / 2, LEASE, 10, force=True)) == 1


def test_a_hosts_feeds_are_taken_together_and_by_one_worker(store: Store) -> None:
    """Two workers at one host would ask it twice at once, each within its own pauses."""
    shared = [replace(make_feed(name), url=f"https://shared.example/{name}") for name in "abc"]
    store.sync_feeds([*shared, make_feed("other")])
    assert len(store.take_due_feeds(NOW, LEASE, 2)) == 4  # more than asked: all of the host that was begun
    store.release_feeds([shared[0].url, make_feed("other").url])
    assert [feed.publisher for feed in store.take_due_feeds(NOW, LEASE, 9)] == ["other.example"]
    assert store.take_due_feeds(NOW, LEASE, 9, force=True) == []
    store.release_feeds([feed.url for feed in shared])
    assert {feed.url for feed in store.take_due_feeds(NOW, LEASE, 9)} == {feed.url for feed in shared}


def test_racing_workers_never_share_a_host(database_url: str) -> None:
    """Eight workers at once: the feeds of a host all go to one of them."""
    stores = [open_store(database_url) for _ in range(8)]
    hosts = [f"h{number}.example" for number in range(20)]
    feeds = [Feed(f"https://{host}/{number}", "trade", host) for host in hosts for number in range(5)]
    stores[0].sync_feeds(feeds)
    results = race([partial(store.take_due_feeds, NOW, LEASE, 3) for store in stores])
    for store in stores:
        store.close()
    taken = [{feed.publisher for feed in result} for result in results]
    assert sum(map(len, taken)) == len(set().union(*taken)) == 8
    assert sum(map(len, results)) == 5 * sum(map(len, taken))


def test_racing_workers_never_take_one_feed_twice(database_url: str) -> None:
    """Eight workers, each with its own connections, share 60 feeds exactly."""
    stores = [open_store(database_url) for _ in range(8)]
    stores[0].sync_feeds([make_feed(f"f{number:02}") for number in range(60)])

    def work(store: Store) -> list[str]:
        mine: list[str] = []
        while taken := store.take_due_feeds(NOW, LEASE, 3):
            mine += [feed.url for feed in taken]
        return mine

    results = race([partial(work, store) for store in stores])
    for store in stores:
        store.close()
    taken = [url for result in results for url in result]
    assert len(taken) == len(set(taken)) == 60


def test_save_crawl_returns_what_is_new_and_fills_in_the_owner(store: Store) -> None:
    """Publisher and kind come from the feed; a second visit finds nothing new."""
    store.sync_feeds([make_feed("herald", "general")])
    entries = [make_entry("e1", feed="herald"), make_entry("e2", feed="herald")]
    new = store.save_crawl(make_crawl("herald"), entries)
    assert new == [replace(entry, publisher="herald.example", kind="general") for entry in entries]
    assert store.save_crawl(make_crawl("herald", NOW + HOUR), entries) == []
    crawls = store.list_crawls(make_feed("herald").url)
    assert [(crawl.outcome, crawl.entries_new) for crawl in crawls] == [("unchanged", 0), ("new entries", 2)]


def test_a_crawl_leaves_the_feeds_next_state(store: Store) -> None:
    """A failure keeps the last success; every field of the crawl comes back."""
    store.sync_feeds([make_feed()])
    store.save_crawl(make_crawl())
    failed = make_crawl(
        at=NOW + HOUR,
        outcome="failed",
        state="failing",
        reason="no answer",
        status=503,
        etag='"e"',
        failures=1,
        failing_since_at=NOW + HOUR,
        ttl=7200,
        moved_to="https://ledger.example/new",
        moved_since_at=NOW,
    )
    store.save_crawl(failed)
    feed = store.find_feed(make_feed().url)
    assert (feed.last_crawl_at, feed.last_success_at, feed.next_due_at) == (NOW + HOUR, NOW, NOW + 2 * HOUR)
    assert (feed.state, feed.reason, feed.failures, feed.etag) == ("failing", "no answer", 1, '"e"')
    assert (feed.moved_to, feed.moved_since_at) == ("https://ledger.example/new", NOW)
    assert (feed.failing_since_at, feed.ttl) == (NOW + HOUR, 7200)
    assert store.list_crawls(feed.url, 1) == [failed]


def test_one_identity_twice_in_a_document_is_one_entry(store: Store) -> None:
    """The first of the two counts, as feeds list the newest first."""
    store.sync_feeds([make_feed()])
    new = store.save_crawl(make_crawl(), [make_entry("e1", "first"), make_entry("e2"), make_entry("e1", "second")])
    assert sorted((entry.id, entry.title) for entry in new) == [("e1", "first"), ("e2", "Title e2")]


def test_an_edited_entry_changes_its_text_but_not_its_times(store: Store) -> None:
    """First seen and published are history: a feed without dates would move its entries at every visit."""
    store.sync_feeds([make_feed()])
    store.save_crawl(make_crawl(), [make_entry("e1", "before")])
    later = replace(make_entry("e1", "after", at=NOW + DAY), first_seen_at=NOW + DAY, author="A. Writer")
    store.save_crawl(make_crawl(at=NOW + DAY), [later])
    stored = store.ungrouped_entries(10)[0]
    assert (stored.title, stored.author) == ("after", "A. Writer")
    assert (stored.published_at, stored.first_seen_at) == (NOW, NOW)


def test_an_entry_edited_100_times_is_one_row_of_24_revisions(store: Store) -> None:
    """An entry that keeps changing is a counter; after 24 versions it is no longer written."""
    store.sync_feeds([make_feed()])
    for number in range(100):
        store.save_crawl(make_crawl(at=NOW + number * HOUR), [make_entry("e1", f"edit {number}")])
    assert [entry.title for entry in store.ungrouped_entries(10)] == [f"edit {REVISIONS_KEPT - 1}"]


def test_the_history_of_a_feed_is_bounded(store: Store) -> None:
    """Only the last visits are kept, each feed's apart."""
    store.sync_feeds([make_feed("a"), make_feed("b")])
    for number in range(CRAWLS_KEPT + 5):
        store.save_crawl(make_crawl("a", NOW + number * HOUR))
        store.save_crawl(make_crawl("b", NOW + number * HOUR))
    for name in ("a", "b"):
        crawls = store.list_crawls(make_feed(name).url, 1000)
        assert [crawl.at for crawl in crawls] == [NOW + number * HOUR for number in range(54, 4, -1)]


def test_ungrouped_entries_come_oldest_first(store: Store) -> None:
    """Grouping sees the news in the order it happened."""
    fill(store, make_entry("new", at=NOW), make_entry("old", at=NOW - DAY), make_entry("mid", at=NOW - HOUR))
    assert [entry.id for entry in store.ungrouped_entries(2)] == ["old", "mid"]


def test_times_come_back_as_the_same_instant_in_utc(store: Store) -> None:
    """Whatever the zone on the way in, to the microsecond, before 1970 too."""
    instants = {
        f"e{at:%Y}{offset}": at.astimezone(timezone(timedelta(hours=offset)))
        for at in (datetime(2026, 10, 25, 1, 30, 0, 123456, tzinfo=UTC), datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC))
        for offset in (-11, 0, 14)
    }
    fill(store, *(make_entry(id_, at=at) for id_, at in instants.items()))
    stored = {entry.id: entry.published_at for entry in store.ungrouped_entries(100)}
    assert stored == instants
    assert all(at.tzinfo is UTC for at in stored.values())


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """Nobody could say when that was; nothing is stored."""
    store.sync_feeds([make_feed()])
    with pytest.raises(Exception, match="without a zone"):
        store.save_crawl(make_crawl(), [make_entry("e1", at=datetime(2026, 1, 1))])  # noqa: DTZ001
    assert store.ungrouped_entries(10) == []
    assert store.list_crawls(make_feed().url) == []


def test_text_no_database_can_hold_is_stored_readable(store: Store) -> None:
    """NUL and lone surrogates become U+FFFD; everything else is kept as it is."""
    fill(store, make_entry("e1", "a\0b \ud83d c 🛰️ שלום ' \" \\ %s ? :x"))
    assert store.ungrouped_entries(1)[0].title == "a\ufffdb \ufffd c 🛰️ שלום ' \" \\ %s ? :x"


def test_an_unknown_feed_gets_a_line_with_the_closest(store: Store) -> None:
    """The line says what, which, and what to do."""
    store.sync_feeds([make_feed("ledger"), make_feed("herald")])
    line = r"^no feed is called 'https://ledger.example/fed': did you mean https://ledger.example/feed\? `radar feeds`"
    for ask in (store.find_feed, store.list_crawls):
        with pytest.raises(UnknownName, match=line):
            ask("https://ledger.example/fed")
    with pytest.raises(UnknownName, match="no feed is called"):
        store.save_crawl(make_crawl("elsewhere"), [make_entry("e1", feed="elsewhere")])


def test_visits_saved_together_are_each_what_they_would_be_alone(store: Store) -> None:
    """New entries are told apart by visit; known ones, changed ones and failures keep their own rules."""
    store.sync_feeds([make_feed(name) for name in ("a", "b", "c")])
    store.take_due_feeds(NOW, LEASE, 10)
    store.save_crawl(make_crawl("a"), [make_entry("a1", "before", "a")])
    later = NOW + HOUR
    failed = make_crawl("c", later, outcome="failed", state="failing", reason="503", failures=1)

    saved = store.save_crawls(
        [
            (make_crawl("b", later, etag="x"), [make_entry("b1", feed="b"), make_entry("b2", feed="b")]),
            (make_crawl("a", later), [make_entry("a1", "after", "a"), make_entry("a2", feed="a")]),
            (failed, []),
        ]
    )

    assert saved == [["b1", "b2"], ["a2"], []]
    assert {entry.id: entry.title for entry in store.ungrouped_entries(10)}["a1"] == "after"
    crawls = {name: store.list_crawls(make_feed(name).url)[0] for name in ("a", "b", "c")}
    assert {name: (c.outcome, c.entries_new) for name, c in crawls.items()} == {
        "a": ("new entries", 1),
        "b": ("new entries", 2),
        "c": ("failed", 0),
    }
    assert [store.find_feed(make_feed(name).url).last_success_at for name in ("a", "b", "c")] == [later, later, None]
    assert store.find_feed(make_feed("b").url).etag == "x"
    assert len(store.take_due_feeds(later + HOUR, LEASE, 10)) == 3


def test_visits_saved_together_are_stored_all_or_not_at_all(store: Store) -> None:
    """One transaction: what is not acknowledged has left nothing behind."""
    store.sync_feeds([make_feed()])
    with pytest.raises(UnknownName):
        store.save_crawls([(make_crawl(), [make_entry("e1")]), (make_crawl("elsewhere"), [])])
    assert store.ungrouped_entries(10) == []
    assert store.list_crawls(make_feed().url) == []


def test_workers_that_save_the_same_visits_in_other_orders_do_not_block_each_other(database_url: str) -> None:
    """Leases may have run out under a slow worker: both save, no entry is doubled."""
    names = [f"f{number:02}" for number in range(20)]
    visits = [(make_crawl(name), [make_entry(f"{name}-{n}", feed=name) for n in range(5)]) for name in names]
    stores = [open_store(database_url) for _ in range(4)]
    stores[0].sync_feeds([make_feed(name) for name in names])

    results = race([partial(one.save_crawls, visits[:: -1 if number % 2 else 1]) for number, one in enumerate(stores)])

    assert sorted(new for saved in results for ids in saved for new in ids) == sorted(
        entry.id for _, entries in visits for entry in entries
    )
    assert len(stores[0].ungrouped_entries(1_000)) == 100
    assert len(stores[0].list_crawls(make_feed("f07").url)) == 4
    for one in stores:
        one.close()


# -- what crawling asks of the archive and of hosts -------------------------------------------------------------------


def test_feeds_are_measured_by_their_entries_on_file(store: Store, database_url: str) -> None:
    """Entries of the last twelve weeks, the first of those, and the newest ever; alike by the store and the lookup."""
    ages = {"a": 1, "b": 30, "c": 83, "d": 85, "e": 400}
    old = make_entry("old", feed="herald", at=NOW - 200 * DAY)
    fill(store, *(make_entry(name, at=NOW - days * DAY) for name, days in ages.items()), old)
    store.sync_feeds([*store.list_feeds(), make_feed("mute")])
    ledger, herald = make_feed("ledger").url, make_feed("herald").url
    expected = {
        ledger: Activity(3, NOW - 83 * DAY, NOW - DAY),
        herald: Activity(0, None, NOW - 200 * DAY),
    }
    assert store.measure_feeds(NOW) == expected
    assert store.measure_feeds(NOW, [herald, make_feed("mute").url]) == {herald: expected[herald]}
    with open_lookup(database_url) as lookup:
        assert lookup.measure_feeds(NOW) == expected


def test_measuring_many_feeds_is_one_question_for_each_five_hundred(store: Store) -> None:
    """More feeds than a statement has room for."""
    store.sync_feeds([make_feed(f"f{number}") for number in range(1_200)])
    urls = [make_feed(f"f{number}").url for number in range(1_200)]
    store.save_crawl(make_crawl("f1199"), [make_entry("e1", feed="f1199")])
    assert store.measure_feeds(NOW, urls).keys() == {make_feed("f1199").url}


def test_a_closed_host_opens_at_its_time_and_the_later_time_wins(store: Store) -> None:
    """Two 429s of one host: neither shortens the other."""
    store.close_host("ledger.example", NOW + 2 * HOUR)
    store.close_host("ledger.example", NOW + HOUR)
    store.close_host("herald.example", NOW + HOUR)
    assert store.list_closed_hosts(NOW) == {"ledger.example": NOW + 2 * HOUR, "herald.example": NOW + HOUR}
    assert store.list_closed_hosts(NOW + HOUR) == {"ledger.example": NOW + 2 * HOUR}
    store.close_host("ledger.example", NOW + 9 * HOUR)
    assert store.list_closed_hosts(NOW + 8 * HOUR) == {"ledger.example": NOW + 9 * HOUR}


def test_a_released_feed_is_due_again_at_once(store: Store) -> None:
    """The others of the round stay leased."""
    store.sync_feeds([make_feed("a"), make_feed("b")])
    store.take_due_feeds(NOW, LEASE, 10)
    store.release_feeds([make_feed("b").url])
    assert [feed.publisher for feed in store.take_due_feeds(NOW, LEASE, 10)] == ["b.example"]
