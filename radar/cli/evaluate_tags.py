"""`radar evaluate tags`: the tagger on labelled data of your own."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from radar.cli.house import json_option
from radar.cli.output import count, say, say_json, write_lines
from radar.cli.words import OutFile

if TYPE_CHECKING:
    from radar.records import Topic

_TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--test", required=True, type=_TABLE, metavar="FILE", help="The texts to tag.")
@click.option("--train", type=_TABLE, metavar="FILE", help="Labelled texts to learn from; this or --topics.")
@click.option("--topics", "topics_file", type=_TABLE, metavar="FILE", help="What the labels mean: [[topic]] in TOML.")
@click.option("--out", type=OutFile(), metavar="FILE", help="Write the tags: TSV, a row a test row.")
@json_option
def tags(test: Path, train: Path | None, topics_file: Path | None, out: Path | None, as_json: bool) -> None:
    """Tag the texts of a table.

    Tables are TSV (.gz and .zst too) with a header: text, and labels with | between them. One of --train and
    --topics is needed. With --train the tagger learns from labelled texts. Without, it knows of each topic only its
    name, description and seeds, and takes the test's texts for its archive, labels unseen. The file has one column,
    labels: best first, empty where it abstains. Scores are printed where the test has labels.

    \b
    Example: radar evaluate tags --test news.tsv --topics labels.toml --out tags.tsv
             radar evaluate tags --test test.tsv.gz --train train.tsv.gz --json
    """
    if train is None and topics_file is None:
        raise click.UsageError("nothing says what the labels are; give --train or --topics, or both")
    import resource
    import time

    from radar.config import load_labels
    from radar.judge.archive import read_table
    from radar.judge.tags import score_tags
    from radar.watch.tag import Tagger

    rows = list(read_table(test, ("text",), ("labels",)))
    texts = [row["text"] for row in rows]
    known = load_labels(topics_file) if topics_file else ()
    begun = time.process_time()
    if train is not None:
        taught = list(read_table(train, ("text", "labels")))
        labels = [_split_labels(row["labels"]) for row in taught]
        tagger = Tagger(_complete(known, labels)).fit_labelled([row["text"] for row in taught], labels)
    else:
        tagger = Tagger(known).fit_texts([(text, "") for text in texts])
    learnt = time.process_time()
    found = [[guess.topic for guess in own] for own in tagger.tag_texts([(text, "") for text in texts], why=False)]
    tagged = time.process_time()
    if out:
        write_lines(out, ["labels", *("|".join(own) for own in found)])
    own = [_split_labels(row["labels"]) for row in rows]
    score = score_tags(found, own) if any(own) else None
    cost = {
        "learning_seconds": round(learnt - begun, 1),
        "texts_a_second": round(len(texts) / max(tagged - learnt, 1e-9)),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if as_json:
        say_json((asdict(score) if score else {"texts": len(texts)}) | cost)
        return
    if score:
        say(f"{count(score.texts, 'text')}, {count(score.labels, 'label')}; {score.without:,} texts without a tag")
        say(f"F1              micro {score.micro_f1:.3f}, macro {score.macro_f1:.3f}")
        say(f"First label     {score.first_label:.3f} right")
        say(f"First three     {score.recall_at_3:.3f} of the labels")
    else:
        say(f"{count(len(texts), 'text')}, without labels to compare with")
    say(
        f"Speed           {cost['texts_a_second']:,} texts a CPU-second, after {cost['learning_seconds']} s of learning"
    )
    say(f"Memory          {cost['peak_mb']:,} MB at the peak")


def _split_labels(field: str) -> list[str]:
    return [label.strip() for label in field.split("|") if label.strip()]


def _complete(known: "tuple[Topic, ...]", labels: list[list[str]]) -> "list[Topic]":
    """Return the topics of a file, their names proving nothing, and one for every label that it does not know."""
    from dataclasses import replace

    from radar.records import Topic

    described = {topic.slug: replace(topic, name="", aliases=()) for topic in known}
    wanted = sorted({label for own in labels for label in own})
    return [described.get(label) or Topic(label, "", "", "") for label in wanted]
