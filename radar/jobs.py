"""Where work runs: a job by its name, logged, here and now; every job is safe to run twice and by several at once."""

import logging
from collections.abc import Callable
from datetime import datetime

from radar.pipeline import Pipeline

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def crawl_and_watch(pipeline: Pipeline, clock: Clock) -> str:
    """Visit the feeds that are due, then group, tag and detect."""
    crawled = pipeline.crawl(clock())
    if not crawled.visited:
        return ""
    watched = pipeline.watch(clock())
    return (
        f"{crawled.visited} feeds visited, {crawled.failed} failed, {crawled.entries} new entries, "
        f"{watched.stories} stories new or changed"
    )


def publish_due(pipeline: Pipeline, clock: Clock) -> str:
    """Publish the issues whose slot has come."""
    issues = pipeline.publish_due(clock())
    return ", ".join(f"{issue.executive} {issue.week} published" for issue in issues)


def publish_letter(pipeline: Pipeline, clock: Clock) -> str:
    """Write the desk letter when its slot has come."""
    letter = pipeline.publish_letter(clock())
    return f"letter {letter.week} published" if letter else ""


def deliver_waiting(pipeline: Pipeline, clock: Clock) -> str:
    """Send what waits in the outbox."""
    outgoing = pipeline.deliver(clock)
    return ", ".join(f"{message.name} {message.state}" for message in outgoing)


def raise_alarm(pipeline: Pipeline, clock: Clock) -> str:
    """Tell the advisor of feeds that have died and of a crawler that stands still."""
    troubles = pipeline.raise_alarm(clock())
    return f"{len(troubles)} troubles told to the advisor" if troubles else ""


def close_surveys(pipeline: Pipeline, clock: Clock) -> str:
    """Close the surveys whose last day has passed."""
    return ", ".join(f"survey {survey.slug} closed" for survey in pipeline.close_due_surveys(clock()))


#: Name → function; each returns one line on what it did, "" for nothing.
JOBS: dict[str, Callable[[Pipeline, Clock], str]] = {
    "crawl": crawl_and_watch,
    "publish": publish_due,
    "letter": publish_letter,
    "deliver": deliver_waiting,
    "alarm": raise_alarm,
    "survey": close_surveys,
}


def run_job(name: str, pipeline: Pipeline, clock: Clock) -> str:
    """Run a job and log what it did; a failure is logged and travels on."""
    try:
        done = JOBS[name](pipeline, clock)
    except Exception:  # the one place that may: it logs and re-raises
        log.exception("job %s failed", name)
        raise
    if done:
        log.info("job %s: %s", name, done)
    return done
