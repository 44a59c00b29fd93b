"""What Radar does: crawl, watch, publish, deliver; the only place where steps meet the outside world."""

from radar.pipeline.crawl import Crawling, CrawlSummary
from radar.pipeline.deliver import Delivering
from radar.pipeline.erase import Erasing
from radar.pipeline.letter import Lettering
from radar.pipeline.survey import Mailed
from radar.pipeline.tag import Retagging
from radar.pipeline.talks import Talking
from radar.pipeline.watch import Watching, WatchSummary

__all__ = ["CrawlSummary", "Mailed", "Pipeline", "Retagging", "WatchSummary"]


class Pipeline(Crawling, Watching, Talking, Lettering, Delivering, Erasing):
    """The steps, joined over one store."""
