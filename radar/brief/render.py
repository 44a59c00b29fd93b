"""Render an issue: Issue → HTML mail, plain text, web page, all printing one sheet."""

import functools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from radar.brief.sheet import Links, Room, lay_out
from radar.records import Issue

#: Bytes of HTML in a mail: Gmail cuts a message off at 102 KB, and phones read it over the air.
MAX_HTML = 80_000
#: Tried in turn until the mail fits; the last one always does.
_ROOMS = (Room(), Room(30, 600), Room(15, 400), Room(8, 240), Room(4, 120))
_TEMPLATES = Path(__file__).parent / "templates"
_INKS = {"strong": "1", "faint": "2", "accent": "36", "heading": "1;36"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """An issue as the two parts of its mail; both print the same sheet."""

    html: str
    text: str


def render_issue(issue: Issue, *, advisor: str = "", **links: Unpack[Links]) -> Rendered:
    """Return the mail's HTML (at most MAX_HTML bytes, styles inlined) and its text. Same arguments, same bytes."""
    html, sheet = "", None
    for room in _ROOMS:
        sheet = lay_out(issue, room, advisor=advisor, **links)
        html = print_html("mail.html.j2", {"sheet": sheet})
        if len(html.encode()) <= MAX_HTML:
            break
    assert sheet is not None
    return Rendered(html=html, text=print_text("issue.txt.j2", {"sheet": sheet}))


def render_text(
    issue: Issue, width: int = 76, colour: bool = False, *, advisor: str = "", **links: Unpack[Links]
) -> str:
    """Return the whole issue as plain text, for a terminal with ANSI colours on request."""
    sheet = lay_out(issue, Room(), advisor=advisor, **links)
    return print_text("issue.txt.j2", {"sheet": sheet}, max(40, width), colour)


def render_headers(issue: Issue, width: int = 76) -> str:
    """Return what a reader sees of the mail before opening it, for a terminal: subject and preheader."""
    sheet, margin = lay_out(issue, Room()), " " * len("Preheader: ")
    rows = (("Subject:", sheet.subject), ("Preheader:", sheet.preheader))
    return "".join(
        label.ljust(len(margin)) + f"\n{margin}".join(wrap_text(text, width - len(margin))) + "\n"
        for label, text in rows
    )


def render_page(issue: Issue, *, advisor: str = "", **links: Unpack[Links]) -> str:
    """Return the whole issue as a web page that stands alone: one file, no script, nothing loaded from elsewhere."""
    return print_page("page.html.j2", {"sheet": lay_out(issue, Room(), advisor=advisor, **links)})


def print_page(template: str, words: Mapping[str, object]) -> str:
    """Print a web page as its template has it, with a style sheet of its own."""
    return _environment(html=True).get_template(template).render(words)


def print_html(template: str, words: Mapping[str, object]) -> str:
    """Print a mail's HTML, its styles inlined."""
    return _inline_styles(print_page(template, words))


def print_text(template: str, words: Mapping[str, object], width: int = 76, colour: bool = False) -> str:
    """Print plain text, wrapped at a width."""
    printed = _environment(html=False).get_template(template).render(words, width=width, colour=colour)
    lines = (line.rstrip() for line in printed.split("\n"))
    kept: list[str] = []
    for line in lines:  # never two empty lines in a row: sections vanish and leave no hole
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n"


@functools.cache
def _environment(*, html: bool) -> Environment:
    """Return the templates with escaping on for HTML (off by default in Jinja2, and unknown to it for *.j2)."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(hang=_hang, ink=_ink, beside=_set_beside)
    return environment


def _inline_styles(html: str) -> str:
    """Write the style sheet into the elements, as mail readers need it; the sheet marked "keep" stays where it is.

    That one holds the media queries. keep_at_rules would put them before the charset, which a browser seeks in the
    first 1,024 bytes of a file.
    """
    import css_inline

    return css_inline.inline(html, load_remote_stylesheets=False).strip() + "\n"


# -- plain text -------------------------------------------------------------------------------------------------------


def count_columns(text: str) -> int:
    """Return the columns a text takes on a terminal: two for East Asian wide characters and emoji, none for marks."""
    return sum(_columns_of(character) for character in text)


def wrap_text(text: str, width: int) -> list[str]:
    """Return the text in lines of at most so many columns; a word longer than a line stays whole, so URLs survive.

    East Asian text has no spaces and may break between any two wide characters; textwrap measures and breaks neither.
    """
    lines, line, used = [], "", 0
    for glue, word in _split_words(text):
        columns = count_columns(word)
        if line and used + len(glue) + columns > width:
            lines.append(line)
            line, used = word, columns
        else:
            line, used = line + (glue if line else "") + word, used + (len(glue) if line else 0) + columns
    return [*lines, line]


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _split_words(text: str) -> Iterator[tuple[str, str]]:
    """Yield what may stand alone on a line, with the space before it."""
    for spaced in text.split(" "):  # a no-break space holds
        glue, word = " ", ""
        for character in spaced:
            if _columns_of(character) == 2 and word and unicodedata.category(character)[0] != "P":
                yield glue, word
                glue, word = "", ""
            word += character
        yield glue, word


@pass_context
def _hang(context: Context, text: str, indent: int = 0) -> str:
    """Wrap a text whose first line starts at a column the template has reached; the others start there too."""
    width: int = context["width"]
    return ("\n" + " " * indent).join(wrap_text(text, max(20, width - indent)))


@pass_context
def _set_beside(context: Context, text: str, note: str, indent: int = 0) -> str:
    """Wrap a text with a note at the right edge of its first line where there is room, else on a line below."""
    if not note:
        return _hang(context, text, indent)
    room: int = context["width"] - indent - count_columns(text) - count_columns(note)
    if room >= 2:
        return _ink(context, text, "strong") + " " * room + _ink(context, note, "accent")
    below = "\n" + " " * indent
    return _ink(context, _hang(context, text, indent), "strong") + below + _ink(context, note, "accent")


@pass_context
def _ink(context: Context, text: str, name: str) -> str:
    if not context["colour"] or not text:
        return text
    return "\n".join(f"\x1b[{_INKS[name]}m{line}\x1b[0m" for line in text.split("\n"))
