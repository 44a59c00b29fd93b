"""Terms nobody listed: what is raised, what is confirmed, and what cannot be faked."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from radar.records import Report
from radar.watch.chance import fit_offset
from radar.watch.context import weigh_words
from radar.watch.discover import CONFIRMED_A_MONTH, EARLY_A_WEEK, Discovery
from radar.watch.panel import Panel
from radar.watch.terms import index_terms
from tests.watch.streams import FIRST, discover, make_rise, make_stream, raised

WORLD = "parliament minister voters police election army church court drought hunger strike treaty".split()
RISE = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]


def test_a_new_name_is_raised_early_and_confirmed_when_it_persists() -> None:
    """First on the advisor's desk; weeks later, not twice, as confirmed."""
    discovery = discover(make_stream() + make_rise("Quorvex", 80, RISE))
    found = [one.candidate for one in discovery.findings if "quorvex" in one.candidate.names]
    assert len(found) == 1
    assert found[0].level == "confirmed"
    assert found[0].confirmed_on is not None
    assert found[0].raised_on < found[0].confirmed_on <= FIRST + timedelta(weeks=80 + len(RISE))
    assert found[0].novelty == "new"
    assert "first seen in" in found[0].sentence


def test_nothing_is_raised_from_a_stream_without_news() -> None:
    assert raised(discover(make_stream())) == {}


def test_a_week_is_decided_on_the_weeks_up_to_it() -> None:
    """What comes later changes nothing: the archive cut off after any week gives the same decisions."""
    reports = make_stream() + make_rise("Quorvex", 80, RISE) + make_rise("Blenta", 100, RISE, seed=3)
    whole = discover(reports)
    for week in (84, 95, 110):
        cut = discover([report for report in reports if report.on < FIRST + timedelta(weeks=week)])
        day = FIRST + timedelta(weeks=week)
        assert {(one.candidate.term, one.week) for one in cut.findings} == {
            (one.candidate.term, one.week) for one in whole.findings if whole.day_after(one.week) <= day
        }


def test_one_publisher_with_a_thousand_items_raises_nothing() -> None:
    """In a day or over months."""
    day = make_rise("Quorvex", 90, [1000], publishers=1)
    months = make_rise("Blenta", 80, [60] * 16, publishers=1, seed=3)
    assert raised(discover(make_stream() + day + months)) == {}


def test_two_publishers_are_not_enough() -> None:
    assert raised(discover(make_stream() + make_rise("Quorvex", 80, RISE, publishers=2))) == {}


def test_twenty_domains_with_one_text_count_as_one() -> None:
    """The same words, week after week, on sites nobody has seen before."""
    texts = make_rise("Quorvex", 80, [1] * 16)
    copies = [replace(text, publisher=f"new{site}.example") for text in texts for site in range(20)]
    once = index_terms(make_stream() + texts, FIRST)
    often = index_terms(make_stream() + copies, FIRST)
    for index in (once, often):
        term = index.number("quorvex")
        assert index.start[term + 1] - index.start[term] == 16
    one_text = [replace(texts[0], publisher=f"new{site}.example") for site in range(20)]
    assert raised(discover(make_stream() + one_text)) == {}


def test_a_new_feed_alone_cannot_raise_a_term() -> None:
    """It brings a whole vocabulary nobody had; it has no past to hold that against."""
    joining = [
        report
        for number, name in enumerate(("Quorvex", "Blenta", "Ondriva", "Teskarn"))
        for report in make_rise(name, 100, [4] * 6, source="newcomer", seed=number)
    ]
    assert raised(discover(make_stream() + joining)) == {}


@pytest.mark.parametrize("change", ["joins", "leaves"])
def test_a_feed_that_joins_or_leaves_does_not_look_like_a_burst(change: str) -> None:
    """Half of what is published, on things of its own, begins or ends: no term of either feed is news."""
    other = [
        replace(report, title=f"{report.title} with Quorvex and Blenta" if number % 9 == 0 else report.title)
        for number, report in enumerate(make_stream(seed=5, source="second"))
    ]
    border = FIRST + timedelta(weeks=90)
    kept = [report for report in other if (report.on >= border) == (change == "joins")]
    steady = make_rise("Ondriva", 0, [1] * 130, seed=7)
    assert raised(discover(make_stream() + steady + kept)) == {}


