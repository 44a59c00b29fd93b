"""The tables as this code expects them; docs/data.md explains every column, migrations/ builds them.

Columns carry the names of the records' fields, so that a row is a record. Texts that say nothing are '', not null; null
means "not yet".
"""

from radar.store.tables.acceptance import feedback, secret, step, taught
from radar.store.tables.base import metadata
from radar.store.tables.brief import alarm, api_key, issue, letter, outbox
from radar.store.tables.listen import (
    executive,
    need,
    position,
    raised,
    statement,
    statement_change,
    survey,
    survey_answer,
    survey_link,
    survey_text,
    talk,
)
from radar.store.tables.watch import (
    archived,
    calibration,
    candidate,
    candidate_change,
    crawl,
    entry,
    feed,
    host,
    signal,
    story,
    story_alias,
    story_correction,
    tag,
    tag_correction,
    topic,
    topic_name,
    training,
)

__all__ = [
    "alarm",
    "api_key",
    "archived",
    "calibration",
    "candidate",
    "candidate_change",
    "crawl",
    "entry",
    "executive",
    "feed",
    "feedback",
    "host",
    "issue",
    "letter",
    "metadata",
    "need",
    "outbox",
    "position",
    "raised",
    "secret",
    "signal",
    "statement",
    "statement_change",
    "step",
    "story",
    "story_alias",
    "story_correction",
    "survey",
    "survey_answer",
    "survey_link",
    "survey_text",
    "tag",
    "tag_correction",
    "talk",
    "taught",
    "topic",
    "topic_name",
    "training",
]
