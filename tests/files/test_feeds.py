"""feeds.toml is edited as a careful person would: what was not meant to change stays, to the byte."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.config import FeedRow, load_feeds, parse_feed_rows
from radar.errors import ConfigError
from radar.files.feeds import add_rows, edit_feeds, pause_row, remove_row, replace_file
from radar.records import KINDS

PATH = Path("feeds.toml")
TEXT = """\
# Ours. Do not sort.

# -- research --
[[feed]]
url = "https://lab.example/feed"   # the good one
title = "Lab"
kind = "research"

[[feed]]
# asked for by Ada
kind = "research"
url = "https://papers.example/feed"

# -- trade, the press --
[[feed]]
url = "https://press.example/feed"
kind = "trade"
publisher = "press.org"  # see contract

# the end
"""
URLS = ("https://lab.example/feed", "https://papers.example/feed", "https://press.example/feed")


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.lstrip().startswith("#")]


def test_a_feed_is_added_at_the_end_and_all_else_stays() -> None:
    """The old text is a prefix of the new one; only what was said is written."""
    added = FeedRow("https://new.example/feed", "vendor", 'New "quoted" \\ \u00e9', category="Tools/AI")
    changed = add_rows(TEXT, [added], PATH)
    assert changed.startswith(TEXT)
    assert changed.removeprefix(TEXT) == (
        '\n[[feed]]\nurl = "https://new.example/feed"\ntitle = "New \\"quoted\\" \\\\ é"\nkind = "vendor"\n'
        'category = "Tools/AI"\n'
    )
    assert parse_feed_rows(changed, PATH) == (*parse_feed_rows(TEXT, PATH), added)


def test_a_feed_that_is_listed_is_not_added_again() -> None:
    """Two operators who add the same feed at the same moment change it once."""
    assert add_rows(TEXT, [FeedRow(URLS[0], "vendor")], PATH) == TEXT


@pytest.mark.parametrize("text", ["", "# only words", "\n\n", "# words\r\n\r\n"])
def test_the_first_feed_of_an_empty_list_can_be_added(text: str) -> None:
    """Also where the last line has no end, and on Windows."""
    row = FeedRow("https://a.example/feed", "trade", "A")
    changed = add_rows(text, [row, FeedRow("https://b.example/feed", "trade")], PATH)
    assert changed.startswith(text)
    assert [each.url for each in parse_feed_rows(changed, PATH)] == ["https://a.example/feed", "https://b.example/feed"]
    assert ("\r\n" in text) == ("\r\n" in changed) == ("url" in changed and "\n" not in changed.replace("\r\n", ""))


@pytest.mark.parametrize("url", URLS)
def test_removing_a_feed_takes_its_keys_and_no_section_comment(url: str) -> None:
    """Comments above and below stay; so do the other feeds, line by line."""
    changed = remove_row(TEXT, url, PATH)
    kept = [comment for comment in comments(TEXT) if comment != "# asked for by Ada" or url != URLS[1]]
    assert comments(changed) == kept
    assert [row.url for row in parse_feed_rows(changed, PATH)] == [each for each in URLS if each != url]
    lines = TEXT.split("\n")
    assert all(line in lines for line in changed.split("\n"))
    assert "\n\n\n" not in changed


def test_all_feeds_can_be_removed_one_after_the_other() -> None:
    """What remains is what people wrote."""
    text = TEXT
    for url in URLS:
        text = remove_row(text, url, PATH)
    assert parse_feed_rows(text, PATH) == ()
    assert comments(text) == ["# Ours. Do not sort.", "# -- research --", "# -- trade, the press --", "# the end"]


@pytest.mark.parametrize("url", URLS)
def test_pausing_adds_one_line_and_resuming_takes_it_out(url: str) -> None:
    """The round trip gives the same bytes."""
    paused = pause_row(TEXT, url, True, PATH)
    assert [row.url for row in parse_feed_rows(paused, PATH) if row.paused] == [url]
    assert len(paused.split("\n")) == len(TEXT.split("\n")) + 1
    assert pause_row(paused, url, True, PATH) == paused
    assert pause_row(paused, url, False, PATH) == TEXT


def test_a_comment_on_the_pause_survives_the_resuming() -> None:
    """The line stays and says false."""
    text = TEXT.replace('kind = "trade"', 'paused = true # until May\nkind = "trade"')
    resumed = pause_row(text, URLS[2], False, PATH)
    assert "paused = false # until May\n" in resumed
    assert pause_row(resumed, URLS[2], True, PATH) == text


def test_line_ends_of_windows_stay() -> None:
    """Whatever the edit."""
    text = TEXT.replace("\n", "\r\n")
    for changed in (
        add_rows(text, [FeedRow("https://new.example/", "trade")], PATH),
        remove_row(text, URLS[1], PATH),
        pause_row(text, URLS[1], True, PATH),
    ):
        assert "\n" not in changed.replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        'feed = [{url = "https://lab.example/feed", kind = "research"}]\n',
        '[[feed]]\nurl = "https://lab.example/feed"\nkind = "research"\ntitle = """\n[[feed]]\nx"""\n',
    ],
)
def test_a_layout_that_cannot_be_edited_is_refused_in_one_line(text: str) -> None:
    """Rather than written wrong."""
    for edit in (remove_row, lambda text, url, path: pause_row(text, url, True, path)):
        with pytest.raises(ConfigError, match=r"^feeds\.toml: is written in a way that Radar cannot edit"):
            edit(text, "https://lab.example/feed", PATH)


def test_a_string_over_several_lines_is_no_obstacle() -> None:
    """Its last line may even look like a comment."""
    text = TEXT.replace('title = "Lab"', 'title = """Lab\\\n  # one"""')
    changed = remove_row(pause_row(text, URLS[0], True, PATH), URLS[1], PATH)
    assert [row.paused for row in parse_feed_rows(changed, PATH)] == [True, False]