def test_what_the_general_press_writes_of_as_much_is_no_technology() -> None:
    """World events reach everybody at once."""
    event = make_rise("Quorvex", 80, RISE) + make_rise("Quorvex", 80, [3 * n for n in RISE], source="daily", seed=4)
    reports = make_stream() + make_stream(seed=9, source="daily") + event
    assert "quorvex" in raised(discover(reports))
    assert raised(discover(reports, general=("daily",))) == {}


def test_places_people_dates_and_plain_words_are_not_raised() -> None:
    """However fast they rise."""
    names = ("Nairobi", "December", "Jennifer Quorvex", "umbrella", "discounts", "readers", "Quorvex Cup")
    rises = [report for number, name in enumerate(names) for report in make_rise(name, 80, RISE, seed=number)]
    assert raised(discover(make_stream() + rises)) == {}


def test_a_version_is_left_to_its_parent() -> None:
    """Of something known for years, the next number is no news."""
    known = make_rise("Quorvex", 0, [1] * 130, seed=3)
    assert "quorvex x9" not in raised(discover(make_stream() + known + make_rise("Quorvex X9", 80, [2] * 16)))


def test_what_keeps_company_with_ministers_is_not_confirmed() -> None:
    """The same rise, among words of the trade and among those of the world's news."""
    dice = random.Random(5)
    news = [
        Report(one.on, "forum", one.publisher, f"Some {dice.choice(WORLD)} of the {dice.choice(WORLD)} on day {number}")
        for number, one in enumerate(make_stream(seed=6))
    ]
    rise = make_rise("Quorvex", 80, RISE)
    abroad = [
        replace(one, title=f"Why Quorvex divides the {dice.choice(WORLD)} and the {dice.choice(WORLD)} on day {number}")
        for number, one in enumerate(rise)
    ]
    assert raised(discover(make_stream() + news + rise))["quorvex"] == "confirmed"
    assert raised(discover(make_stream() + news + abroad)).get("quorvex") != "confirmed"


def test_lists_of_another_language_than_the_titles_say_nothing() -> None:
    """Words that are never beside a word of the trade neither attract nor repel where nothing is."""
    titles = [
        replace(one, title=f"Het {number % 7}e bericht over {number % 90} zaken")
        for number, one in enumerate(make_stream(20))
    ]
    assert not weigh_words(index_terms(titles, FIRST), 20).any()
    assert weigh_words(index_terms(make_stream(20), FIRST), 20).any()


def test_the_better_known_a_thing_is_the_more_it_must_grow() -> None:
    """Twice as much as ever of something heard of every week is no news; of something hardly known it is."""
    twice = [2] * 20
    hardly = make_rise("Quorvex", 0, [int(week % 12 == 0) for week in range(100)], seed=3)
    known = [report for seed in range(4) for report in make_rise("Quorvex", 0, [1] * 130, seed=10 + seed)]
    assert "quorvex" in raised(discover(make_stream() + hardly + make_rise("Quorvex", 100, twice)))
    assert "quorvex" not in raised(discover(make_stream() + known + make_rise("Quorvex", 100, [4] * 20)))


def test_a_rise_is_raised_once_while_it_is_in_the_evidence() -> None:
    """A year later the same plateau still stands out against the years before it."""
    plateau = make_rise("Quorvex", 70, [1, 1, 2, 2, *[3] * 100])
    discovery = discover(make_stream(174) + plateau)
    assert [one.candidate.term for one in discovery.findings if "quorvex" in one.candidate.names] == ["quorvex"]


def test_names_of_one_thing_are_one_candidate() -> None:
    """Two words that always stand together, and the plural, are raised together."""
    rise = make_rise("Quorvex Blenta", 80, RISE) + make_rise("Quorvexes", 84, [1] * 12, seed=8)
    discovery = discover(make_stream() + rise)
    assert len(discovery.findings) == 1
    assert {"quorvex", "blenta", "quorvex blenta"} <= set(discovery.findings[0].candidate.names)


