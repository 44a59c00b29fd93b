"""What the tagger learns: thresholds, corrections, reasons, a gate against worse, and the same every time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radar.errors import RadarError
from radar.records import Story, TagCorrection
from radar.watch.tag import Model, Tagger, judge_model, learn_from_stories, take_fingerprint
from radar.watch.tag.learn import Examples, choose_thresholds, find_best_cut
from radar.watch.tag.model import Model as StoredModel
from radar.watch.tag.rows import Vocabulary, cut_words, embed_words
from tests.building import DAY, NOW, make_story, make_topic
from tests.watch.test_tag import PASSKEYS, TOPICS, make_archive

WORDS = "handset login credential stolen grain weather farmer orchestra the passkeys 5G c++ résumé".split()


def say(title: str, wanted: bool, topic: str = "passkeys", summary: str = "") -> TagCorrection:
    return TagCorrection(f"entry of {title}", topic, wanted, NOW, "Ada", title, summary)


def teach(stories: Sequence[Story], corrections: Sequence[TagCorrection] = ()) -> tuple[Model, Examples]:
    model, examples = learn_from_stories(TOPICS, stories, corrections)
    assert model is not None
    return model, examples


# -- corrections ------------------------------------------------------------------------------------------------------


def test_what_the_advisor_says_holds_for_the_story_at_once() -> None:
    """Also this topic, not that one: with no model at all, and whatever the words say."""
    story = make_story("Passkeys reach the fediverse")
    first = story.entries[0].id
    said = [replace(say("x", False), entry_id=first), replace(say("x", True, "ai"), entry_id=first)]
    tags = {tag.topic: tag for tag in Tagger(TOPICS, said).tag_stories([story])}
    assert set(tags) == {"ai", "decentralised-social"}
    assert tags["ai"].confidence == 1.0


def test_what_was_said_stays_with_the_story_as_it_grows() -> None:
    """Later entries, another title, another story it went into: its first entry carries it along."""
    story = make_story("Keys for all", "ledger.example")
    grown = make_story("Passkeys for all", "other.example", "third.example")
    joined = replace(grown, entries=(*grown.entries, *story.entries))
    said = [replace(say("Keys for all", False), entry_id=story.entries[0].id)]
    assert Tagger(TOPICS, said).tag_stories([joined]) == []
    assert [tag.topic for tag in Tagger(TOPICS, said).tag_stories([grown])] == ["passkeys"]


def test_one_correction_outweighs_several_guesses() -> None:
    """Ten times a guess: stories that speak of an orchestra's handsets are learnt not to be about passkeys."""
    question = make_story("Login credentials of the orchestra stay on the handset")
    before, _ = teach(make_archive())
    titles = ("The orchestra leaves login credentials on the handset", "Orchestra and handset: credentials to login")
    after, _ = teach(make_archive(), [say(title, False) for title in titles])
    words = [cut_words(question.title)]
    assert before.score(words)[0, 0] > after.score(words)[0, 0] + 1
    assert "passkeys" in {tag.topic for tag in Tagger(TOPICS, (), before).tag_stories([question])}
    assert Tagger(TOPICS, (), after).tag_stories([question]) == []


def test_corrections_teach_a_topic_that_nothing_names() -> None:
    """The advisor's examples are enough to recognise more of the kind."""
    said = [say(f"Robot arms weld the frames of {who}", True, "languages") for who in ("ships", "trucks", "trains")]
    tagger = Tagger(TOPICS, said).fit(make_archive())
    assert tagger.model is not None
    assert "languages" in tagger.model.topics
    arms, rain = tagger.model.score([cut_words("Robot arms weld frames"), cut_words("Rain delays the harvest")])
    column = tagger.model.topics.index("languages")
    assert arms[column] > rain[column] + 1


def test_nothing_said_is_forgotten_however_the_archive_grows() -> None:
    """The correction is learnt from although its own story is in the archive no more."""
    said = [say("Orchestra handset credentials", False), say("Orchestra login handset", False)]
    question = [cut_words("Orchestra handset login credentials")]
    larger = make_archive() + [make_story(f"Council {n} paves the road", at=NOW - n * DAY) for n in range(60)]
    with_them, without = teach(larger, said)[0], teach(larger)[0]
    assert with_them.score(question)[0, 0] < without.score(question)[0, 0] - 0.5