_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_ROWS = st.lists(
    st.builds(
        FeedRow,
        st.from_regex(r"https?://[a-z]{1,8}\.example/[a-z0-9?=&#%]{0,8}", fullmatch=True),
        st.sampled_from(KINDS),
        _WORDS,
        _WORDS,
        _WORDS,
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda row: row.url,
)


@given(_ROWS, st.data())
def test_every_edit_says_exactly_what_was_meant(rows: list[FeedRow], data: st.DataObject) -> None:
    """Any text in any field, any order of edits."""
    text = add_rows(TEXT, rows, PATH)
    listed = list(parse_feed_rows(text, PATH))
    assert listed[3:] == rows
    for _ in range(3):
        if not listed:
            break
        row = data.draw(st.sampled_from(listed))
        if data.draw(st.booleans()):
            text = remove_row(text, row.url, PATH)
            listed.remove(row)
        else:
            text = pause_row(text, row.url, not row.paused, PATH)
            listed = list(parse_feed_rows(text, PATH))
            assert next(each.paused for each in listed if each.url == row.url) != row.paused
        assert list(parse_feed_rows(text, PATH)) == listed


# -- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_is_replaced_in_one_step_and_keeps_its_rights_and_its_link(tmp_path: Path) -> None:
    """No other file stays behind, and a link still points where it did."""
    target = tmp_path / "shared.toml"
    target.write_text(TEXT, encoding="utf-8")
    target.chmod(0o640)
    home = tmp_path / "home"
    home.mkdir()
    (home / "feeds.toml").symlink_to(target)
    edit_feeds(home, lambda text, path: pause_row(text, URLS[0], True, path))
    assert (home / "feeds.toml").is_symlink()
    assert load_feeds(home)[0].paused
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(os.listdir(home) + os.listdir(tmp_path)) == ["feeds.toml", "home", "shared.toml"]


def test_an_edit_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """A broken file is named to the line and not touched."""
    broken = TEXT + "[[feed]]\n"
    (tmp_path / "feeds.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"feeds\.toml:21: feed\[3\]\.url: the key 'url' is missing"):
        edit_feeds(tmp_path, lambda text, path: add_rows(text, [FeedRow("https://x.example/", "trade")], path))
    assert (tmp_path / "feeds.toml").read_text(encoding="utf-8") == broken


def test_a_folder_that_takes_no_file_is_named(tmp_path: Path) -> None:
    """What, which and that nothing was changed."""
    with pytest.raises(ConfigError, match=r"none/feeds\.toml: cannot be written \(.*\); nothing was changed"):
        replace_file(tmp_path / "none" / "feeds.toml", "x")


def _add_some(home: Path, name: str) -> None:
    for number in range(10):
        row = FeedRow(f"https://{name}.example/{number}", "trade")
        edit_feeds(home, lambda text, path, row=row: add_rows(text, [row], path))


def test_several_who_edit_at_once_lose_nothing(tmp_path: Path) -> None:
    """Four processes, ten feeds each."""
    (tmp_path / "feeds.toml").write_text(TEXT, encoding="utf-8")
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=_add_some, args=(tmp_path, name)) for name in "abcd"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(load_feeds(tmp_path)) == 3 + 40
    assert (tmp_path / "feeds.toml").read_text(encoding="utf-8").startswith(TEXT)
