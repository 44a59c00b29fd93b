"""Sample issues for the tests of the brief: none, one and sixty items, and text as hostile as the press can send it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from radar.brief.mail import build_outgoing
from radar.brief.render import render_issue
from radar.records import Executive, Issue, Item, Move, Outgoing, Primer, Section, Source

NOW = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)
PRESIDENT = Executive(slug="president", name="Maria Lindqvist", role="President", email="president@foundation.example")


def make_issue(*items: Item, **changes: object) -> Issue:
    """Return an issue of the week with these items."""
    issue = Issue(
        executive="president",
        executive_name="Maria Lindqvist",
        role="President",
        week="2026-W48",
        composed_at=NOW,
        token="k3J9xQ2mV7bT1nR5sW8yZa",
        subject="1 to decide, 4 to know: AI note-takers, rising, 5th week (14 publishers)",
        preheader="Advice attached. Also: passkeys, direct-to-phone satellite.",
        items=items,
        stories_read=312,
        publishers_read=41,
        feeds_failing=2,
        minutes=3,
        delivery="Mondays at 07:30",
    )
    return replace(issue, **changes)  # type: ignore[arg-type]


def make_source(number: int = 1, **changes: object) -> Source:
    """Return a story as an item cites it."""
    source = Source(
        story_id=f"story{number}",
        title=f"Story {number} as its publisher titled it",
        url=f"https://paper{number}.example/2026/story-{number}",
        publisher=f"paper{number}.example",
        published_on=date(2026, 11, 24),
        publishers=3,
    )
    return replace(source, **changes)  # type: ignore[arg-type]


def make_item(number: int = 1, section: Section = "matters", **changes: object) -> Item:
    """Return an item with every field filled that its section prints."""
    item = Item(
        id=f"item{number}",
        section=section,
        claim=f"Claim number {number} about something that moves",
        topic=f"topic-{number}",
        topic_name=f"Topic {number}",
        phase="rising",
        phase_note="rising, 3rd week",
        evidence=f"{number + 10} stories this week, usually {number}",
        quote="be where our members are",
        sources=(make_source(number),),
        publishers=number + 2,
    )
    if section == "matters":
        item = replace(
            item,
            so_what="Members will ask for it before the summer.",
            say="We are looking at two offers and decide in January.",
            do="Approve the trial by Friday 4 December.",
            why=("Your words, 12 October: “be where our members are”", "rising for three weeks"),
            sources=(make_source(number), make_source(number + 100)),
            more_sources=9,
        )
    return replace(item, **changes)  # type: ignore[arg-type]


def make_big_issue(count: int = 60, **changes: object) -> Issue:
    """Return an issue of so many items over all sections, every field changed alike."""
    sections: tuple[Section, ...] = ("matters", "agenda", "blindsided", "quiet")
    items = (make_item(n, sections[min(n // 4, 3) if n < 16 else n % 3 + 1], **changes) for n in range(count))
    return make_issue(*items)


def make_rich_issue() -> Issue:
    """Return an issue as a good week gives it."""
    note_takers = make_item(
        1,
        claim="Meeting software starts to record by default, and asks the host only once",
        topic="ai-note-takers",
        topic_name="AI note-takers",
        phase_note="rising, 5th week",
        evidence="31 stories this week, usually 6; 14 publishers; trade press since October, now the general press.",
        so_what="Talks with the board and with donors may end up on other companies’ servers before you have a rule.",
        say="We are testing two tools that keep recordings with us. Until January, no talk with a donor is recorded.",
        do="Approve the interim rule by Friday 4 December.",
        why=("Your words, 12 October: “protect what donors tell us”", "five weeks above what is usual"),
        sources=(
            make_source(1, publisher="ledger.example", title="Video calls will take their own minutes"),
            make_source(2, publisher="chronicle.example", published_on=date(2026, 11, 26)),
        ),
        more_sources=12,
    )
    passkeys = make_item(
        2,
        claim="Three more banks let customers sign in without a password",
        topic="passkeys",
        topic_name="Passkeys",
        phase="surging",
        phase_note="surging, 2nd week",
        evidence="44 stories this week, usually 11; 19 publishers.",
        so_what="Donors will soon expect the same of our giving page; fewer lost passwords, fewer abandoned gifts.",
        say="Our giving page can follow within a quarter; we try it with staff accounts first.",
        do="Nothing now. Our position: trial.",
        why=("Your words, 3 September: “make giving effortless”",),
        sources=(make_source(3, publisher="bankersdaily.example"),),
        more_sources=18,
        update=True,
    )
    agenda = (
        make_item(
            3,
            "agenda",
            claim="Short-video giving buttons open to charities in two more countries",
            phase=None,
            phase_note="",
            quote="reach young donors where they are",
            publishers=8,
        ),
        make_item(
            4,
            "agenda",
            claim="Texting by satellite from an ordinary phone gets its first flat tariff",
            topic="direct-to-phone",
            quote="spend less on field connectivity",
            publishers=5,
            new_to_reader=True,
        ),
    )
    blindsided = make_item(
        5,
        "blindsided",
        claim="Office tenants ask landlords for proof of quantum-safe door systems",
        phase="surging",
        phase_note="surging, new this week",
        evidence="17 stories in two weeks where 3 were to be expected; seen in research, trade and general press.",
        publishers=9,
        do="Advice is being prepared, due 7 December.",
        quote="",
    )
    quiet = make_item(
        6,
        "quiet",
        claim="We warned of decentralised social networks on 2 November. Coverage has halved since. No action.",
        sources=(),
    )
    primer = (
        "An ordinary phone sends short messages by way of a satellite where there is no mast. It needs a clear sky and "
        "some patience, costs a few euros a month on top of the plan, and carries text, not talk. Ask the field teams "
        "how often they are out of reach today, and what one day without contact costs."
    )
    return make_issue(
        note_takers,
        passkeys,
        *agenda,
        blindsided,
        quiet,
        subject="1 to decide, 4 to know: AI note-takers are in our meetings before we have a rule",
        moves=(
            Move("passkeys", "Passkeys", "trial", "assess"),
            Move("ai-note-takers", "AI note-takers", "assess", None),
            Move("metaverse", "Metaverse events", "hold", "assess"),
        ),
        primers=(Primer("direct-to-phone", "Direct-to-phone satellite", primer),),
    )


def make_outgoing(issue: Issue | None = None, **changes: Any) -> Outgoing:
    """Return the outbox row of an issue, as the pipeline asks for it."""
    issue = issue or make_rich_issue()
    arguments: dict[str, Any] = {
        "executive": PRESIDENT,
        "rendered": render_issue(issue),
        "sender": "Radar <radar@foundation.example>",
        "reply_to": "Jonas Berg <jonas@foundation.example>",
        "message_id_domain": "foundation.example",
        "now": NOW,
        "unsubscribe_url": "https://radar.foundation.example/i/k3J9xQ2mV7bT1nR5sW8yZa/pause",
        "unsubscribe_mailto": "jonas@foundation.example",
    }
    return build_outgoing(issue, **(arguments | changes))
