"""Rendering: mail, page and terminal tell the same, stay small, and never carry anything active."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.brief.render import (
    MAX_HTML,
    count_columns,
    render_headers,
    render_issue,
    render_page,
    render_text,
    wrap_text,
)
from radar.brief.sheet import Links, clean_url
from radar.records import ANSWERS, Issue, Move, Primer
from radar.text import stable_id
from tests.brief.issues import make_big_issue, make_issue, make_item, make_rich_issue, make_source

LINKS = {"browser_url": "https://radar.example/i/k3J9", "pause_url": "https://radar.example/i/k3J9/pause"}
HOSTILE = (
    '<script src="http://evil.example/x.js">a</script><img src=x onerror=alert(1)>{{ 7*7 }}\x1b[31m\u202e" onclick="x'
)
EMOJI = "👩\u200d🚀🚀 launches 🛰\ufe0f " * 3
ARABIC = "مدفوعات الهاتف تصل إلى المصارف"
LONG_WORD = "x" * 998

PASSIVE = set(
    "html head meta title style body div table tbody tr td h1 h2 h3 p b i a span br bdi header main footer".split()
)


class Tree(HTMLParser):
    """Collects what a mail reader would show, load, run and follow."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.styles = ""
        self.feed(html)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if "style" in self.open:
            self.styles += text
        elif "title" not in self.open:
            self.words.append(text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def squeeze(text: str) -> str:
    """Return the letters and digits of a text alone, for comparing what two layouts tell."""
    return re.sub(r"\W+", "", text).lower()


@pytest.mark.parametrize(
    "issue",
    [
        make_issue(),
        make_issue(make_item()),
        make_rich_issue(),
        make_big_issue(),
        make_big_issue(claim=HOSTILE, say=HOSTILE, quote=HOSTILE, topic=HOSTILE, id=HOSTILE, phase_note=HOSTILE),
        make_big_issue(claim=EMOJI, evidence=EMOJI),
        make_big_issue(claim=ARABIC, quote=ARABIC),
        make_big_issue(claim=LONG_WORD, say=LONG_WORD),
    ],
    ids=["none", "one", "rich", "sixty", "hostile", "emoji", "right-to-left", "998 letters"],
)
class TestEveryIssue:
    """What holds for any issue whatever it carries."""

    def test_html_is_small_and_well_formed(self, issue: Issue) -> None:
        """At most 80 KB, every element closed, no anchor used twice."""
        html = render_issue(issue, **LINKS).html

        assert len(html.encode()) <= MAX_HTML
        ids = Tree(html).values("id")
        assert len(ids) == len(set(ids))

    def test_nothing_is_active_and_nothing_is_loaded(self, issue: Issue) -> None:
        """No script, form, image, event handler or remote resource; links are http, https, mailto or anchors."""
        for html in (render_issue(issue, **LINKS).html, render_page(issue, **LINKS)):
            tree = Tree(html)

            allowed = {
                "html",
                "head",
                "meta",
                "title",
                "style",
                "body",
                "div",
                "table",
                "tbody",
                "tr",
                "td",
                "h1",
                "h2",
            }
            allowed |= {"h3", "p", "b", "i", "a", "span", "br", "bdi", "header", "main", "footer"}
            assert set(tree.tags) <= allowed
            assert not [name for _, name, _ in tree.attributes if name.startswith("on") or name in ("src", "srcset")]
            assert not re.search(r"url\(|@import|expression", tree.styles + " ".join(tree.values("style")))
            for target in tree.values("href"):
                assert target.startswith("#") or urlsplit(target).scheme in ("http", "https", "mailto")

    def test_text_tells_all_that_html_tells(self, issue: Issue) -> None:
        """Every piece of text in the HTML is in the plain text, the preheader apart."""
        rendered = render_issue(issue, **LINKS)
        told = squeeze(rendered.text)

        for piece in Tree(rendered.html).words:
            if piece.strip() != issue.preheader:
                assert squeeze(piece) in told

    def test_same_issue_gives_same_bytes(self, issue: Issue) -> None:
        """Rendering depends on nothing but its arguments."""
        assert render_issue(issue, **LINKS) == render_issue(issue, **LINKS)
        assert render_page(issue) == render_page(issue)

    def test_text_carries_no_control_characters(self, issue: Issue) -> None:
        """A feed can neither colour a terminal nor reorder its lines."""
        for text in (render_issue(issue).text, render_text(issue, 60)):
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)

    def test_lines_keep_to_the_width(self, issue: Issue) -> None:
        """Only a word longer than a line may stick out."""
        for line in render_text(issue, 76, **LINKS).split("\n"):
            longest = max((count_columns(word) for word in line.split()), default=0)
            assert count_columns(line) <= 76 or longest + 25 > 76