def test_a_week_has_places_for_seven_and_a_month_for_six() -> None:
    """Thirty things at once: the desk is not flooded, and executives hear of few."""
    names = [
        f"{a}{b}"
        for a in ("Quor", "Blen", "Ondri", "Tesk", "Marv")
        for b in ("vex", "tado", "lix", "morp", "zun", "kev")
    ]
    rises = [report for number, name in enumerate(names) for report in make_rise(name, 80, RISE, seed=number)]
    discovery = Discovery(Panel(index_terms(make_stream() + rises, FIRST)))
    weekly = [discovery.decide_week() for _ in range(discovery.index.weeks)]
    assert max(sum(one.level == "early" for one in week) for week in weekly) == EARLY_A_WEEK
    confirmed = [sum(one.level == "confirmed" for one in week) for week in weekly]
    assert sum(confirmed) > 0
    assert max(sum(confirmed[n : n + 4]) for n in range(len(confirmed))) <= CONFIRMED_A_MONTH


def test_a_young_installation_is_cautious() -> None:
    """Five weeks after it began to watch, everything is new: nothing is said."""
    young = [
        report for report in make_stream() + make_rise("Quorvex", 80, RISE) if report.on >= FIRST + timedelta(weeks=79)
    ]
    discovery = Discovery(Panel(index_terms(young, FIRST + timedelta(weeks=79))))
    assert [discovery.decide_week() for _ in range(5)] == [[]] * 5


def test_listed_and_muted_names_are_not_raised() -> None:
    """`known` holds folded names: the plural is meant as well."""
    discovery = Discovery(Panel(index_terms(make_stream() + make_rise("Quorvexes", 80, RISE), FIRST)))
    discovery.known = frozenset({"quorvex"})
    assert [discovery.decide_week() for _ in range(discovery.index.weeks)] == [[]] * discovery.index.weeks


def test_a_candidate_taken_up_again_is_confirmed_and_not_raised() -> None:
    """The weekly pass begins anew each week, from what is stored."""
    reports = make_stream() + make_rise("Quorvex", 80, RISE)
    early = next(replace(one.candidate, level="early", confirmed_on=None) for one in discover(reports, 60).findings)
    panel = Panel(index_terms(reports, FIRST))
    discovery = Discovery(panel)
    discovery.resume([early])
    decided = []
    for week in range(discovery.index.weeks):
        if discovery.day_after(week) <= early.raised_on:
            discovery.watch_week()
        else:
            decided += discovery.decide_week()
    assert [(one.term, one.level, one.raised_on) for one in decided] == [("quorvex", "confirmed", early.raised_on)]


def test_the_order_of_the_input_decides_nothing() -> None:
    reports = make_stream() + make_rise("Quorvex", 80, RISE) + make_rise("Blenta", 80, RISE, seed=3)
    assert [one.candidate for one in discover(reports).findings] == [
        one.candidate for one in discover(reports[::-1]).findings
    ]


def test_any_hash_seed_gives_the_same_bytes() -> None:
    """Same titles, same candidates, in every process."""
    program = (
        "from tests.watch.streams import discover, make_rise, make_stream\n"
        "rises = make_rise('Quorvex Blenta', 80, [3] * 16) + make_rise('Ondriva', 82, [4] * 9)\n"
        "print([one.candidate for one in discover(make_stream(100) + rises).findings])\n"
    )
    root = Path(__file__).parents[2]
    outputs = set()
    for seed in ("0", "1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, cwd=root, check=True, env=environment
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert b"quorvex" in outputs.pop()


def test_confidence_is_drawn_to_what_lasted() -> None:
    """A hundred warnings at even odds, of which five lasted: the next is given about one in twenty."""
    odds, lasted = np.zeros(100), np.array([1.0] * 5 + [0.0] * 95)
    assert 0.04 < 1 / (1 + np.exp(-fit_offset(odds, lasted))) < 0.08
    assert fit_offset(np.zeros(1), np.ones(1)) < 0.5


def test_an_empty_stream_is_no_error() -> None:
    assert Discovery(Panel(index_terms([], FIRST))).index.weeks == 0
    one = [Report(FIRST, "forum", "a.example", "")]
    assert Discovery(Panel(index_terms(one, FIRST))).decide_week() == []
