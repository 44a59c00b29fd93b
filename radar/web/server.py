"""The server under the application: uvicorn, quiet about what it served."""

import logging

import uvicorn
from fastapi import FastAPI

from radar.config import WebSettings


def make_server(app: FastAPI, web: WebSettings) -> uvicorn.Server:
    """Return a server for the application, to be `run()`; SIGTERM lets it finish what it has begun."""
    config = uvicorn.Config(
        app,
        host=web.host,
        port=web.port,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing is decided by the caller's address
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=10,
    )
    # It would keep the links of digests, which are permissions; access_log alone yields to any handler on that logger.
    logging.getLogger("uvicorn.access").disabled = True
    return uvicorn.Server(config)
