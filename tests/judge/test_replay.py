"""A replay decides each week on the past alone."""

from collections import Counter
from datetime import timedelta

import pytest

from radar.errors import RadarError
from radar.judge.replay import Replay, name_publisher, replay_topics, shuffle_dates
from radar.records import Report
from tests.building import make_topic
from tests.watch.streams import FIRST, make_rise, make_stream

RISE = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]
START, END = FIRST + timedelta(weeks=60), FIRST + timedelta(weeks=130)


def replay(reports: list[Report]) -> list[tuple[str, str, tuple[str, ...]]]:
    """The alerts in short."""
    return [(str(alert.on), alert.level, alert.terms) for alert in Replay(reports, START, END).run()]


def test_what_is_raised_early_comes_again_as_confirmed() -> None:
    """On Sundays, from the first day asked for."""
    alerts = list(Replay(make_stream() + make_rise("Quorvex", 80, RISE), START, END).run())
    assert [alert.level for alert in alerts] == ["early", "confirmed"]
    assert {alert.terms for alert in alerts} == {("quorvex",)}
    assert all(alert.on.weekday() == 6 and START <= alert.on <= END for alert in alerts)
    assert alerts[1].evidence["raised_on"] == alerts[0].on


def test_titles_after_a_day_do_not_change_the_alerts_of_that_day() -> None:
    reports = make_stream() + make_rise("Quorvex", 80, RISE) + make_rise("Blenta", 90, RISE, seed=3)
    whole = replay(reports)
    for on in {alert[0] for alert in whole}:
        assert replay([one for one in reports if str(one.on) < on]) == [alert for alert in whole if alert[0] <= on]


def test_shuffling_moves_dates_within_each_source_only() -> None:
    """The same titles, the same days of each source, the same again on every call."""
    reports = make_stream(20) + make_stream(20, source="second", seed=3)
    shuffled = shuffle_dates(reports)
    assert shuffled == shuffle_dates(reports) != reports
    for source in ("forum", "second"):
        days = [Counter(one.on for one in some if one.source == source) for some in (reports, shuffled)]
        assert days[0] == days[1]
    assert [(one.source, one.title) for one in shuffled] == [(one.source, one.title) for one in reports]


def test_shuffled_dates_raise_nothing() -> None:
    """What has no time cannot be coming."""
    assert replay(shuffle_dates(make_stream() + make_rise("Quorvex", 80, RISE))) == []


def test_an_archive_of_one_publisher_is_read_title_by_title() -> None:
    """Three independent publishers cannot be asked for where there is only one."""
    own = [
        Report(one.on, "magazine", "magazine.example", one.title)
        for one in make_stream() + make_rise("Quorvex", 80, RISE)
    ]
    assert [terms for _, _, terms in replay(own)] == [("quorvex",)] * 2


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://news.example.co.uk/a/b", "example.co.uk"),
        ("https://github.com/ada/engine", "github.com/ada"),
        ("https://www.github.com/ada?tab=stars", "github.com/ada"),
        ("https://github.com", "github.com"),
        ("", ""),
        ("no link", ""),
    ],
)
def test_a_link_names_its_publisher(url: str, publisher: str) -> None:
    assert name_publisher(url) == publisher


def test_listed_topics_are_followed_by_name() -> None:
    """Every change of phase, with the numbers; a decoy nobody writes of changes nothing."""
    reports = make_stream() + make_rise("Quorvexes", 80, RISE)
    topics = [make_topic("quorvex", aliases=["quorvex"]), make_topic("decoy")]
    changes = list(replay_topics(reports, topics, START, END))
    phases = [alert.phase for alert in changes]
    assert phases[0] in ("weak signal", "rising")
    assert "rising" in phases or "surging" in phases
    assert phases[-1] == "fading"
    assert {alert.kind for alert in changes} == {"topic"}
    assert all(alert.terms[0] == "Quorvex" for alert in changes)


def test_an_empty_archive_is_refused_in_a_line() -> None:
    with pytest.raises(RadarError, match="no titles before"):
        Replay([], START, END)
