"""Read feed documents: bytes → Parsed, in worker processes that can be killed; the border to feedparser and lxml."""

from radar.watch.parse.document import parse_feed
from radar.watch.parse.pool import ParserPool

__all__ = ["ParserPool", "parse_feed"]
