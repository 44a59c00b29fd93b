"""Topics that come and go, what the advisor says of tags, what the tagger has learnt: in store and pipeline."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from radar.config import Settings
from radar.errors import RadarError, UnknownName
from radar.pipeline import Pipeline
from radar.records import Crawl, Feed, Tag, TagCorrection, Topic, Training
from radar.store import Store
from radar.watch.tag import Model, Verdict
from tests.building import DAY, HOUR, NOW
from tests.store.store_samples import make_topic

FEED = "https://ledger.example/feed"
KEYS, AI = make_topic("passkeys", "Passkeys", "passkey"), make_topic("ai", "Artificial intelligence", "AI")


def publish(store: Store, titles: Sequence[str]) -> None:
    """Let one feed bring stories that nobody would take for one."""
    from tests.building import make_entry

    store.sync_feeds([Feed(FEED, "trade", "ledger.example")])
    entries = [make_entry(title, at=NOW - number * DAY, summary=summary) for number, line in enumerate(titles)
               for title, _, summary in [line.partition(" | ")]]  # fmt: skip
    store.save_crawl(Crawl(FEED, NOW, "new entries", "ok", "", NOW + HOUR), entries)


def open_pipeline(store: Store, *topics: Topic) -> Pipeline:
    return Pipeline(store, Settings(home=Path(), database_url=""), topics or (KEYS, AI))


def tags_by_title(store: Store) -> dict[str, list[str]]:
    stories = store.list_stories()
    tags = store.tags_of(story.id for story in stories)
    return {story.title: sorted(tag.topic for tag in tags.get(story.id, [])) for story in stories}


# -- topics -----------------------------------------------------------------------------------------------------------


def test_a_topic_in_no_file_is_listed_no_more_and_keeps_its_history(store: Store) -> None:
    """Its tags go, what was decided about it stays; named again, it is back."""
    publish(store, ["Passkeys and AI"])
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    assert tags_by_title(store) == {"Passkeys and AI": ["ai", "passkeys"]}
    pipeline.topics = {"ai": AI}
    assert pipeline.sync_topics(NOW)
    assert store.list_topics() == [AI]
    assert tags_by_title(store) == {"Passkeys and AI": ["ai"]}
    pipeline.topics = {"ai": AI, "passkeys": KEYS}
    assert pipeline.sync_topics(NOW)
    assert not pipeline.sync_topics(NOW)
    assert tags_by_title(store) == {"Passkeys and AI": ["ai", "passkeys"]}


def test_a_preview_says_what_a_change_would_do_and_does_nothing(store: Store) -> None:
    """Stories won and lost, topic by topic, with examples."""
    publish(store, ["Passkeys at banks", "Orchestra on tour", "Rain in June"])
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    before = tags_by_title(store), store.list_topics(), store.last_training()
    wanted = [replace(AI, aliases=("orchestra",)), replace(KEYS, name="Key cards", aliases=())]
    changes = {one.topic: one for one in pipeline.preview_topics(wanted)}
    assert (changes["ai"].gained, changes["ai"].gains, changes["ai"].lost) == (1, ["Orchestra on tour"], 0)
    assert (changes["passkeys"].lost, changes["passkeys"].losses) == (1, ["Passkeys at banks"])
    assert (tags_by_title(store), store.list_topics(), store.last_training()) == before


# -- corrections ------------------------------------------------------------------------------------------------------


def test_corrections_hold_at_once_and_after_all_is_tagged_again(store: Store) -> None:
    """Also this, not that; taken back, the story is tagged by its words again. Author and time are kept."""
    publish(store, ["Passkeys at banks"])
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    (story,) = store.list_stories()
    pipeline.correct_tag(story.id, "passkeys", False, NOW, "Ada")
    pipeline.correct_tag(story.id, "ai", True, NOW, "Bo")
    assert [(one.topic, one.wanted, one.by, one.at) for one in store.list_tag_corrections()] == [
        ("ai", True, "Bo", NOW),
        ("passkeys", False, "Ada", NOW),
    ]
    assert store.tags_of([story.id]) == {story.id: [Tag(story.id, "ai", 1.0)]}
    fresh = open_pipeline(store, KEYS, replace(AI, definition="Another."))  # as after a restart, with other topics
    fresh.watch(NOW)
    assert tags_by_title(store) == {"Passkeys at banks": ["ai"]}
    fresh.correct_tag(story.id, "passkeys", None, NOW, "Ada")
    fresh.correct_tag(story.id, "ai", None, NOW, "Ada")
    assert tags_by_title(store) == {"Passkeys at banks": ["passkeys"]}
    assert store.list_tag_corrections() == []


def test_what_cannot_be_corrected_is_said_in_a_line(store: Store) -> None:
    """And changes nothing."""
    publish(store, ["Passkeys at banks"])
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    (story,) = store.list_stories()
    with pytest.raises(UnknownName, match="no story is called 'x'"):
        pipeline.correct_tag("x", "ai", True, NOW, "Ada")
    with pytest.raises(UnknownName, match="no topic is called 'aj': did you mean ai"):
        pipeline.correct_tag(story.id, "aj", True, NOW, "Ada")
    with pytest.raises(RadarError, match="nothing to take back"):
        pipeline.correct_tag(story.id, "ai", None, NOW, "Ada")
    assert tags_by_title(store) == {"Passkeys at banks": ["passkeys"]}


# -- learning ---------------------------------------------------------------------------------------------------------

PLACES = "banks shops clinics libraries airlines councils schools museums insurers charities ports farms".split()
ARCHIVE = [
    *(f"Passkeys reach {place} | Login credentials stay on the handset of {place}." for place in PLACES),
    *(f"Rain delays the harvest of {place} | Farmers near {place} wait for the price of grain." for place in PLACES),
]


def test_the_tagger_learns_when_there_is_something_new_and_is_kept(store: Store) -> None:
    """Not at every round and not after a restart: when the archive has grown, or topics or corrections have changed."""
    publish(store, ARCHIVE)
    open_pipeline(store).watch(NOW)
    first = store.last_training()
    assert first is not None
    assert (first.accepted, first.stories, first.corrections) == (True, len(store.list_stories()), 0)
    kept = store.find_model()
    assert kept is not None
    pipeline = open_pipeline(store)
    pipeline.tag(store.list_stories(), NOW + HOUR)
    assert store.last_training() == first
    story = store.list_stories()[0]
    pipeline.correct_tag(story.id, "ai", True, NOW, "Ada")
    assert store.last_training() == first  # the advisor does not wait for it
    pipeline.tag(store.list_stories(), NOW + HOUR)
    second = store.last_training()
    assert second is not None
    assert (second.at, second.corrections) == (NOW + HOUR, 1)
    assert second.basis != first.basis


def test_a_preview_leaves_out_what_learning_anew_would_change(store: Store) -> None:
    """The tagger is due to learn, and what is on file is older; a list that stays the same changes nothing."""
    publish(store, [*ARCHIVE, "Kiosks open | Login credentials stay on the handset of guests."])
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    taught = tags_by_title(store)
    store.save_training(Training(NOW, "older", 1, 1, 0, True, None, None, "older"), None)
    pipeline.tag(store.list_stories(), NOW, learn=False)
    store.save_tags([store.list_stories()[0].id], [])
    assert tags_by_title(store) != taught
    assert pipeline.preview_topics([KEYS, AI]) == []
    (change,) = pipeline.preview_topics([KEYS, replace(AI, aliases=("kiosks",))])
    assert (change.topic, change.gains) == ("ai", ["Kiosks open"])


def test_a_refused_model_is_not_used_and_that_is_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The one before stays in service, the log and the status say so, and nobody tries again in vain."""
    publish(store, ARCHIVE)
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    kept = store.find_model()
    monkeypatch.setattr("radar.pipeline.tag.judge_model", lambda *_: Verdict(False, 0.4, 0.8, "0.40 against 0.80"))
    pipeline.topics = {"ai": AI, "passkeys": replace(KEYS, seeds=("x",))}
    with caplog.at_level(logging.WARNING, "radar.pipeline.tag"):
        pipeline.sync_topics(NOW + HOUR)
        pipeline.tag(store.list_stories(), NOW + 2 * HOUR)
    assert store.find_model() == kept
    refused = store.last_training()
    assert refused is not None
    assert (refused.accepted, refused.at) == (False, NOW + HOUR)
    assert store.status().tagger_refused == "0.40 against 0.80"
    assert store.status().tagger_learnt_at == NOW
    assert "refused, 0.40 against 0.80" in caplog.text
    assert tags_by_title(store)["Passkeys reach banks"] == ["passkeys"]


