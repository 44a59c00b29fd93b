"""Fetch feeds politely: Feed → Fetched | NotModified | FetchError, and decide when to come back."""

from radar.watch.fetch.client import fetch_feeds
from radar.watch.fetch.pace import decide_crawl, hash_body, is_unchanged
from radar.watch.fetch.threaded import fetch_all
from radar.watch.fetch.visitor import Visitor

__all__ = ["Visitor", "decide_crawl", "fetch_all", "fetch_feeds", "hash_body", "is_unchanged"]
