"""Write an alarm: troubles → subject, text and HTML of one plain mail to the advisor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from radar.brief.render import Rendered, print_html, print_text
from radar.records import Trouble
from radar.text import clean_text

CRAWLER = "crawler"
#: Troubles told in one mail; the rest is counted.
MAX_TROUBLES = 50


def write_subject(troubles: Sequence[Trouble]) -> str:
    """State the trouble in our own words: a feed's name could bring anything into a header."""
    if any(trouble.about == CRAWLER for trouble in troubles):
        return "Radar reads no feeds any more"
    feeds = len(troubles)
    return "A feed has gone unread for a week" if feeds == 1 else f"{feeds} feeds have gone unread for a week"


def render_alarm(troubles: Sequence[Trouble], again: timedelta) -> Rendered:
    """Return the alarm as text and HTML; `again` is when it comes once more if nothing changes."""
    told = [
        replace(one, line=clean_text(one.line, 600), advice=clean_text(one.advice, 300).rstrip(".") + ".")
        for one in troubles[:MAX_TROUBLES]
    ]
    more = len(troubles) - len(told)
    footer = (f"And {more} more: `radar feeds` lists them. " if more else "") + (
        "`radar feeds` shows how every feed fares and why. This mail comes to you as the advisor named in radar.toml, "
        f"once for each trouble, and again in {again.days} days while it lasts."
    )
    words = {"subject": write_subject(troubles), "troubles": told, "footer": footer}
    return Rendered(print_html("alarm.html.j2", words), print_text("alarm.txt.j2", words))
