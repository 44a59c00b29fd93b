"""Name the elements of a feed as feedparser does, whatever prefixes a document uses, and say what part they play."""

import functools
import re
from enum import Enum, auto

from feedparser.mixin import _FeedParserMixin

from radar.watch.parse.raw import Unsure

#: Namespace, in lower case → feedparser's prefix for it, in lower case; "" are the dialects of RSS and Atom themselves.
KNOWN: dict[str, str] = {uri.lower(): prefix.lower() for uri, prefix in _FeedParserMixin.namespaces.items()}
_RSS_OF_OLD = "backend.userland.com/rss"

#: Elements for which feedparser does more than keep their text.
HANDLED = frozenset(name.split("_", 2)[2] for name in dir(_FeedParserMixin) if name.startswith(("_start_", "_end_")))
_KEPT = 512  # the same few dozen for nearly all feeds
_DECLARATION = re.compile(rb"""xmlns(?::([^\s=<>"']+))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


def find_prefix(uri: str) -> str | None:
    """Return feedparser's prefix for a namespace, None where it knows none."""
    uri = uri.lower()
    return "" if _RSS_OF_OLD in uri else KNOWN.get(uri)


def list_namespaces(document: bytes) -> list[tuple[str, str]]:
    """Return prefix and URI of the namespaces a document declares, in order.

    Raises Unsure where a prefix is declared for one thing and is feedparser's name for another: feedparser then goes by
    the order in which they come.
    """
    declared, spoken, meanings = [], set(), set()
    for prefix, double, single in dict.fromkeys(_DECLARATION.findall(document)):
        name, uri = prefix.decode("utf-8", "replace"), (double or single).decode("utf-8", "replace")
        if not uri:
            continue
        known = find_prefix(uri)
        spoken.add(name.lower() if known is None else known)
        if name and known is not None:
            meanings.add((name, known))
        declared.append((name, uri))
    if any(name in spoken and name != known for name, known in meanings):
        raise Unsure("a prefix with two meanings")
    return declared


@functools.lru_cache(maxsize=_KEPT)
def is_known(tag: str) -> bool:
    """Tell whether an element's name depends on its namespace alone, and not on the prefix before it."""
    return find_prefix(tag[1:].partition("}")[0] if tag.startswith("{") else "") is not None


@functools.lru_cache(maxsize=_KEPT)
def name_element(tag: str, prefix: str | None) -> str:
    """Return an element's name, as `{namespace}local` and the prefix before it, in feedparser's words: dc_creator."""
    uri, _, local = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    known = find_prefix(uri)
    if known is None:
        known = (prefix or "").lower()
    return f"{known}_{local}".lower() if known else local.lower()


class Role(Enum):
    """What an element is to a feed or an entry."""

    CHANNEL = auto()
    ITEM = auto()
    TITLE = auto()
    MEDIA_TITLE = auto()
    LINK = auto()
    ID = auto()
    DESCRIPTION = auto()
    SUMMARY = auto()
    ABSTRACT = auto()
    CONTENT = auto()
    ENCODED = auto()
    AUTHOR = auto()
    CONTRIBUTOR = auto()  # a person, but not the author
    PUBLISHED = auto()
    UPDATED = auto()
    CREATED = auto()
    ENCLOSURE = auto()
    LICENSE = auto()
    ORIGINAL_LINK = auto()  # the page itself, where the link leads by way of somebody who counts readers
    SOURCE = auto()
    IMAGE = auto()
    TEXT_INPUT = auto()
    HINT = auto()
    LEAF = auto()  # text that touches nothing Radar reads
    CONTAINER = auto()  # touches nothing itself, but what is in it may
    UNKNOWN = auto()


_ROLES = {
    Role.CHANNEL: "channel",
    Role.ITEM: "item entry",
    Role.TITLE: "title dc_title",
    Role.MEDIA_TITLE: "media_title",
    Role.LINK: "link",
    Role.ID: "id guid",
    Role.DESCRIPTION: "description dc_description media_description",
    Role.SUMMARY: "summary itunes_summary",
    Role.ABSTRACT: "abstract",
    Role.CONTENT: "content",
    Role.ENCODED: "content_encoded fullitem",
    Role.AUTHOR: "author dc_author dc_creator itunes_author managingeditor",
    Role.CONTRIBUTOR: "contributor dc_contributor itunes_owner",
    Role.PUBLISHED: "published pubdate issued dcterms_issued",
    Role.UPDATED: "updated modified lastbuilddate dc_date dcterms_modified",
    Role.CREATED: "created dcterms_created",
    Role.ENCLOSURE: "enclosure",
    Role.LICENSE: "creativecommons_license",
    Role.ORIGINAL_LINK: "feedburner_origlink",
    Role.SOURCE: "source",
    Role.IMAGE: "image",
    Role.TEXT_INPUT: "textinput",
    Role.HINT: "ttl sy_updateperiod sy_updatefrequency",
    Role.LEAF: """rights copyright dc_rights subtitle tagline itunes_subtitle info feedburner_browserfriendly generator
        language dc_language webmaster dc_publisher expirationdate category keywords dc_subject media_category tags
        itunes_keywords itunes_block itunes_explicit itunes_image itunes_link media_keywords media_rating media_credit
        media_restriction media_license media_thumbnail media_player name email width height url homepage uri
        itunes_name itunes_email dcterms_valid newlocation""",
    Role.CONTAINER: """cloud
        itunes_category media_group media_content psc_chapters psc_chapter geom georss_box georss_line
        georss_point georss_polygon georss_where georssgeom gml_exterior gml_linearring gml_linestring gml_point
        gml_polygon gml_pos gml_poslist where""",
}
_BY_NAME = {name: role for role, names in _ROLES.items() for name in names.split()}
#: Under these names feedparser keeps what Radar reads; an element that has one by chance would overwrite it.
_TAKEN = frozenset(
    """id link links title title_detail summary summary_detail content author authors author_detail
    published_parsed updated_parsed created_parsed date_parsed issued_parsed modified_parsed
    description_detail""".split()
)


@functools.lru_cache(maxsize=_KEPT)
def find_role(tag: str, prefix: str | None) -> Role:
    """Return what an element is; UNKNOWN where feedparser does something with it that Radar does not."""
    name = name_element(tag, prefix)
    if role := _BY_NAME.get(name):
        return role
    if name in HANDLED or name in _TAKEN or name.startswith("xhtml_"):
        return Role.UNKNOWN
    return Role.CONTAINER
