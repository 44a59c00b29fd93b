"""The short cuts of cleaning: each gives what the long way gives."""

import html
import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import nh3
from feedparser.datetimes import _parse_date
from hypothesis import given, settings
from hypothesis import strategies as st

from radar.text import clean_text
from radar.watch.parse.dates import read_date
from radar.watch.parse.fields import PLAIN_URL, read_link, read_text

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
_TAGS = "p br b i a em div span ul li h2 img blockquote code table tr td th tbody script style iframe svg !-- x".split()
_PIECES = st.one_of(
    st.sampled_from(
        ["words ", "a & b", "&amp;", "&lt;", "&nbsp;", "&#8217;", " ", "<", ">", "]]>", "é", "&copy2", '"']
    ),
    st.builds(
        lambda tag, more, slash: f"<{slash}{tag}{more}>",
        st.sampled_from(_TAGS),
        st.sampled_from(
            ["", "", ' href="x>y"', " class='a b'", " a=b c", "/", ' t="\'"', " -->", ' alt="<b>"', " 'odd"]
        ),
        st.sampled_from(["", "", "/"]),
    ),
)
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|blockquote|br|dd|div|dl|dt|figure|figcaption|h[1-6]|hr|img|li|ol|p|pre|section|table|td|th|"
    r"tr|ul)\b)",
    re.IGNORECASE,
)


def strip_the_long_way(text: str) -> str:
    """Read HTML whole, with an HTML parser."""
    text = re.sub(r"<!\[CDATA\[|\]\]>", " ", text)
    return html.unescape(nh3.clean(_BLOCK.sub(" <", text), tags=set()))


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_simple_tags_are_taken_out_as_an_html_parser_would(text: str) -> None:
    """Whatever tags stand in whatever order."""
    from radar.watch.parse.fields import _strip_tags

    assert clean_text(_strip_tags(text)) == clean_text(strip_the_long_way(text))


def test_text_between_the_cells_of_a_table_goes_where_an_html_parser_puts_it() -> None:
    """Before the table; what is in order needs no parser."""
    for text in ("<table>astray<tr><td>one</td></tr></table>", "<table><tr><td>one</td><td>two</td></tr></table>end"):
        assert read_text(text, 100) == clean_text(strip_the_long_way(text))
    assert read_text("<table>astray<tr><td>one</td></tr></table>", 100) == "astray one"


def test_the_beginning_of_long_html_is_what_the_whole_gives() -> None:
    """An article of 60,000 characters, with ampersands and a second layer of markup further down."""
    for piece in (
        "<p>One &amp; <b>two</b> and AT&amp;T.</p> ",
        "<p>&amp;lt;b&amp;gt;layers&amp;lt;/b&amp;gt;</p>",
        "<p>é</p>\n",
    ):
        whole = piece * 1_500
        for _ in range(3):
            whole = clean_text(strip_the_long_way(whole))
        assert read_text(piece * 1_500, 1_000)[:900] == whole[:900]
        assert len(read_text(piece * 1_500, 1_000)) <= 1_000


def clean_letter_by_letter(text: str) -> str:
    """Say what clean_text means, slowly."""
    hidden = re.compile(
        "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
        "\u2060-\u206f\ufe00\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
    )
    text = unicodedata.normalize("NFC", hidden.sub("", text.encode("utf-8", "replace").decode()))
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return re.sub(r"\s+", " ", text).strip()


@given(st.text(st.characters(codec=None), max_size=400), st.sampled_from([0, 5, 40]))
def test_text_is_cleaned_as_it_would_be_letter_by_letter(text: str, limit: int) -> None:
    """Controls, marks and spaces, however long the text is."""
    cleaned, slowly = clean_text(text, limit), clean_letter_by_letter(text)
    if limit and len(slowly) > limit:
        assert len(cleaned) <= limit
        assert slowly.startswith(cleaned.removesuffix("…"))
    else:
        assert cleaned == slowly


@given(
    st.from_regex(PLAIN_URL, fullmatch=True).filter(lambda url: len(url) < 1_000),
    st.sampled_from(["http://a.example/b/", ""]),
)
def test_a_plain_address_is_left_as_it_is(url: str, base: str) -> None:
    """As resolving it would leave it."""
    assert read_link(url, base) == url == urljoin(base, url)
    assert urlsplit(url).hostname


@given(
    st.datetimes(datetime(1996, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001  # strftime writes the zone
    st.sampled_from(
        ["%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S +0530", "%A, %d %b %Y %H:%M:%S EST", "%d %b %Y %H:%M:%S Z",
         "%a %d %b %Y %H:%M:%S -0330", "%a, %d %b %Y %H:%M:%S XYZ", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%f+02:00",
         "%Y-%m-%dT%H:%M:%S-09:30", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%a %b %d %H:%M:%S %Y"]
    ),
)  # fmt: skip
def test_a_date_is_read_as_feedparser_reads_it(at: datetime, spelling: str) -> None:
    """The usual spellings, at once."""
    text = at.strftime(spelling)
    assert read_date(text, NOW) == read_date(_parse_date(text), NOW) is not None
