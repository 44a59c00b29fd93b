"""Survey tables as CSV: people to invite and answers of another tool in, results out, safe for a spreadsheet."""

import io
from collections.abc import Iterable
from pathlib import Path

from defusedcsv import csv

from radar.errors import RadarError
from radar.records import Need, Survey, SurveyAnswer
from radar.text import clean_text, split_mailbox

_ADDRESS_HEADINGS = ("email", "e-mail", "mail", "address")
_LARGEST = 10_000_000  # bytes
RESULT_COLUMNS = (
    *("topic", "label", "answers", "asking", "at least", "satisfaction", "satisfaction before"),
    *("asking before", "answers before", "in words"),
)


def read_people(path: Path) -> list[str]:
    """Return the addresses in a CSV file, each once: its column `email`, or its only column.

    Raises RadarError, naming row and field.
    """
    heading, rows = _read_table(path)
    names = [name.lower() for name in heading]
    column = next((names.index(name) for name in _ADDRESS_HEADINGS if name in names), None)
    if column is None:
        if len(heading) != 1 or "@" not in heading[0]:
            raise RadarError(f"{path}: no column is called email; name it in the first row")
        column, rows = 0, [(1, heading), *rows]
    found = []
    for number, row in rows:
        try:
            found.append(split_mailbox(row[column].strip())[1].lower())
        except ValueError as reason:
            raise RadarError(f"{path}: row {number}, email: {reason}") from None
    return list(dict.fromkeys(found))


def name_columns(survey: Survey) -> tuple[str, ...]:
    """Return the columns that answers are imported from."""
    return ("needs", *(f"satisfaction:{subject.key}" for subject in survey.subjects), "text1", "text2")


def read_answers(path: Path, survey: Survey, longest: int) -> list[SurveyAnswer]:
    """Return the answers in a CSV file, one a row: `needs` (keys with semicolons), `satisfaction:KEY` 1..5, two texts.

    Columns may be left out, others are refused: a name or an address never gets in. Raises RadarError, naming row and
    field; then nothing of the file counts.
    """
    heading, rows = _read_table(path)
    known = name_columns(survey)
    for name in heading:
        if name not in known or heading.count(name) > 1:
            wrong = "is there twice" if name in known else f"is unknown; take it out, or use {', '.join(known)}"
            raise RadarError(f"{path}: row 1: column {clean_text(name, 60)!r} {wrong}")
    answers = []
    for number, row in rows:
        fields = {name: clean_text(value) for name, value in zip(heading, row, strict=True)}
        where = f"{path}: row {number}"
        needs = tuple(dict.fromkeys(key.strip() for key in fields.get("needs", "").split(";") if key.strip()))
        satisfaction = {}
        for subject in survey.subjects:
            if value := fields.get(f"satisfaction:{subject.key}", ""):
                if value not in {"1", "2", "3", "4", "5"}:
                    raise RadarError(f"{where}, satisfaction:{subject.key}: {value[:20]!r} is no number from 1 to 5")
                satisfaction[subject.key] = int(value)
        for key in needs:
            if key not in {subject.key for subject in survey.subjects}:
                choice = ", ".join(subject.key for subject in survey.subjects)
                raise RadarError(f"{where}, needs: {key[:60]!r} is not asked about; choose from {choice}")
        texts = (fields.get("text1", ""), fields.get("text2", ""))
        for name, text in zip(("text1", "text2"), texts, strict=True):
            if len(text) > longest:
                raise RadarError(f"{where}, {name}: {len(text):,} characters; at most {longest:,}")
        if not (needs or satisfaction or any(texts)):
            raise RadarError(f"{where}: nothing is answered; take the row out")
        answers.append(SurveyAnswer(needs, satisfaction, texts))
    return answers


def write_results(needs: Iterable[Need]) -> str:
    """Return what a survey came to as CSV; what a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(RESULT_COLUMNS)
    for need in needs:
        numbers = (need.satisfaction, need.before, need.asking_before, need.answers_before)
        asking = need.told if need.asking is None else need.asking
        at_least = "yes" if need.at_least else ""
        writer.writerow((need.topic, need.label, need.answers, asking, at_least, *numbers, need.sentence))
    return out.getvalue()


def _read_table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the heading and the rows below it that are not empty, numbered as a spreadsheet does."""
    try:
        if path.stat().st_size > _LARGEST:
            raise RadarError(f"{path}: larger than {_LARGEST // 1_000_000} MB; is it the right file?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RadarError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise RadarError(f"{path}: not UTF-8; save it as “CSV UTF-8”") from None
    first = text.partition("\n")[0]
    try:
        table: list[list[str]] = list(
            csv.reader(io.StringIO(text), delimiter=";" if ";" in first and "," not in first else ",", strict=True)
        )
    except csv.Error as error:
        raise RadarError(f"{path}: not a CSV table ({error})") from None
    if not table or not any(cell.strip() for cell in table[0]):
        raise RadarError(f"{path}: the first row is empty; it names the columns")
    heading = [cell.strip() for cell in table[0]]
    rows = [(number, row) for number, row in enumerate(table[1:], 2) if any(cell.strip() for cell in row)]
    for number, row in rows:
        if len(row) != len(heading):
            raise RadarError(f"{path}: row {number} has {len(row)} fields, the first row names {len(heading)}")
    return heading, rows
