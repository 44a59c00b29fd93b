"""`radar evaluate tags`: labelled tables in, labels and scores out."""

import json
from pathlib import Path

import pytest

from radar.judge.tags import score_tags
from tests.cli.cli_run import Run

TOPICS = """
[[topic]]
name = "Keys"
description = "Logging in without a password."
seeds = ["login", "passkeys", "credentials"]

[[topic]]
slug = "farming"
name = "Farming"
definition = "Growing food in fields."
seeds = ["harvest", "farmers", "grain"]
"""
PLACES = "banks shops clinics libraries airlines councils".split()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    rows = [f"Passkeys for the login at {place}\tKeys" for place in PLACES]
    rows += [f"Farmers bring in the harvest near {place}\tfarming" for place in PLACES]
    rows += ["\t", "Farmers login with credentials after the harvest\tKeys|farming"]
    (tmp_path / "test.tsv").write_text("\n".join(["text\tlabels", *rows, ""]), encoding="utf-8")
    (tmp_path / "blind.tsv").write_text(
        "\n".join(["text", *(row.split("\t")[0] for row in rows), ""]), encoding="utf-8"
    )
    (tmp_path / "labels.toml").write_text(TOPICS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("test", ["test.tsv", "blind.tsv"])
def test_texts_are_tagged_without_labels_a_row_each(run: Run, tables: Path, test: str) -> None:
    """The label is the slug if there is one, else the name; an empty text has no tag, but its row."""
    out = tables / "out.tsv"
    done = run(
        "evaluate", "tags", "--test", str(tables / test), "--topics", str(tables / "labels.toml"), "--out", str(out)
    )
    assert done.exit_code == 0, done.output
    header, *found = out.read_text().split("\n")
    assert header == "labels"
    assert found[:13] == ["Keys"] * 6 + ["farming"] * 6 + [""]
    assert set(found[13].split("|")) <= {"Keys", "farming"}
    assert ("F1 " in done.output) == (test == "test.tsv")
    assert "texts a CPU-second" in done.output


def test_labelled_texts_teach_and_scores_come_as_json(run: Run, tables: Path) -> None:
    """With --train alone; no topics are needed."""
    path = str(tables / "test.tsv")
    done = run("evaluate", "tags", "--test", path, "--train", path, "--json")
    score = json.loads(done.output)
    assert score["texts"] == 14
    assert score["first_label"] == 1.0
    assert score["micro_f1"] > 0.9
    assert {"macro_f1", "recall_at_3", "texts_a_second", "peak_mb"} <= set(score)


def test_what_cannot_be_measured_is_said_in_a_line(run: Run, tables: Path) -> None:
    """No labels to go by, a label twice, a missing column."""
    test = str(tables / "test.tsv")
    bare = run("evaluate", "tags", "--test", test)
    assert (bare.exit_code, bare.stderr.count("\n")) == (2, 1)
    assert "give --train or --topics" in bare.stderr
    assert "One of --train and" in run("evaluate", "tags", "--help").output
    (tables / "twice.toml").write_text(TOPICS + TOPICS, encoding="utf-8")
    twice = run("evaluate", "tags", "--test", test, "--topics", str(tables / "twice.toml"))
    assert "the label 'Keys' is used twice" in twice.stderr
    assert "no column labels" in run("evaluate", "tags", "--test", test, "--train", str(tables / "blind.tsv")).stderr


def test_scores_are_what_the_definitions_say() -> None:
    """Three texts: one right, one half right, one left alone."""
    score = score_tags([["a"], ["b", "a"], []], [["a"], ["a"], ["c"]])
    assert (score.micro_f1, score.macro_f1) == (round(4 / 6, 4), 0.5)
    assert (score.first_label, score.recall_at_3, score.without) == (round(1 / 3, 4), round(2 / 3, 4), 1)
    assert score_tags([], []).micro_f1 == 0.0