# -- the gate ---------------------------------------------------------------------------------------------------------


def make_large_archive() -> list[Story]:
    """Enough stories for two models to be compared."""
    places = [f"{kind} {number}" for number in range(30) for kind in ("bank", "shop", "clinic")]
    keys = [make_story(f"Passkeys reach {place}", at=NOW, summary="Login credentials stay on the handset.")
            for place in places]  # fmt: skip
    rain = [make_story(f"Rain delays harvest near {place}", at=NOW, summary="Farmers wait for grain prices.")
            for place in places]  # fmt: skip
    return keys + rain


def test_a_worse_model_is_refused() -> None:
    """One taught nonsense answers worse on texts kept apart than the one in service; the reason says by how much."""
    good, examples = teach(make_large_archive())
    nonsense = replace(good, trial=replace(good.trial, by_word=-good.trial.by_word, by_meaning=-good.trial.by_meaning))
    verdict = judge_model(nonsense, good, examples)
    assert not verdict.accepted
    assert verdict.score is not None
    assert verdict.rival is not None
    assert verdict.score < verdict.rival
    assert "in service" in verdict.reason
    assert judge_model(good, nonsense, examples).accepted


def test_an_equal_model_the_first_and_one_nobody_can_judge_are_accepted() -> None:
    """Growth and new topics must not be held up."""
    good, examples = teach(make_large_archive())
    assert judge_model(good, good, examples).accepted
    assert judge_model(good, None, examples).accepted
    small, few = teach(make_archive())
    assert judge_model(small, good, few) == (True, None, None, "too few stories to compare it by")


def test_the_judging_texts_taught_neither_trial() -> None:
    """A text is in the same part for ever, whatever else is in the archive."""
    _, some = teach(make_archive())
    _, more = teach([*make_archive(), *make_large_archive()])
    parts = {tuple(words.folded): part for words, part in zip(more.documents, more.part, strict=True)}
    assert all(parts[tuple(w.folded)] == part for w, part in zip(some.documents, some.part, strict=True) if part < 3)


def test_the_fingerprint_changes_with_every_topic_and_correction() -> None:
    """And with nothing else: not with their order, nor with who said it."""
    said = [say("A", True), say("B", False)]
    one = take_fingerprint(TOPICS, said)
    assert take_fingerprint(TOPICS[::-1], said[::-1]) == one
    assert take_fingerprint(TOPICS, [replace(each, by="Bo") for each in said]) == one
    other_topics = [*TOPICS[:-1], replace(PASSKEYS, seeds=("x",))]
    others = [(TOPICS, said[:1]), (other_topics, said), (TOPICS, [say("A", False), say("B", False)])]
    assert len({one, *(take_fingerprint(*each) for each in others)}) == 4


# -- reasons and thresholds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["Login credentials stay on the handset", "Credentials cannot be stolen", "Handset login in banks"],
)
def test_the_words_that_decided_really_decide(title: str) -> None:
    """Without them the score is lower."""
    model, _ = teach(make_archive())
    words = cut_words(title)
    why = model.explain(words, "passkeys")
    assert 0 < len(why) <= 3
    rest = " ".join(p for p, f in zip(words.plain, words.folded, strict=True) if f not in why)
    assert model.score([cut_words(rest)])[0, 0] < model.score([words])[0, 0]


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=40))
def test_the_best_cut_is_the_best(answers: list[tuple[float, bool]]) -> None:
    """No other cut between or at the scores gives a better F1."""
    score = np.array([value for value, _ in answers])
    about = np.array([int(yes) for _, yes in answers], dtype=np.int8)
    weight = np.ones(len(answers), dtype=np.float32)

    def f1(cut: float) -> float:
        said = score > cut
        return float(2 * about[said].sum() / max(said.sum() + about.sum(), 1))

    best = f1(find_best_cut(score, about, weight))
    if about.any() and len(set(score.tolist())) == len(answers):
        assert best >= max(f1(cut) for cut in [*(score - 1e-9), *score]) - 1e-6


