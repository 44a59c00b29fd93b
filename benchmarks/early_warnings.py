"""Replay the development streams of ../shared beside two rules of thumb and a random order, at equal burden.

usage: python benchmarks/early_warnings.py [--leave-out] [hn] [founding] [rss]

(It cannot be called warnings.py: scripts beside it would import it for the standard module of that name.)

Each method may raise as many terms a week as Radar raised early that week, and none again within a year. "null" is what
Radar raises a week from the same titles with their dates shuffled within each source. --leave-out prints what Radar
does without each of its parts instead.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from scipy.special import gammainc

from radar.judge.alerts import Alert
from radar.judge.replay import Replay, read_reports, shuffle_dates
from radar.records import Report
from radar.watch import chance, context, discover, panel
from radar.watch.context import Floats
from radar.watch.discover import Discovery
from radar.watch.evidence import LEAST_GROWTH
from radar.watch.panel import Measures
from radar.watch.terms import TermIndex

SHARED = Path(__file__).resolve().parents[2] / "shared"
REST = 52
DICE = 10  # throws of the random order: one of them alone is found anything from 0.7 to 0.9
GENERAL_REDDIT = ("technology", "programming", "gadgets", "tech", "business", "startups")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of the development data and the days that are judged."""

    file: str
    sources: tuple[str, ...]
    since: date
    start: date
    end: date


STREAMS = {
    "hn": Stream("tech_titles_dev.tsv.zst", ("hackernews",), date(2016, 1, 31), date(2017, 4, 2), date(2018, 12, 31)),
    "founding": Stream(
        "tech_titles_dev.tsv.zst",
        ("techcrunch", *(f"reddit/{name}" for name in GENERAL_REDDIT)),
        date(2005, 6, 5), date(2006, 7, 2), date(2009, 12, 31),
    ),
    "rss": Stream("rss_tech_dev.tsv.zst", (), date(2021, 1, 1), date(2022, 10, 2), date(2023, 2, 28)),
}  # fmt: skip

#: Days, and the names of what is raised on them.
Raised = list[tuple[date, tuple[str, ...]]]
#: A week's terms, best first.
Ranking = Callable[[int], Iterator[int]]


def main() -> None:
    """Measure every stream named, or all."""
    if not (SHARED / "data").is_dir():
        sys.exit(f"{SHARED / 'data'} is not there: this benchmark needs the development data")
    names = [argument for argument in sys.argv[1:] if argument != "--leave-out"] or list(STREAMS)
    for name in names:
        (leave_out if "--leave-out" in sys.argv else measure_stream)(name, STREAMS[name])


def _read_stream(stream: Stream) -> tuple[Path, list[Report]]:
    path = SHARED / "data/news" / stream.file
    every = (one for one in read_reports([path], "trade", stream.end) if one.on >= stream.since)
    return path, [one for one in every if not stream.sources or one.source.startswith(stream.sources)]


def _weigh_by_poisson(count: Floats, past: Floats, expected: Floats, spread: Floats | None = None) -> Floats:
    """The tail of a Poisson at the expectation, as if that were known for sure."""
    chances = np.where(expected > 0, gammainc(np.maximum(count, 1), np.maximum(expected, 1e-9)), 1.0)
    return np.where((count > 0) & (count >= LEAST_GROWTH * expected), -np.log10(np.maximum(chances, 1e-300)), 0.0)


#: A part of the method → what to put in the place of which name of which module, so that it is gone.
PARTS: dict[str, list[tuple[object, str, object]]] = {
    "nothing": [],
    "typing of terms": [(panel.Panel, "may_be_name", lambda self: np.ones(len(self.index.terms), bool))],
    "the company a term keeps": [(discover, "AFFINITY_WEIGHT", 0.0), (discover, "FOREIGN", -np.inf)],
    "… its words of the market": [(context, "MARKET", frozenset())],
    "… its words of the world": [(context, "WORLD", frozenset())],
    "more growth of the better known": [(discover, "OLD_GROWTH", 0.0)],
    "the uncertainty of a short past (Poisson)": [(panel, "weigh_counts", _weigh_by_poisson)],
    "a small part of something larger may be news": [(discover, "PART", 0.0)],
    "what is in something raised is part of it": [(discover, "WITHIN", np.inf)],
    "a rest of two years (one)": [(discover, "REST", 52), (chance, "REST", 52)],
    "persistence of the confirmed": [(discover, "STEADY", (0, 0)), (discover, "QUICK", (0, 0))],
}


