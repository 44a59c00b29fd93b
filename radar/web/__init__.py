"""The web face: the JSON API for the intranet and the pages a digest links to.

Importing this package imports no web framework (it costs more than a whole `radar query` may): `create_web` and
`make_server` load it on first use, and `radar.web.auth` makes keys without it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radar.web.api import create_web as create_web
    from radar.web.server import make_server as make_server

__all__ = ["create_web", "make_server"]


def __getattr__(name: str) -> Any:
    if name == "create_web":
        from radar.web.api import create_web

        return create_web
    if name == "make_server":
        from radar.web.server import make_server

        return make_server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
