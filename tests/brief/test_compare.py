"""Two issues of one week are compared by what they tell."""

from dataclasses import replace

from radar.brief.compare import compare_issues
from tests.building import NOW, make_issue, make_item, make_story

BANKS, DONORS, DRONES = (make_story(title) for title in ("Banks drop passwords", "Donors give", "Drones fly"))
MATTER = make_item(BANKS, "passkeys")
LINE = make_item(DONORS, "", "agenda")


def test_what_is_new_and_what_is_gone_is_marked() -> None:
    """What stays comes unmarked, in the order of the new issue; what is gone stands last."""
    week = compare_issues(make_issue(MATTER, LINE), make_issue(make_item(DRONES, "drones"), MATTER), NOW)
    assert [(item.claim, item.change) for item in week.items] == [
        ("Drones fly", "added"),
        ("Banks drop passwords", ""),
        ("Donors give", "dropped"),
    ]


def test_a_topic_that_moves_between_sections_is_moved() -> None:
    """Also when another story leads it now; a story without a topic is known by itself."""
    lower = replace(make_item(make_story("Shops drop passwords"), "passkeys"), section="agenda")
    week = compare_issues(make_issue(MATTER, LINE), make_issue(lower, LINE), NOW)
    assert [(item.claim, item.change, item.moved_from) for item in week.items] == [
        ("Shops drop passwords", "moved", "matters"),
        ("Donors give", "", None),
    ]


def test_alone_an_issue_is_shown_unmarked() -> None:
    """Nothing to compare with is not everything added."""
    assert [item.change for item in compare_issues(None, make_issue(MATTER, LINE), NOW).items] == ["", ""]
