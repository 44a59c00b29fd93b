"""Issues, the outbox and keys, on SQLite and PostgreSQL."""

from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa

from radar.errors import UnknownName
from radar.records import Key, Subject, Survey, SurveyLink
from radar.store import Store, open_store
from tests.store.store_samples import (
    DAY,
    HOUR,
    LEASE,
    NOW,
    PRESIDENT,
    WEEK,
    fill,
    make_crawl,
    make_entry,
    make_feed,
    make_issue,
    make_message,
    make_story,
    make_topic,
    race,
)


@pytest.fixture
def desk(store: Store) -> Store:
    """A store that knows the president."""
    store.save_executive(PRESIDENT)
    return store


def test_an_issue_is_claimed_once(desk: Store) -> None:
    """Another week or executive is another issue."""
    desk.save_executive(replace(PRESIDENT, slug="board"))
    assert desk.claim_issue("president", WEEK, NOW)
    assert not desk.claim_issue("president", WEEK, NOW)
    assert desk.claim_issue("president", "2026-W49", NOW)
    assert desk.claim_issue("board", WEEK, NOW)


def test_of_eight_schedulers_one_wins_the_claim(database_url: str) -> None:
    """Each with its own connections, five times over."""
    stores = [open_store(database_url) for _ in range(8)]
    stores[0].save_executive(PRESIDENT)
    for number in range(5):
        week = f"2026-W{number + 10}"
        claims = race([partial(store.claim_issue, "president", week, NOW) for store in stores])
        assert sorted(claims) == [False] * 7 + [True]
    for store in stores:
        store.close()


def test_a_claim_whose_issue_was_never_saved_can_be_taken_over(desk: Store) -> None:
    """After its lease, by one; a saved issue never."""
    assert desk.claim_issue("president", WEEK, NOW)
    assert not desk.claim_issue("president", WEEK, NOW + LEASE - HOUR / 60)
    assert desk.claim_issue("president", WEEK, NOW + LEASE)
    assert not desk.claim_issue("president", WEEK, NOW + LEASE)
    desk.save_issue(make_issue())
    assert not desk.claim_issue("president", WEEK, NOW + 30 * DAY)


def test_an_issue_comes_back_whole(desk: Store) -> None:
    """By week and by token; a claim alone is no issue."""
    desk.claim_issue("president", WEEK, NOW)
    assert desk.find_issue("president", WEEK) is None
    assert desk.list_issues() == []
    assert desk.save_issue(make_issue())
    assert desk.find_issue("president", WEEK) == make_issue()
    assert desk.find_issue_by_token("t" * 22) == make_issue()
    assert desk.find_issue_by_token("") is None
    assert desk.find_issue("president", "2026-W01") is None


def test_issues_are_listed_newest_first(desk: Store) -> None:
    """Of one executive if named."""
    desk.save_executive(replace(PRESIDENT, slug="board"))
    issues = [
        make_issue(week="2026-W47", at=NOW - 7 * DAY, token="a"),
        make_issue(at=NOW, token="b"),
        make_issue("board", at=NOW - DAY, token="c"),
    ]
    for issue in issues:
        desk.save_issue(issue)
    assert [issue.token for issue in desk.list_issues()] == ["b", "c", "a"]
    assert [issue.token for issue in desk.list_issues("president", limit=1)] == ["b"]


def test_a_worker_that_outlived_its_claim_saves_nothing(desk: Store) -> None:
    """The second issue of a week, and its mail, are turned away: nobody gets two."""
    assert desk.save_issue(make_issue(token="first"), [make_message("<1@x>")])
    assert not desk.save_issue(make_issue(token="second"), [make_message("<2@x>")])
    assert [message.message_id for message in desk.list_outbox()] == ["<1@x>"]
    saved = desk.find_issue("president", WEEK)
    assert saved is not None
    assert saved.token == "first"


def test_issue_and_messages_are_stored_together_or_not_at_all(desk: Store) -> None:
    """A message that cannot be stored takes the issue with it; the claim stays."""
    desk.save_issue(make_issue(week="2026-W47", token="a"), [make_message("<1@x>", "2026-W47")])
    desk.claim_issue("president", WEEK, NOW)
    with pytest.raises(sa.exc.IntegrityError):
        desk.save_issue(make_issue(), [make_message("<2@x>"), make_message("<1@x>")])
    assert desk.find_issue("president", WEEK) is None
    assert [message.message_id for message in desk.list_outbox()] == ["<1@x>"]
    assert desk.save_issue(make_issue(), [make_message("<2@x>")])