def test_every_item_is_in_mail_text_and_page() -> None:
    """Sixty items of ordinary length fit, and each face shows each of them under the same id."""
    issue = make_big_issue()

    rendered, page = render_issue(issue), render_page(issue)

    for item in issue.items:
        assert f'id="item-{item.id}"' in rendered.html
        assert f'id="item-{item.id}"' in page
        assert squeeze(item.claim) in squeeze(rendered.text)


def test_what_does_not_fit_is_counted_and_the_page_shows_it() -> None:
    """A mail over the limit shows fewer lines and says how many more there are; page and terminal show them all."""
    issue = make_big_issue(claim="🚀" * 397, evidence="🛰" * 600, say="🚀 " * 500)

    rendered = render_issue(issue, **LINKS)

    shown = rendered.html.count('id="item-')
    left = sum(int(number) for number in re.findall(r"and (\d+) more", rendered.html))
    assert 0 < shown < 60
    assert shown + left == 60
    assert sum(int(number) for number in re.findall(r"and (\d+) more", rendered.text)) == left
    assert render_page(issue).count('id="item-') == 60


def test_sections_come_in_order_and_empty_ones_vanish() -> None:
    """The order is that of the sample digest; a section without items leaves no heading."""
    tree = Tree(render_issue(make_rich_issue()).html)
    order = [
        "Matters most",
        "On your agenda",
        "Don’t be blindsided",
        "Moved on the radar",
        "Watched, and quiet",
        "Primer",
    ]

    places = [tree.text.index(heading) for heading in order]

    assert places == sorted(places)
    alone = Tree(render_issue(make_issue(make_item(1, "agenda"))).html).text
    assert [heading for heading in order if heading in alone] == ["On your agenda"]


def test_head_states_reading_time_scope_failures_and_remarks() -> None:
    """The reader sees what was read for them and what failed."""
    issue = make_issue(make_item(), notes=("nothing outside your agenda passed the bar",))

    text = render_text(issue, 120)

    first, second = text.split("\n")[:2]
    assert first == "Radar for the President · week 48 · 3-minute read"
    assert second.startswith("312 stories from 41 publishers read for you · 2 feeds failing · nothing outside")


@pytest.mark.parametrize(
    ("role", "title"),
    [
        ("President", "Radar for the President"),
        ("the Board", "Radar for the Board"),
        ("", "Radar for Maria Lindqvist"),
    ],
)
def test_title_names_the_reader(role: str, title: str) -> None:
    """By role, else by name."""
    assert render_text(make_issue(role=role)).startswith(title)


def test_quiet_issue_says_so_and_stays_short() -> None:
    """No filler, and no silence."""
    text = render_text(make_issue())

    assert "Nothing we read this week calls for your attention." in text
    assert len(text.split("\n")) < 10
    assert "No story reached Radar this week" in render_text(make_issue(stories_read=0))


def test_a_statement_with_two_lines_is_quoted_once() -> None:
    """The second line says that it is on the same; the next statement is quoted again."""
    wants = ("be where our members are", "be where our members are", "spend less")
    issue = make_issue(*(make_item(n, "agenda", quote=want) for n, want in enumerate(wants)))

    text, tree = render_text(issue), Tree(render_issue(issue).html)

    assert text.count("“be where our members are”") == tree.text.count("“be where our members are”") == 1
    assert "·  also: Claim number 1" in text
    assert "·  “spend less”: Claim number 2" in text


def test_a_single_publisher_is_named_instead_of_counted() -> None:
    """ "1 publisher" tells nothing; which one does."""
    text = render_text(make_issue(make_item(1, "agenda", publishers=1)))
    assert "(Topic 1: rising, 3rd week ▲, paper1.example)" in " ".join(text.replace("\u00a0", " ").split())


def test_the_headers_are_what_a_reader_sees_before_opening() -> None:
    """Subject and preheader, wrapped under themselves."""
    first, second, third, *rest = render_headers(make_issue()).split("\n")
    assert first.startswith("Subject:   1 to decide, 4 to know: AI note-takers")
    assert second == "           publishers)"
    assert third == "Preheader: Advice attached. Also: passkeys, direct-to-phone satellite."
    assert rest == [""]


