"""Surveys of end users: forms read, answers counted so that nobody can be told apart, what rose since the last one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from radar.errors import Unusable
from radar.records import LEAST_ANSWERS, Need, Risen, Subject, Survey, SurveyAnswer, SurveyText, Topic
from radar.text import clean_text, split_terms

QUESTIONS = (
    "What do you need for your work that you do not have?",
    "What takes more time or trouble than it should?",
)
#: How long what a survey says is a reason.
NEED_HOLDS = timedelta(days=366)
MAX_SUBJECTS = 12  # two minutes on a phone
RATINGS = frozenset("12345")
MAX_LETTERS = 2_000  # of an answer in words
#: A word that rose by less, as a share of those who wrote, is chance.
LEAST_RISE = 0.1
_LEAST_LETTERS = 3


def make_subjects(written: Iterable[str], topics: Mapping[str, Topic]) -> tuple[Subject, ...]:
    """Read what a survey asks about: "passkeys, short-video" is two subjects, "Calls = video-calls, note-takers" one.

    Raises Unusable for no subject, too many, or one that is asked about twice. Topics are not checked: the store does.
    """
    subjects: list[Subject] = []
    for line in written:
        label, equals, slugs = line.rpartition("=")
        named = [slug.strip() for slug in slugs.split(",") if slug.strip()]
        if equals and clean_text(label) and named:
            subjects.append(Subject(clean_text(label, 80), tuple(dict.fromkeys(named))))
        elif not equals and named:
            subjects += [Subject(topics[slug].name if slug in topics else slug, (slug,)) for slug in named]
        else:
            raise Unusable("topics", "write slugs with commas, or a name for several: Calls=video-calls,note-takers")
    if not 1 <= len(subjects) <= MAX_SUBJECTS:
        raise Unusable("topics", f"name 1 to {MAX_SUBJECTS} subjects: people answer two minutes' worth")
    counted = Counter(topic for subject in subjects for topic in subject.topics)
    if twice := [topic for topic, times in counted.items() if times > 1]:
        raise Unusable("topics", f"{', '.join(twice)} would be asked about twice")
    return tuple(subjects)


def read_form(survey: Survey, fields: Mapping[str, Sequence[str]]) -> tuple[SurveyAnswer, dict[str, str]]:
    """Return the answer a form holds, and what is wrong with it: field → words for the person who filled it in."""
    wrong: dict[str, str] = {}
    keys = [subject.key for subject in survey.subjects]
    ticked = fields.get("need", ())
    needs = tuple(key for key in keys if key in ticked)
    if len(needs) != len(set(ticked)):
        wrong["need"] = "Please choose from the list; something else arrived."
    satisfaction = {}
    for key in keys:
        chosen = (fields.get(f"satisfaction-{key}") or [""])[-1]
        if chosen in RATINGS:
            satisfaction[key] = int(chosen)
        elif chosen:
            wrong[f"satisfaction-{key}"] = "Please choose a number from 1 to 5, or leave it at “no answer”."
    texts = []
    for number in range(2):
        text = clean_text((fields.get(f"text-{number}") or [""])[-1])
        if len(text) > MAX_LETTERS:
            wrong[f"text-{number}"] = f"That is {len(text):,} characters long; please shorten it to {MAX_LETTERS:,}."
        texts.append(text)
    answer = SurveyAnswer(needs, satisfaction, (texts[0], texts[1]))
    if not wrong and is_empty(answer):
        wrong["form"] = "Nothing is filled in yet: please tick, rate or write at least one thing."
    return answer, wrong


def is_empty(answer: SurveyAnswer) -> bool:
    """Tell whether an answer says nothing."""
    return not (answer.needs or answer.satisfaction or any(answer.texts))


def hide_few(count: int, total: int) -> tuple[int | None, bool]:
    """Return a count as it may be told, and whether it means "at least so many".

    Fewer than five who ask are not told; where fewer than five do not ask, the count is rounded down to hide how many.
    """
    if count < LEAST_ANSWERS:
        return None, False
    if total - count >= LEAST_ANSWERS:
        return count, False
    bound = total - LEAST_ANSWERS + 1
    return (bound, True) if bound >= LEAST_ANSWERS else (None, False)


def choose_texts(texts: Sequence[SurveyText]) -> list[SurveyText]:
    """Return what may be shown of what was written: all answers to a question that five people answered."""
    wrote = Counter(text.question for text in texts)
    return [text for text in texts if wrote[text.question] >= LEAST_ANSWERS]


def count_needs(
    survey: Survey,
    answers: Sequence[SurveyAnswer],
    texts: Sequence[SurveyText],
    topics: Mapping[str, Topic],
    earlier: Mapping[str, Need],
    closed_on: date,
) -> list[Need]:
    """Return what a survey says of each topic, by topic; nothing where fewer than five answered.

    Staff ask for a topic by ticking its subject. For a topic the survey did not list, those count who named it in
    answer to what they need (one text a person; a mention elsewhere may be a complaint and counts for nothing).
    `texts` are tagged, `earlier` maps topic to its need in the latest survey before.
    """
    total = len(answers)
    if total < LEAST_ANSWERS:
        return []
    needs = []
    for subject in survey.subjects:
        asking = sum(subject.key in answer.needs for answer in answers)
        given = [answer.satisfaction[subject.key] for answer in answers if subject.key in answer.satisfaction]
        mean = round(sum(given) / len(given), 1) if len(given) >= LEAST_ANSWERS else None
        what = "it" if len(subject.topics) == 1 else f"“{subject.label}”, of which it is part"
        needs += [
            _make_need(survey, topic, subject.label, asking, total, mean, what, earlier.get(topic), closed_on)
            for topic in subject.topics
        ]
    listed = {topic for subject in survey.subjects for topic in subject.topics}
    named = Counter(topic for text in choose_texts(texts) if text.question == 0 for topic in set(text.topics))
    for topic, asking in sorted(named.items()):
        if topic in topics and topic not in listed and hide_few(asking, total)[0] is not None:
            what = "it in their own words"
            needs.append(_make_need(survey, topic, "", asking, total, None, what, earlier.get(topic), closed_on))
    return sorted(needs, key=lambda need: need.topic)


def _make_need(
    survey: Survey,
    topic: str,
    label: str,
    count: int,
    total: int,
    satisfaction: float | None,
    what: str,
    before: Need | None,
    closed_on: date,
) -> Need:
    asking, at_least = hide_few(count, total)
    same = before if before is not None and before.label == label else None  # else it was another question
    exact = same is not None and not at_least and not same.at_least and None not in (asking, same.asking)
    sentence = ""
    if asking is not None:
        number = f"at least {asking}" if at_least else str(asking)
        sentence = f"{number} of {total} staff ask for {what} (survey, {closed_on:%B %Y})"
    return Need(
        survey=survey.slug,
        topic=topic,
        label=label,
        closed_on=closed_on,
        answers=total,
        asking=asking,
        at_least=at_least,
        satisfaction=satisfaction,
        before=same.satisfaction if same else None,
        asking_before=same.asking if same and exact else None,
        answers_before=same.answers if same and exact else None,
        sentence=sentence,
    )


def find_risen(texts: Sequence[SurveyText], before: Sequence[SurveyText]) -> Risen | None:
    """Return the word whose share of those who wrote rose most, question by question; None where none rose much.

    At least five people must use it now, and five have answered the same question before.
    """
    best: tuple[float, Risen] | None = None
    for question in range(2):
        now, then = (
            [set(split_terms(text.text)) for text in some if text.question == question] for some in (texts, before)
        )
        if min(len(now), len(then)) < LEAST_ANSWERS:
            continue
        used, used_before = (Counter(word for words in some for word in words) for some in (now, then))
        for word, people in sorted(used.items()):
            if people < LEAST_ANSWERS or len(word) < _LEAST_LETTERS or not word.isalpha():
                continue
            rise = people / len(now) - used_before[word] / len(then)
            if rise >= LEAST_RISE and (best is None or rise > best[0]):
                known = used_before[word] if used_before[word] >= LEAST_ANSWERS else None
                best = rise, Risen(word, people, len(now), known, len(then))
    return best[1] if best else None