def test_a_message_goes_from_queue_to_sent(desk: Store) -> None:
    """Its bytes never change; each step is seen in the outbox."""
    desk.save_issue(make_issue(), [make_message()])
    taken = desk.take_outgoing(NOW, LEASE)
    assert taken == replace(make_message(), state="sending", attempts=1)
    assert desk.take_outgoing(NOW, LEASE) is None
    assert desk.mark_handing_over(taken.message_id, NOW)
    assert desk.list_outbox()[0].state == "handing over"
    assert desk.mark_sent(taken.message_id, NOW + HOUR, "250 queued")
    sent = replace(make_message(), state="sent", attempts=1, reply="250 queued", sent_at=NOW + HOUR)
    assert desk.list_outbox() == [sent]
    assert desk.take_outgoing(NOW + 30 * DAY, LEASE) is None


def test_a_surveys_mails_wait_for_all_others(desk: Store) -> None:
    """However early they were queued: a thousand invitations hold no digest up."""
    desk.save_topics([make_topic("ai")])
    desk.add_survey(Survey("autumn", "Needs?", (Subject("AI", ("ai",)),), ("q1", "q2"), NOW.date(), NOW, "open"))
    invitation = replace(make_message("<radar.survey-1@x>"), executive=None, week=None, queued_at=NOW - HOUR)
    desk.invite(SurveyLink("t" * 22, "autumn", "ada@example.org", personal=True), invitation)
    desk.save_issue(make_issue(), [make_message("<radar.zz@x>")])
    taken = [message.message_id for _ in range(2) if (message := desk.take_outgoing(NOW, LEASE))]
    assert taken == ["<radar.zz@x>", "<radar.survey-1@x>"]


def test_one_executives_messages_can_be_taken_alone(desk: Store) -> None:
    """`radar digest send` for one person leaves the others' mail waiting."""
    desk.save_executive(replace(PRESIDENT, slug="board"))
    desk.save_issue(make_issue(), [make_message("<1@x>")])
    desk.save_issue(make_issue("board", token="b"), [replace(make_message("<2@x>"), executive="board")])
    taken = desk.take_outgoing(NOW, LEASE, "board")
    assert taken is not None
    assert taken.message_id == "<2@x>"
    assert desk.take_outgoing(NOW, LEASE, "board") is None


def test_racing_senders_never_take_one_message_twice(database_url: str) -> None:
    """Eight workers, each with its own connections, share 24 messages exactly."""
    stores = [open_store(database_url) for _ in range(8)]
    stores[0].save_executive(PRESIDENT)
    stores[0].save_issue(make_issue(), [make_message(f"<{number}@x>") for number in range(24)])

    def work(store: Store) -> list[str]:
        mine: list[str] = []
        while message := store.take_outgoing(NOW, LEASE):
            mine.append(message.message_id)
        return mine

    results = race([partial(work, store) for store in stores])
    for store in stores:
        store.close()
    taken = [message_id for result in results for message_id in result]
    assert len(taken) == len(set(taken)) == 24


def test_the_message_of_a_vanished_worker_comes_again(desk: Store) -> None:
    """Same id, same bytes, one attempt more; not before the lease ends."""
    desk.save_issue(make_issue(), [make_message()])
    desk.take_outgoing(NOW, LEASE)
    assert desk.take_outgoing(NOW + LEASE / 2, LEASE) is None
    again = desk.take_outgoing(NOW + LEASE, LEASE)
    assert again == replace(make_message(), state="sending", attempts=2)


def test_a_hand_over_that_broke_off_is_reported_as_a_possible_second_copy(desk: Store) -> None:
    """The server may have said 250 just before the power went."""
    desk.save_issue(make_issue(), [make_message()])
    desk.take_outgoing(NOW, LEASE)
    desk.mark_handing_over("<1@radar.example>", NOW)
    again = desk.take_outgoing(NOW + LEASE, LEASE)
    assert again is not None
    assert "may be a second copy" in again.reply
    assert again.body == make_message().body


def test_a_worker_whose_lease_ran_out_must_not_hand_over(desk: Store) -> None:
    """Somebody else may have the message in hand by now."""
    desk.save_issue(make_issue(), [make_message()])
    desk.take_outgoing(NOW, LEASE)
    assert not desk.mark_handing_over("<1@radar.example>", NOW + LEASE)


