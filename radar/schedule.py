"""When work runs: APScheduler as a ticker on one machine. What is due is a row in the store; a tick only looks."""

import logging
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from radar.app import App

#: Seconds between looks. A look without due rows is one query.
TICKS = {"crawl": 60, "publish": 30, "letter": 60, "deliver": 30, "alarm": 900, "survey": 600}
#: Seconds before the first look. After a pause of Radar's own the crawl catches up first: that is no alarm.
PATIENCE = {"alarm": 3_600}


def start_schedule(app: App) -> BackgroundScheduler:
    """Start ticking in the background and return the ticker; `shutdown()` lets a running job finish.

    A tick that comes while its job still runs is dropped: the next look finds the same rows. The job store is memory
    only, since there is nothing to remember. Each job has a thread of its own: the alarm is raised and mailed also when
    a crawl never ends.
    """
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    ticker = BackgroundScheduler(timezone="UTC")
    for job, seconds in TICKS.items():
        ticker.add_job(
            app.run,
            "interval",
            args=[job],
            id=job,
            seconds=seconds,
            next_run_time=app.now() + timedelta(seconds=PATIENCE.get(job, 0)),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    ticker.start()
    return ticker