def test_moves_point_up_towards_adopt() -> None:
    """Rings run hold, assess, trial, adopt."""
    moves = (
        Move("a", "Alpha", "trial", "assess"),
        Move("b", "Beta", "hold", "assess"),
        Move("c", "Gamma", "assess", None),
    )

    text = render_text(make_issue(moves=moves))

    assert "▲  Alpha: assess → trial" in text
    assert "▼  Beta: assess → hold" in text
    assert "★  Gamma: new, assess" in text


def test_primer_is_promised_only_where_it_is_printed() -> None:
    """An item new to the reader links to its primer when there is one."""
    item = make_item(1, "agenda", topic="passkeys", new_to_reader=True)
    primer = Primer("passkeys", "Passkeys", "A key that lives in your phone.")

    with_primer = render_issue(make_issue(item, primers=(primer,)))

    assert 'href="#primer-passkeys"' in with_primer.html
    assert 'id="primer-passkeys"' in with_primer.html
    assert "new to you: primer below" in " ".join(with_primer.text.split())
    assert "primer below" not in render_text(make_issue(item))


def test_footer_tells_how_the_feeds_fare_on_every_face() -> None:
    """The same sentence in mail, text and page; none where the issue has none."""
    issue = make_issue(make_item(), feeds="Read from 3 feeds: 2 well, 1 failing. Unread for a week: The <b>Ledger</b>.")
    rendered = render_issue(issue)
    for shown in (Tree(rendered.html).text, Tree(render_page(issue)).text, rendered.text):
        assert squeeze(issue.feeds) in squeeze(shown)
    assert "<b>Ledger" not in rendered.html
    assert "Read from" not in render_text(make_issue(make_item()))


def test_footer_offers_only_links_that_exist() -> None:
    """No dead buttons: without a public URL there is nothing to open or pause."""
    bare, linked = render_issue(make_rich_issue()), render_issue(make_rich_issue(), **LINKS, advisor="Jonas Berg")

    assert "Pause" not in bare.html
    assert "Open in the browser" not in bare.text
    assert f'href="{LINKS["pause_url"]}"' in linked.html
    assert "Reply to reach Jonas Berg, your advisor." in linked.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01https://a.example/",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://",
        "http://[broken",
        "https://a.example/\u202eexe.pdf",
        "https://a.example/" + "x" * 2000,
        "",
    ],
)
def test_urls_that_no_reader_should_follow_are_dropped(url: str) -> None:
    """The story is still told, without a link."""
    assert clean_url(url) == ""
    item = make_item(1, "matters", sources=(make_source(1, url=url, publisher="paper.example"),))
    html = render_issue(make_issue(item)).html
    assert Tree(html).values("href") == []
    assert "paper.example, 24 Nov" in html


def test_urls_are_encoded_where_quoting_would_break() -> None:
    """Quotes, brackets and spaces cannot leave the attribute or the line."""
    assert clean_url("https://a.example/a b\"c'd<e>?q=ü#f") == "https://a.example/a%20b%22c%27d%3Ce%3E?q=ü#f"
    assert clean_url("mailto:maria@foundation.example") == "mailto:maria@foundation.example"


def test_page_has_landmarks_language_and_a_skip_link() -> None:
    """What a screen reader and a printer need."""
    page = render_page(make_rich_issue())
    tree = Tree(page)

    assert {"header", "main", "footer", "h1", "h2", "h3"} <= set(tree.tags)
    assert ("html", "lang", "en") in tree.attributes
    assert tree.tags.count("h1") == 1
    assert '<a class="skip" href="#main">' in page
    assert "@media print" in tree.styles
    assert "style" not in {
        name for _, name, _ in tree.attributes
    }  # so that a strict policy can allow the sheet by hash