def test_few_examples_lean_on_the_common_threshold() -> None:
    """A topic with one example does not trust it; one with many has its own."""
    generator = np.random.default_rng(0)
    about = np.zeros((300, 2), dtype=np.int8)
    about[:150, 0], about[0, 1] = 1, 1
    scores = np.where(about == 1, 4.0, 0.0) + generator.normal(0, 0.5, about.shape)
    scores[0, 1] = -3.0  # the one example scores badly
    documents = [cut_words("x")] * 300
    ones = np.ones(about.shape, dtype=np.float32)
    judged, part = np.ones(300, dtype=bool), np.zeros(300, dtype=np.int8)
    examples = Examples(("many", "one"), documents, about, ones, ones[0], judged, part, (1.0,))
    many, one = choose_thresholds(scores, examples)
    assert 1 < many < 4
    assert one > 0.5


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=1, max_size=6))
def test_a_text_is_scored_for_itself(texts: list[str]) -> None:
    """Alone or among others, next to empty ones: the same numbers, never NaN."""
    model = _MODEL
    documents = [cut_words(text) for text in texts]
    together = model.score([*documents, cut_words(""), cut_words("日本")])
    assert np.isfinite(together).all()
    for row, document in enumerate(documents):
        np.testing.assert_allclose(model.score([document])[0], together[row], atol=1e-5)


_MODEL = teach(make_archive())[0]


# -- what is stored ---------------------------------------------------------------------------------------------------


def test_a_model_comes_back_as_it_was_stored() -> None:
    """Byte for byte the same scores after a restart, and the same bytes when taught again."""
    model, _ = teach(make_archive())
    data = model.dump()
    again = StoredModel.load(data)
    documents = [cut_words(story.title) for story in make_archive()]
    assert (again.score(documents) == model.score(documents)).all()
    assert (again.score(documents, trial=True) == model.score(documents, trial=True)).all()
    assert teach(make_archive())[0].dump() == data == again.dump()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04\x95.", b"x" * 999])
def test_what_is_no_model_is_refused_and_nothing_in_it_runs(data: bytes) -> None:
    """A pickle in the database is bytes like any other."""
    with pytest.raises(RadarError, match="taught anew"):
        StoredModel.load(data)


def test_a_vocabulary_leaves_unknown_words_out() -> None:
    """Rows have length 1, or are all zero."""
    vocabulary = Vocabulary.learn([["apple", "pear"], ["apple", "the"]])
    assert vocabulary.words == ("apple", "pear")
    rows = vocabulary.encode([["apple", "pear", "kiwi"], ["kiwi"], []]).toarray()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 0], atol=1e-6)
    assert not embed_words([cut_words("")]).any()


# -- topics known by seeds alone --------------------------------------------------------------------------------------


def make_labels() -> list[Any]:
    fields: dict[str, Any] = {"quadrant": ""}
    return [
        replace(make_topic(slug, "x", **fields), name="", definition=words, seeds=seeds)
        for slug, words, seeds in (
            ("farming", "Growing food in fields.", ("harvest", "farmers", "grain")),
            ("keys", "Logging in without a password.", ("login", "passkeys", "credentials")),
        )
    ]


def test_labels_without_names_sort_all_texts_that_have_words() -> None:
    """What reaches no threshold gets its likest label; what says nothing gets none."""
    texts = [(story.title, "") for story in make_archive()]
    tagger = Tagger(make_labels()).fit_texts(texts)
    found = tagger.tag_texts([*texts, ("", ""), ("日本", "")])
    assert [own[0].topic for own in found[:-2]] == ["keys"] * 10 + ["farming"] * 20
    assert found[-2:] == [[], []]


def test_labelled_texts_teach_and_may_have_none() -> None:
    """Where some texts bear no label the tagger abstains too; where all do, it never does."""
    topics = [replace(topic, seeds=(), definition="") for topic in make_labels()]
    titles = [story.title for story in make_archive()]
    labels = [["keys"]] * 10 + [["farming"]] * 20
    noise = [f"Orchestra {number} tours with a conductor" for number in range(20)]
    sure = Tagger(topics).fit_labelled(titles, labels)
    unsure = Tagger(topics).fit_labelled([*titles, *noise], [*labels, *[[]] * 20])
    question = [("Orchestra tours with a new conductor", ""), ("Passkeys reach customers of ships", "")]
    assert [len(own) for own in sure.tag_texts(question)] == [1, 1]
    assert [[guess.topic for guess in own] for own in unsure.tag_texts(question)] == [[], ["keys"]]
