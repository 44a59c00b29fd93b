"""Tag stories, keep the tagger taught, follow the list of topics."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from radar.errors import RadarError
from radar.pipeline.steps import Steps
from radar.records import Story, TagCorrection, Topic, Training
from radar.store.names import unknown_name
from radar.watch.tag import Model, Tagger, judge_model, learn_from_stories, story_texts, take_fingerprint

log = logging.getLogger(__name__)

STORIES_AT_ONCE = 2_000
TRAINING_STORIES = 4_000
#: The tagger learns anew when the archive has grown by this much since it last did.
GROWN = 1.25
_EXAMPLES = 5
LONGEST = 1_000  # characters of a story that are kept with what was said of it


@dataclass(slots=True)
class Retagging:
    """What a change of topics does to one topic's stories: how many it wins and loses, and a few of each."""

    topic: str
    gained: int = 0
    lost: int = 0
    gains: list[str] = field(default_factory=list)  # titles
    losses: list[str] = field(default_factory=list)


class Tagging(Steps):
    """What tagging reads and writes."""

    def sync_topics(self, now: datetime) -> bool:
        """Make the stored topics those of the files; when they differ, every story is read anew with them."""
        stored = {topic.slug: topic for topic in self.store.list_topics()}
        if stored == self.topics:
            return False
        self.store.sync_topics(self.topics.values())
        for stories in self._read_archive():
            self.tag(stories, now)
        return True

    def tag(self, stories: Sequence[Story], now: datetime, *, learn: bool = True) -> int:
        """Tag stories anew; return how many tags they got. Somebody who waits for it does not wait for learning."""
        tags = self._ready_tagger(now, learn).tag_stories(stories)
        self.store.save_tags([story.id for story in stories], tags)
        return len(tags)

    def preview_topics(self, topics: Sequence[Topic]) -> list[Retagging]:
        """Return what these topics would change if they were the list, topic by topic; nothing is stored.

        Both lists are learnt from the archive as it is now: what learning anew changes by itself is not their doing.
        """
        corrections = self.store.list_tag_corrections()
        taught_by = self.store.list_stories(limit=TRAINING_STORIES)
        now, then = (
            Tagger(known, corrections, learn_from_stories(known, taught_by, corrections)[0])
            for known in (list(self.topics.values()), topics)
        )
        changes: dict[str, Retagging] = {}
        for stories in self._read_archive():
            titles = {story.id: story.title for story in stories}
            before, after = (
                {(tag.story_id, tag.topic) for tag in tagger.tag_stories(stories)} for tagger in (now, then)
            )
            for story_id, topic in sorted(after ^ before):
                change = changes.setdefault(topic, Retagging(topic))
                won = (story_id, topic) in after
                change.gained += won
                change.lost += not won
                examples = change.gains if won else change.losses
                if len(examples) < _EXAMPLES:
                    examples.append(titles[story_id])
        return sorted(changes.values(), key=lambda change: (-change.gained - change.lost, change.topic))

    def correct_tag(self, story_id: str, topic: str, wanted: bool | None, now: datetime, by: str) -> Story:
        """Keep that a story is about a topic, or is not (None: take back what was said); it is tagged so at once.

        Return the story. Raises UnknownName, or RadarError where there is nothing to take back.
        """
        story = self.store.find_story(story_id)
        if topic not in self.topics:
            raise unknown_name("topic", topic, self.topics)
        ids = [entry.id for entry in story.entries]
        title, summary = story_texts(story)
        said = TagCorrection(
            story.id if story.id in ids else ids[0], topic, wanted, now, by, title[:LONGEST], summary[:LONGEST]
        )
        corrections = self.store.list_tag_corrections()
        others = [one for one in corrections if (one.entry_id, one.topic) != (said.entry_id, topic)]
        if wanted is None and len(others) == len(corrections):
            raise RadarError(f"nothing was said of {story.id} and {topic}: there is nothing to take back")
        corrections = [*others, said]
        tags = Tagger(list(self.topics.values()), corrections, self._model_in_service()).tag_stories([story])
        self.store.save_tag_correction(said, story.id, tags)
        if wanted is None:
            self.tag([story], now)  # what was taken back must have taught nothing, on this story least of all
        return story

    def _ready_tagger(self, now: datetime, learn: bool) -> Tagger:
        """Return the tagger for the topics and corrections as they are, taught anew where that is due."""
        topics, corrections = list(self.topics.values()), self.store.list_tag_corrections()
        basis = take_fingerprint(topics, corrections)
        last = self.store.last_training()
        due = last is None or last.basis != basis or self.store.status().stories > GROWN * last.known
        if due and learn:
            last, model = self._learn(topics, corrections, now)
            self.store.save_training(last, model.dump() if model else None)
            (log.info if last.accepted else log.warning)(
                "the tagger learnt from %d stories and %d corrections: %s%s",
                last.stories, last.corrections, "" if last.accepted else "refused, ", last.reason,
            )  # fmt: skip
            self._tagger = None
        made_from = (basis, last.at if last else None)
        if self._tagger is None or self._tagger_basis != made_from:
            self._tagger = Tagger(topics, corrections, self._model_in_service())
            self._tagger_basis = made_from
        return self._tagger

    def _learn(
        self, topics: Sequence[Topic], corrections: Sequence[TagCorrection], now: datetime
    ) -> tuple[Training, Model | None]:
        stories = self.store.list_stories(limit=TRAINING_STORIES)
        model, examples = learn_from_stories(topics, stories, corrections)
        verdict = judge_model(model, self._model_in_service(), examples)
        return Training(
            now,
            take_fingerprint(list(topics), list(corrections)),
            len(stories),
            self.store.status().stories,
            len(corrections),
            *verdict,
        ), model

    def _model_in_service(self) -> Model | None:
        found = self.store.find_model()
        try:
            return Model.load(found[1]) if found else None
        except RadarError as error:
            log.warning("%s", error)
            return None

    def _read_archive(self) -> Iterator[list[Story]]:
        """Yield all stories, newest first, some at a time."""
        after = None
        while stories := self.store.list_stories(limit=STORIES_AT_ONCE, after=after):
            yield stories
            after = (stories[-1].last_at, stories[-1].id)