def test_a_model_that_cannot_be_read_is_replaced(store: Store) -> None:
    """Tagging goes on without it, and the next learning needs no permission from it."""
    publish(store, ARCHIVE)
    pipeline = open_pipeline(store)
    pipeline.watch(NOW)
    store.save_training(Training(NOW, "x", 1, 10**6, 0, True, None, None, "damaged"), b"\x80\x04pickle")
    open_pipeline(store).tag(store.list_stories(), NOW + HOUR)
    found = store.find_model()
    assert found is not None
    assert Model.load(found[1]).topics == ("passkeys",)


def test_only_the_model_in_service_is_stored_and_fifty_attempts(store: Store) -> None:
    """Models are large; what came of learning is worth a line."""
    for number in range(60):
        accepted = number in (3, 5)
        attempt = Training(NOW + number * HOUR, "b", number, number, 0, accepted, None, None, str(number))
        store.save_training(attempt, b"model %d" % number)
    found, last = store.find_model(), store.last_training()
    assert found is not None
    assert (found[0].reason, found[1]) == ("5", b"model 5")
    assert last is not None
    assert last.reason == "59"


def test_a_correction_needs_a_topic_that_exists(store: Store) -> None:
    """The store keeps the promise, whoever asks."""
    publish(store, ["Rain in June"])
    open_pipeline(store).watch(NOW)
    (story,) = store.list_stories()
    said = TagCorrection(story.id, "aj", True, NOW, "Ada", "", "")
    with pytest.raises(UnknownName, match="no topic is called 'aj'"):
        store.save_tag_correction(said, story.id, [])
    assert store.list_tag_corrections() == []
