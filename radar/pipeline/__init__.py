"""What Radar does: crawl, watch, publish, deliver; the only place where steps meet the outside world."""

from radar.pipeline.brief import Briefing
from radar.pipeline.crawl import Crawling, CrawlSummary
from radar.pipeline.deliver import Delivering
from radar.pipeline.letter import Lettering
from radar.pipeline.tag import Retagging
from radar.pipeline.watch import Watching, WatchSummary

__all__ = ["CrawlSummary", "Pipeline", "Retagging", "WatchSummary"]


class Pipeline(Crawling, Watching, Briefing, Lettering, Delivering):
    """The steps, joined over one store."""
