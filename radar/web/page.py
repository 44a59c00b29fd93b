"""The small pages around the digest: filled from templates that escape whatever they are given."""

import base64
import functools
import hashlib
import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("radar.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill_page(
    template: str, status: int = 200, headers: dict[str, str] | None = None, **values: object
) -> HTMLResponse:
    """Return a page of ours. `values` are plain text, or made of it."""
    return answer_page(_templates().get_template(template).render(values), status, headers)


def answer_page(html: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    """Return a whole HTML document under a policy that allows its own styles, its own forms, and nothing else.

    No script runs and nothing is loaded, from anywhere: what slipped into a page from a feed stays text.
    """
    answer = HTMLResponse(html, status, headers)
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {style_sources(html)}; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return answer


def style_sources(html: str) -> str:
    """Return the CSP sources for the styles of a document: the hash of each sheet; style attributes have none."""
    hashes = {base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() for sheet in _STYLE.findall(html)}
    return " ".join(f"'sha256-{one}'" for one in sorted(hashes)) or "'none'"