def leave_out(name: str, stream: Stream) -> None:
    """Print the figures of both levels without each part, and the chance's share at the threshold then set."""
    path, reports = _read_stream(stream)
    shuffled = shuffle_dates(reports)
    for part, changes in PARTS.items():
        kept = [(home, attribute, getattr(home, attribute)) for home, attribute, _ in changes]
        for home, attribute, value in changes:
            setattr(home, attribute, value)
        run = Replay(reports, stream.start, stream.end)
        alerts = list(run.run())
        fixed = _replay_at(shuffled, stream, run.discovery.threshold)
        for home, attribute, value in kept:
            setattr(home, attribute, value)
        print(f"\n{name} without {part}")
        for level in ("early", "confirmed"):
            own, by_chance = ([one for one in found if one.level == level] for found in (alerts, fixed))
            figures = score(name, stream, path, [(one.on, one.terms) for one in own])
            print(f"  {level:10}", json.dumps(figures), f"chance {len(by_chance) / max(1, len(own)):.2f}")


def measure_stream(name: str, stream: Stream) -> None:
    """Print a line a method."""
    path, reports = _read_stream(stream)
    began = time.process_time()
    run = Replay(reports, stream.start, stream.end)
    indexed = time.process_time() - began
    weeks: list[Measures] = []
    alerts = list(run.run(lambda discovery: weeks.append(_latest(discovery))))
    spent = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\n{name}: {len(reports):,} titles, indexed in {indexed:.1f} s, replayed in {spent:.1f} s CPU, {memory} MB")
    index = run.discovery.index
    burden = {week.week: 0 for week in weeks}
    for alert in alerts:
        if alert.level == "early":
            burden[(alert.on - index.first).days // 7 - 1] += 1
    lines = {
        "Radar, early": [(alert.on, alert.terms) for alert in alerts if alert.level == "early"],
        "Radar, confirmed": [(alert.on, alert.terms) for alert in alerts if alert.level == "confirmed"],
        "Kleinberg, 8 weeks": _pick(index, burden, _rank_by_burst(index)),
        "six mentions on four sites": _pick(index, burden, _rank_by_mentions(index)),
    }
    for method, raised in lines.items():
        print(f"  {method:28}", json.dumps(score(name, stream, path, raised)))
    dice = [score(name, stream, path, _pick(index, burden, _rank_at_random(weeks, seed))) for seed in range(DICE)]
    means = {figure: round(sum(one[figure] or 0 for one in dice) / DICE, 3) for figure in dice[0]}
    print(f"  {f'random order in the gate, {DICE} ×':28}", json.dumps(means))
    shuffled = list(Replay(shuffle_dates(reports), stream.start, stream.end).run())
    fixed = _replay_at(shuffle_dates(reports), stream, run.discovery.threshold)
    span = len(weeks)
    for level in ("early", "confirmed"):
        own, same = (sum(alert.level == level for alert in found) / span for found in (shuffled, fixed))
        print(f"  null, {level:21} {own:.2f} a week; {same:.2f} with the real run's last threshold held")


def _latest(discovery: Discovery) -> Measures:
    found = discovery.latest
    assert found is not None
    return found


def _replay_at(reports: list[Report], stream: Stream, threshold: float) -> list[Alert]:
    """Replay without letting the stream's own shuffled past set the threshold."""
    run = Replay(reports, stream.start, stream.end)
    run.discovery.threshold, run.discovery.calibrated = threshold, 10**6
    return list(run.run())


def _pick(index: TermIndex, burden: dict[int, int], ranking: Ranking) -> Raised:
    last: dict[int, int] = {}
    raised = []
    for week, places in burden.items():
        for term in ranking(week):
            if not places:
                break
            if term not in last or week - last[term] >= REST:
                last[term] = week
                raised.append((date.fromordinal(index.first.toordinal() + 7 * (week + 1)), (index.terms[term],)))
                places -= 1
    return raised


def _rank_at_random(weeks: list[Measures], seed: int) -> Ranking:
    dice = random.Random(seed)
    by_week = {week.week: week.term[week.strength >= 3].tolist() for week in weeks}

    def rank(week: int) -> Iterator[int]:
        return iter(dice.sample(by_week[week], len(by_week[week])))

    return rank


def _count_weeks(index: TermIndex) -> tuple[np.ndarray, np.ndarray]:
    """Return titles by term and week, and all titles by week, both summed up to each week."""
    size = len(index.terms)
    counts = np.zeros((size, index.weeks + 1), np.int32)
    np.add.at(counts, (np.repeat(np.arange(size), np.diff(index.start)), index.week + 1), 1)
    return counts.cumsum(axis=1), np.concatenate(([0], np.cumsum(index.totals.sum(axis=0))))


def _rank_by_burst(index: TermIndex) -> Ranking:
    """Kleinberg's two states (Bursty and hierarchical structure in streams, 2002), s = 2, gamma = 1, over 8 weeks."""
    counts, totals = _count_weeks(index)

    def rank(week: int) -> Iterator[int]:
        end, low, far = week + 1, max(0, week - 7), max(0, week - 59)
        count, size = counts[:, end] - counts[:, low], totals[end] - totals[low]
        usual = (counts[:, low] - counts[:, far] + 1) / (totals[low] - totals[far] + 1)
        high = np.minimum(2 * usual, 0.99)
        weight = count * np.log(high / usual) + (size - count) * np.log((1 - high) / (1 - usual)) - np.log(week + 1)
        best = np.flatnonzero((weight > 0) & (count >= 4))
        return iter(best[np.argsort(-weight[best], kind="stable")].tolist())

    return rank


def _rank_by_mentions(index: TermIndex) -> Ranking:
    """What had never been there half a year ago and has six titles on four sites by now, the most titles first."""
    counts, _ = _count_weeks(index)
    publisher = index.title_publisher[index.title]

    def rank(week: int) -> Iterator[int]:
        end, low = week + 1, max(0, week - 25)
        count = counts[:, end] - counts[:, low]
        fresh = np.flatnonzero((counts[:, low] == 0) & (count >= 6))
        for term in fresh[np.argsort(-count[fresh], kind="stable")].tolist():
            at = slice(index.start[term], index.start[term + 1])
            if len(set(publisher[at][index.week[at] <= week].tolist())) >= 4:
                yield term

    return rank


def score(
    name: str, stream: Stream, archive: Path, raised: list[tuple[date, tuple[str, ...]]]
) -> dict[str, float | None]:
    """Score alerts with the tool of ../shared."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for on, terms in raised:
            file.write(json.dumps({"on": str(on), "terms": terms}) + "\n")
        file.flush()
        command = [sys.executable, str(SHARED / "tools/score_alerts.py"), "--archive", str(archive), "--stream", name]
        command += ["--gold", str(SHARED / "data/news/gold_dev.tsv"), "--alerts", file.name, "--json"]
        command += ["--start", str(stream.start), "--end", str(stream.end)]
        command += [part for source in stream.sources for part in ("--source", source)]
        if name == "hn":
            command += ["--radar", str(SHARED / "data/news/published_radar_dev.tsv")]
        result = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    figures = ("alerts_per_week", "found", "lead_4w", "lead_13w", "sustained_26w", "radar_before_blip")
    return {figure: result.get(figure) for figure in figures}


if __name__ == "__main__":
    main()