def test_a_failed_message_waits_or_ends(desk: Store) -> None:
    """With a time it is tried again then; without it stays failed, and visible with the server's words."""
    desk.save_issue(make_issue(), [make_message()])
    desk.take_outgoing(NOW, LEASE)
    assert desk.mark_failed("<1@radar.example>", "451 later", NOW + HOUR)
    assert desk.list_outbox()[0] == replace(make_message(), attempts=1, reply="451 later", next_attempt_at=NOW + HOUR)
    assert desk.take_outgoing(NOW + HOUR / 2, LEASE) is None
    assert desk.take_outgoing(NOW + HOUR, LEASE) is not None
    assert desk.mark_failed("<1@radar.example>", "550 no such user", None)
    assert desk.take_outgoing(NOW + 30 * DAY, LEASE) is None
    assert (desk.list_outbox()[0].state, desk.list_outbox()[0].reply) == ("failed", "550 no such user")
    assert desk.status().outbox_failed == 1


def test_a_late_failure_does_not_undo_a_delivery(desk: Store) -> None:
    """Nor does a second "sent" change the first."""
    desk.save_issue(make_issue(), [make_message()])
    desk.take_outgoing(NOW, LEASE)
    desk.mark_sent("<1@radar.example>", NOW, "250 first")
    assert not desk.mark_failed("<1@radar.example>", "timed out", NOW)
    assert not desk.mark_sent("<1@radar.example>", NOW + HOUR, "250 second")
    assert (desk.list_outbox()[0].state, desk.list_outbox()[0].reply) == ("sent", "250 first")


def test_an_unknown_message_gets_a_line(desk: Store) -> None:
    """It says where the outbox is shown."""
    with pytest.raises(UnknownName, match="no message is called '<9@x>': `radar status` shows the outbox"):
        desk.mark_sent("<9@x>", NOW, "250")


def test_keys_are_found_listed_and_revoked(desk: Store) -> None:
    """Revoking twice keeps the first time."""
    reader = Key("abcd1234", "intranet", "reader", "00" * 32, NOW)
    own = Key("efgh5678", "president", "executive", "11" * 32, NOW + HOUR, executive="president")
    desk.save_key(reader)
    desk.save_key(own)
    assert desk.find_key("abcd1234") == reader
    assert desk.find_key("nothing") is None
    desk.revoke_key("abcd1234", NOW + DAY)
    desk.revoke_key("abcd1234", NOW + 2 * DAY)
    assert desk.list_keys() == [replace(reader, revoked_at=NOW + DAY), own]
    with pytest.raises(UnknownName, match=r"no key is called 'abcd': did you mean abcd1234\?"):
        desk.revoke_key("abcd", NOW)
    with pytest.raises(UnknownName, match="no executive is called 'board'"):
        desk.save_key(replace(own, executive="board"))


def test_status_counts_what_there_is(desk: Store) -> None:
    """Listed feeds by state, saved issues only, messages that wait in any hands."""
    assert desk.status().feeds == 0
    assert desk.status().last_crawl_at is None
    entries = [make_entry("a"), make_entry("b", feed="herald")]
    fill(desk, *entries)
    desk.sync_feeds([make_feed("ledger"), make_feed("herald"), make_feed("new")])
    desk.save_crawl(make_crawl("herald", NOW + HOUR, outcome="failed", state="failing", reason="503"))
    desk.save_stories([make_story(entries[0])])
    desk.save_topics([make_topic("ai")])
    desk.claim_issue("president", "2026-W49", NOW)
    desk.save_issue(make_issue(), [make_message(f"<{number}@x>") for number in range(3)])
    desk.take_outgoing(NOW, LEASE)
    desk.mark_sent("<0@x>", NOW, "250")
    desk.take_outgoing(NOW, LEASE)
    status = desk.status()
    assert (status.feeds, status.feeds_by_state) == (3, {"failing": 1, "new": 1, "ok": 1})
    assert (status.entries, status.stories, status.topics, status.executives, status.issues) == (2, 1, 1, 1, 1)
    assert (status.outbox_waiting, status.outbox_failed) == (2, 0)
    assert (status.last_crawl_at, status.last_digest_at) == (NOW + HOUR, NOW)


def test_threads_may_share_a_store(store: Store) -> None:
    """Twenty threads read and write through one store at once, none is turned away."""
    store.sync_feeds([make_feed()])

    def work(number: int) -> int:
        for step in range(5):
            store.save_crawl(make_crawl(at=NOW + step * HOUR), [make_entry(f"e{number}-{step}")])
            store.status()
        return len(store.ungrouped_entries(1000))

    race([partial(work, number) for number in range(20)])
    assert store.status().entries == 100
