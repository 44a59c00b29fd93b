"""Scores of stories, and grouping as it happens in time."""

from datetime import timedelta
from pathlib import Path

import pytest

from radar.errors import RadarError
from radar.judge.evaluate_stories import group_stream, read_items, score_stories
from tests.building import NOW
from tests.watch.test_group import ALL, PASSKEYS


def test_scores_are_those_of_the_papers() -> None:
    """Two gold stories of two and one; everything in one: B³ precision 5/9, pairwise 1/3; recall whole."""
    score = score_stories({"a": "x", "b": "x", "c": "x"}, {"a": "1", "b": "1", "c": "2"})
    assert (score.entries, score.labelled, score.gold, score.found) == (3, 3, 2, 1)
    assert (score.bcubed.precision, score.bcubed.recall) == pytest.approx((5 / 9, 1.0))
    assert (score.pairwise.precision, score.pairwise.recall) == pytest.approx((1 / 3, 1.0))
    assert score.bcubed.f1 == pytest.approx(5 / 7)


def test_equal_partitions_score_one_and_entries_without_a_label_do_not_count() -> None:
    """Names of stories do not matter; neither does a story of one."""
    score = score_stories({"a": "x", "b": "x", "c": "y", "d": "x"}, {"a": "1", "b": "1", "c": "2"})
    assert (score.pairwise.f1, score.bcubed.f1, score.labelled) == (1.0, 1.0, 3)


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_a_stream_places_every_entry(batch: int) -> None:
    """Whatever the batches; what comes after a story's end opens another."""
    late = [entry for entry in ALL if entry not in PASSKEYS]
    found = group_stream([*PASSKEYS, *late], batch=batch)
    assert set(found) == {entry.id for entry in ALL}
    assert len({found[entry.id] for entry in PASSKEYS}) == 1


def test_items_are_read_with_what_is_missing_made_up(tmp_path: Path) -> None:
    """The owner comes from publisher, else the URL; without both every entry is its own owner."""
    path = tmp_path / "items.tsv"
    path.write_text(
        "id\tpublished\ttitle\tpublisher\turl\tstory\n"
        "1\t2026-11-24\tOne\tThe Ledger\thttps://a.example/1\ts\n"
        "2\t1795507200000\tTwo\t\thttps://news.b.example/2\t\n"
        "3\t2026-11-24T08:00:00Z\tThree\t\t\ts\n"
    )
    entries, gold = read_items(path)
    assert [entry.publisher for entry in entries] == ["The Ledger", "b.example", "3.invalid"]
    assert [entry.published_at for entry in entries] == [NOW - timedelta(hours=8), NOW, NOW]
    assert gold == {"1": "s", "3": "s"}


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("1\t2026-11-24\tAgain", "items.tsv, line 3: the id has been there before: 1"),
        ("\t2026-11-24\tNobody", "items.tsv, line 3: no id"),
        ("2\tsoon\tWhen", "items.tsv, line 3: published is 'soon'"),
    ],
)
def test_a_wrong_item_is_named(tmp_path: Path, row: str, line: str) -> None:
    """The file, the line, what is wrong."""
    path = tmp_path / "items.tsv"
    path.write_text(f"id\tpublished\ttitle\n1\t2026-11-24\tOne\n{row}\n")
    with pytest.raises(RadarError) as refused:
        read_items(path)
    assert str(refused.value).startswith(line)