def test_mail_keeps_dark_mode_and_phone_rules_and_inlines_the_rest() -> None:
    """Mail readers drop style sheets but for media queries."""
    html = render_issue(make_rich_issue()).html
    tree = Tree(html)

    assert html.index('charset="utf-8"') < 200  # a browser that opens the file looks no further than 1,024 bytes
    assert "prefers-color-scheme: dark" in tree.styles
    assert "max-width: 600px" in tree.styles
    assert all("color" in value for tag, name, value in tree.attributes if name == "style" and tag == "h3")


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_keep_contrast_in_light_and_dark() -> None:
    """Every text colour reaches WCAG AA (4.5 to 1) on the card of its mode."""
    styles = Tree(render_page(make_issue())).styles
    styles = re.sub(r"\.skip.*", "", styles)  # brings its own background
    light, dark = styles.split("@media (prefers-color-scheme: dark)")
    dark = dark.split("@media print")[0]

    for sheet in (light, dark):
        card = re.findall(r"\.card \{[^}]*background-color: (#\w{6})", sheet)[0]
        colours = set(re.findall(r"[ {]color: (#\w{6})", sheet))
        assert len(colours) >= 3
        assert min(_contrast(card, colour) for colour in colours) >= 4.5


def test_colour_is_for_terminals_only_on_request() -> None:
    """With the escapes taken out, coloured and plain text are the same."""
    plain, coloured = render_text(make_rich_issue()), render_text(make_rich_issue(), colour=True)

    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_phase_stands_at_the_right_where_there_is_room() -> None:
    """On a wide terminal the phase note shares the line of a short claim."""
    wide = render_text(make_issue(make_item(claim="A short claim")), 100)

    line = next(line for line in wide.split("\n") if "A short claim" in line)
    assert line.endswith("rising, 3rd week\u00a0▲")
    assert count_columns(line) == 100


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]) | st.just(" ")),
    st.integers(20, 90),
)
def test_wrapping_loses_nothing_and_keeps_the_width(text: str, width: int) -> None:
    """Whatever the script: the letters survive in order, and only unbreakable words stick out."""
    text = " ".join(text.split())

    lines = wrap_text(text, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert count_columns(line) <= width or " " not in line


def test_east_asian_text_breaks_without_spaces_at_two_columns_a_letter() -> None:
    """Japanese headlines fill the lines and no more."""
    lines = wrap_text("会議用ソフトウェアが録音を標準にする" * 3, 40)

    assert all(count_columns(line) <= 40 for line in lines)
    assert len(lines) == 3


# -- answers ----------------------------------------------------------------------------------------------------------


def make_links(issue: Issue) -> Links:
    """Links as long as real ones."""
    base = "https://radar.organisation.example/f/"
    answers = {
        item.id: {answer: base + stable_id(item.id, answer) + "A" * 28 for answer in ("", *ANSWERS)}
        for item in issue.items
    }
    return Links(browser_url="https://radar.organisation.example/i/k3J9", answer_urls=answers)


@pytest.mark.parametrize("issue", [make_rich_issue(), make_big_issue(), make_big_issue(claim=HOSTILE, id=HOSTILE)])
def test_every_item_shown_can_be_answered_and_the_mail_stays_small(issue: Issue) -> None:
    """Four links an item in mail and page, one in the text; nothing that the HTML says is missing in the text."""
    links = make_links(issue)
    rendered = render_issue(issue, **links)
    assert len(rendered.html.encode()) <= MAX_HTML
    for html in (rendered.html, render_page(issue, **links)):
        found = [url for url in Tree(html).values("href") if "/f/" in url]
        assert len(found) == 4 * html.count('id="item-')
    assert rendered.text.count("Answer: ") == rendered.html.count('id="item-')
    told = squeeze(rendered.text)
    for piece in Tree(rendered.html).words:
        if piece.strip() != issue.preheader:
            assert squeeze(piece) in told


def test_each_answer_leads_to_its_own_link() -> None:
    """In the order of the digest, and the words as a reader says them."""
    issue = make_issue(make_item())
    links = make_links(issue)
    html = render_issue(issue, **links).html
    found = re.findall(r'href="([^"]+/f/[^"]+)"[^>]*>([^<]+)</a>', html)
    urls = links["answer_urls"]["item1"]
    assert found == [
        (urls["useful"], "Useful"),
        (urls["let's talk"], "Let’s talk"),
        (urls["knew already"], "Knew already"),
        (urls["not for me"], "Not for me"),
    ]


def test_without_a_public_address_nothing_offers_to_answer() -> None:
    """No buttons that lead nowhere."""
    issue = make_rich_issue()
    rendered = render_issue(issue)
    for shown in (rendered.html, rendered.text, render_page(issue)):
        assert "Knew already" not in shown
        assert "Answer" not in shown
