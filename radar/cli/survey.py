"""`radar survey`: ask the staff what they need and how satisfied they are, and see what they say."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from radar.cli.house import House, ListGroup, json_option, pass_house
from radar.cli.output import count, format_on, say, say_block, say_json, say_table, to_plain, write_lines
from radar.cli.words import DAY, LINE, SLUG, OutFile
from radar.records import LEAST_ANSWERS, Need, Survey, SurveyText


@click.group(cls=ListGroup)
def survey() -> None:
    """List surveys of end users; make, open, close one, invite people, see what they say.

    Nobody can tell who said what: an answer is kept without name, address or time, results come when a survey is
    closed, and no number is shown that fewer than five people stand behind.

    \b
    Example: radar survey new autumn --title "What do you need?" --closes 2026-12-11 \\
                 --topics passkeys,short-video --topics "Meetings=video-conferencing,ai-note-takers"
             radar survey open autumn
             radar survey invite autumn staff.csv
             radar survey close autumn
    """


@survey.command("list")
@json_option
@pass_house
def list_surveys(house: House, as_json: bool) -> None:
    """List every survey, the newest first.

    \b
    Example: radar survey
    """
    with house.open() as app:
        found = app.store.list_surveys()
    if as_json:
        say_json([_plain(one) for one in found])
    elif not found:
        say('No survey yet: radar survey new SLUG --title "What do you need?" --closes DAY --topics SLUG,SLUG')
    else:
        say_table(
            ("survey", "state", "last day", "answers", "title"),
            [(s.slug, s.state, format_on(s.closes_on), _count_answers(s), s.title) for s in found],
        )


@survey.command("new")
@click.argument("slug", type=SLUG)
@click.option("--title", type=LINE, required=True, help="As staff read it.")
@click.option("--closes", "closes_on", type=DAY, required=True, help="The last day on which it takes answers.")
@click.option(
    "--topics", multiple=True, required=True, metavar="SLUG,…", help="What it asks about; NAME=SLUG,… is one."
)
@click.option("--need-question", type=LINE, help="The open question after needs.")
@click.option("--other-question", type=LINE, help="The other open question.")
@json_option
@pass_house
def new_survey(
    house: House,
    slug: str,
    title: str,
    closes_on: date,
    topics: tuple[str, ...],
    need_question: str | None,
    other_question: str | None,
    as_json: bool,
) -> None:
    """Draft a survey: needs and satisfaction per topic, and two open questions.

    Topics that staff see as one thing go under one name: "Meetings=video-conferencing,ai-note-takers".

    \b
    Example: radar survey new autumn --title "What do you need?" --closes 2026-12-11 --topics passkeys,short-video
    """
    from radar.listen.survey import QUESTIONS, make_subjects

    with house.open() as app:
        subjects = make_subjects(topics, {topic.slug: topic for topic in app.store.list_topics()})
        questions = (need_question or QUESTIONS[0], other_question or QUESTIONS[1])
        draft = Survey(slug, title, subjects, questions, closes_on, app.now())
        app.store.add_survey(draft)
    if as_json:
        say_json(draft)
        return
    _say_survey(draft)
    say(f"Open it with: radar survey open {slug}")


@survey.command("set")
@click.argument("slug")
@click.option("--title", type=LINE, help="As staff read it.")
@click.option("--closes", "closes_on", type=DAY, help="The last day on which it takes answers.")
@click.option("--need-question", type=LINE, help="The open question after needs.")
@click.option("--other-question", type=LINE, help="The other open question.")
@pass_house
def set_survey(
    house: House,
    slug: str,
    title: str | None,
    closes_on: date | None,
    need_question: str | None,
    other_question: str | None,
) -> None:
    """Change a draft; of an open survey only the last day, since people have answered the rest.

    \b
    Example: radar survey set autumn --closes 2026-12-18
    """
    if not any((title, closes_on, need_question, other_question)):
        raise click.UsageError("nothing to change: name an option")
    with house.open() as app:
        found = app.store.find_survey(slug)
        if found.state == "closed" or (found.state == "open" and (title or need_question or other_question)):
            raise click.UsageError(f"survey {slug} is {found.state}: people have answered it as it is")
        changed = replace(
            found,
            title=title or found.title,
            closes_on=closes_on or found.closes_on,
            questions=(need_question or found.questions[0], other_question or found.questions[1]),
        )
        app.store.change_survey(changed, found.state)
    _say_survey(changed)


@survey.command("open")
@click.argument("slug")
@pass_house
def open_survey(house: House, slug: str) -> None:
    """Let a survey take answers.

    \b
    Example: radar survey open autumn
    """
    with house.open() as app:
        app.pipeline.find_base()  # better said now than when people are invited
        opened = app.pipeline.open_survey(slug, app.now())
    say(f"Survey {slug} takes answers until {format_on(opened.closes_on)}. Next: radar survey invite {slug} FILE")


@survey.command("invite")
@click.argument("slug")
@click.argument("people", metavar="FILE", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--list", "name", type=LINE, help="Make one link for a list of people instead.")
@click.option("--people", "size", type=click.IntRange(1, 100_000), help="How many are on that list.")
@pass_house
def invite_people(house: House, slug: str, people: Path | None, name: str | None, size: int | None) -> None:
    """Mail each address of a CSV file its own link, once; or print one link for a list.

    A shared link takes as many answers as there are people on the list: more cannot be told from double ones without
    watching who answers.

    \b
    Example: radar survey invite autumn staff.csv
             radar survey invite autumn --list "field offices" --people 60
    """
    from radar.files.surveys import read_people

    if (people is None) == (name is None) or (name is None) != (size is None):
        raise click.UsageError("name a FILE with addresses, or --list together with --people")
    with house.open() as app:
        if name is not None and size is not None:
            say(app.pipeline.share_link(slug, name, size, app.now()))
            say(f"For {name}: it takes {count(size, 'answer')}.", err=True)
            return
        done = app.pipeline.invite_people(slug, read_people(people or Path()), app.now())
    passed = f"; {done.passed_over} had been invited before" if done.passed_over else ""
    say(f"{count(done.mailed, 'invitation')} in the outbox{passed}: `radar digest send` sends, as does `radar serve`.")


@survey.command("remind")
@click.argument("slug")
@pass_house
def remind_people(house: House, slug: str) -> None:
    """Mail everybody whose own link has not been used once more; never a second time.

    \b
    Example: radar survey remind autumn
    """
    with house.open() as app:
        done = app.pipeline.remind_people(slug, app.now())
    say(f"{count(done.mailed, 'reminder')} in the outbox; {done.passed_over} have answered or been reminded.")


@survey.command("close")
@click.argument("slug")
@pass_house
def close_survey(house: House, slug: str) -> None:
    """Close a survey for good: keep what it comes to, delete every single answer.

    \b
    Example: radar survey close autumn
    """
    with house.open() as app:
        closed = app.pipeline.close_survey(slug, app.now())
        needs = app.store.list_needs(slug)
    _say_results(closed, needs)


@survey.command("import")
@click.argument("slug")
@click.argument("answers", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@pass_house
def import_answers(house: House, slug: str, answers: Path) -> None:
    """Close a draft with the answers that another tool has gathered: CSV, one row a person.

    Columns: needs (slugs, with semicolons), satisfaction:SLUG (1 to 5), text1, text2. A file with any other column, or
    with a mistake anywhere, is refused whole.

    \b
    Example: radar survey import spring answers.csv
    """
    from radar.files.surveys import read_answers
    from radar.listen.survey import MAX_LETTERS

    with house.open() as app:
        rows = read_answers(answers, app.store.find_survey(slug), MAX_LETTERS)
        closed = app.pipeline.import_answers(slug, rows, app.now())
        needs = app.store.list_needs(slug)
    _say_results(closed, needs)


@survey.command("show")
@click.argument("slug")
@json_option
@pass_house
def show_survey(house: House, slug: str, as_json: bool) -> None:
    """Show what a survey asks, how many links were used, and once it is closed what it says.

    \b
    Example: radar survey show autumn
    """
    with house.open() as app:
        found = app.store.find_survey(slug)
        links = app.store.list_survey_links(slug)
        needs = app.store.list_needs(slug)
        today = app.now().date()
    invited, used = sum(link.people for link in links), sum(link.used for link in links)
    if as_json:
        say_json({"survey": _plain(found), "invited": invited, "used": used, "needs": needs})
        return
    _say_survey(found)
    if links:
        say(f"    {count(invited, 'person', 'people')} invited, {used} answered")
    if found.state == "closed":
        say()
        _say_results(found, needs)
    elif found.state == "open" and not found.takes_answers(today):
        say(f"Its last day has passed: radar survey close {slug}")
    elif found.state == "open":
        say(f"Results come when it is closed: `radar serve` does that after its last day, or radar survey close {slug}")


@survey.command("results")
@click.argument("slug")
@click.option("--csv", "file", type=OutFile(), help="Write them to this file, as CSV.")
@json_option
@pass_house
def show_results(house: House, slug: str, file: Path | None, as_json: bool) -> None:
    """Show what a closed survey says, topic by topic.

    \b
    Example: radar survey results autumn --csv autumn.csv
    """
    from radar.files.surveys import write_results

    with house.open() as app:
        found = app.store.find_survey(slug)
        needs = app.store.list_needs(slug)
    if file:
        write_lines(file, write_results(needs).splitlines())
        say(f"wrote  {file}")
    elif as_json:
        say_json({"survey": _plain(found), "needs": needs})
    elif found.state != "closed":
        say(f"Survey {slug} is {'open' if found.state == 'open' else 'a draft'}: results come when it is closed.")
    else:
        _say_results(found, needs)


@survey.command("texts")
@click.argument("slug")
@click.option("--topic", metavar="SLUG", help="Only those that speak of this topic.")
@json_option
@pass_house
def show_texts(house: House, slug: str, topic: str | None, as_json: bool) -> None:
    """Show what was written in a closed survey, in a new order each time; nothing leads from one text to another.

    A question that fewer than five people answered is left out.

    \b
    Example: radar survey texts autumn --topic ai-note-takers
    """
    from radar.store.names import unknown_name

    with house.open() as app:
        found = app.store.find_survey(slug)
        if topic is not None and topic not in (known := [one.slug for one in app.store.list_topics()]):
            raise unknown_name("topic", topic, known)
        texts = app.store.list_survey_texts(slug, topic)
    if as_json:
        say_json(texts)
        return
    if found.state != "closed":
        say(f"Survey {slug} is {'open' if found.state == 'open' else 'a draft'}: texts come when it is closed.")
        return
    for number, question in enumerate(found.questions):
        _say_texts(question, [text for text in texts if text.question == number])


def _say_texts(question: str, texts: list[SurveyText]) -> None:
    say(f"{question}  ({len(texts) or 'nothing to show'})")
    for text in texts:
        about = f" [{', '.join(text.topics)}]" if text.topics else ""
        say_block(f"· {text.text}{about}", "  ", "    ")


def _say_survey(one: Survey) -> None:
    until = (
        f"closed {format_on(one.closed_on)}" if one.closed_on else f"{one.state}, last day {format_on(one.closes_on)}"
    )
    say(f"{one.title} ({one.slug}) · {until}")
    for subject in one.subjects:
        say(f"    {subject.label}: {', '.join(subject.topics)}")
    for question in one.questions:
        say_block(question, "    ? ", "      ")


def _say_results(closed: Survey, needs: list[Need]) -> None:
    if not needs:
        say(f"Survey {closed.slug} has closed with fewer than {LEAST_ANSWERS} answers: nothing of them is kept.")
        return
    say(f"{count(closed.answers, 'person', 'people')} answered. Satisfaction is a mean of 1 to 5.")
    say_table(
        ("topic", "asked about", "ask for it", "before", "satisfaction", "before"),
        [
            (
                need.topic,
                need.label or "(named by staff)",
                need.told,
                None if need.asking_before is None else f"{need.asking_before} of {need.answers_before}",
                need.satisfaction,
                need.before,
            )
            for need in sorted(needs, key=lambda one: (-(one.asking or 0), one.topic))
        ],
    )
    if risen := closed.risen:
        before = "fewer than 5" if risen.before is None else risen.before
        say(
            f"The word that rose most is “{risen.word}”: {risen.people} of {risen.wrote} who wrote, "
            f"before {before} of {risen.wrote_before}."
        )
    say(f"What they wrote: radar survey texts {closed.slug}")


def _count_answers(one: Survey) -> str:
    if one.state != "closed":
        return ""
    return str(one.answers) if one.answers >= LEAST_ANSWERS else f"fewer than {LEAST_ANSWERS}"


def _plain(one: Survey) -> dict[str, object]:
    """Return a survey as JSON tells it: few answers are not counted out."""
    told: dict[str, object] = to_plain(one)
    return told | {"answers": one.answers if one.answers >= LEAST_ANSWERS else None}
