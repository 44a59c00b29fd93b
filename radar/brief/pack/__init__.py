"""The one-on-one pack: composed from records, printed on one page."""

from radar.brief.pack.compose import FIRST_LOOK, Notes, compose_pack, find_since
from radar.brief.pack.sheet import render_pack_page, render_pack_text

__all__ = ["FIRST_LOOK", "Notes", "compose_pack", "find_since", "render_pack_page", "render_pack_text"]
