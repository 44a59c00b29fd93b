"""Write the mail that asks somebody to answer a survey: text and HTML around one link."""

from radar.brief.relevance import format_day
from radar.brief.render import Rendered, print_html, print_text
from radar.records import Survey
from radar.text import clean_text


def render_invitation(survey: Survey, url: str, advisor: str, *, reminder: bool = False) -> Rendered:
    """Return the invitation, or the one reminder after it."""
    by = f"{survey.closes_on.strftime('%A')} {format_day(survey.closes_on)}"
    lead = (
        f"This link has not been used yet. It takes two minutes, and it works until {by}. There is no second reminder."
        if reminder
        else f"What do you need, and how satisfied are you? Two minutes on a phone will do, until {by}."
    )
    words = {
        "title": clean_text(survey.title, 200),
        "lead": lead,
        "url": url,
        "promise": (
            "Your answer is anonymous: Radar knows that a link was used, so that nobody is asked twice, and never what "
            "was said with it. Nobody is shown a number that fewer than five people stand behind. The link is yours "
            "alone and works once."
        ),
        "footer": f"Asked by {clean_text(advisor, 80) or 'your IT advisor'}. Reply to this mail with any question.",
    }
    return Rendered(print_html("survey.html.j2", words), print_text("survey.txt.j2", words))
