"""What the operator wrote is read as meant, and every mistake is named to the line."""

import re
from pathlib import Path

import pytest

from radar.config import find_home, load_feeds, load_settings, load_topics, parse_feeds, parse_topics
from radar.errors import ConfigError

FEEDS = Path("feeds.toml")
GOOD = '[[feed]]\nurl = "https://news.bbc.co.uk/rss"\nkind = "general"\n'
TOPIC = '[[topic]]\nslug = "passkeys"\nname = "Passkeys"\nquadrant = "frontier"\ndefinition = "Keys."\n'

# -- feeds.toml -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[feed]]\nurl = "https://a.example/\n', "feeds.toml:2: not valid TOML: "),
        ("\n\nx =", "feeds.toml:3: not valid TOML: "),
        (GOOD + "\n[[feed]\n", "feeds.toml:5: not valid TOML: "),
        (GOOD + '[[feed]]\nkind = "trade"\n', "feeds.toml:4: feed[1].url: the key 'url' is missing; add it"),
        (
            GOOD.replace("general", "generl"),
            "feeds.toml:3: feed[0].kind: 'generl' is not one of research, community, vendor, trade, general",
        ),
        (GOOD + 'knd = "x"\n', "feeds.toml:4: feed[0].knd: unknown key 'knd'; correct or remove it"),
        (GOOD + "title = 7\n", "feeds.toml:4: feed[0].title: expected text, found a whole number"),
        ("# feeds\n\n[[feeds]]\n", "feeds.toml:3: feeds: unknown key 'feeds'; correct or remove it"),
        ('[feed]\nurl = "x"\n', "feeds.toml:1: feed: expected a list, found a table"),
        (
            GOOD + "\n# again\n" + GOOD,
            "feeds.toml:7: feed[1].url: https://news.bbc.co.uk/rss is listed twice; remove one",
        ),
    ],
)
def test_a_mistake_in_the_feeds_is_named_with_file_line_and_key(text: str, message: str) -> None:
    """The operator reads where it is, what it is and what to do."""
    with pytest.raises(ConfigError) as caught:
        parse_feeds(text, FEEDS)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "example.com/feed", "ftp://example.com/", "file:///etc/passwd", "https://", "http:///x", "http://[bad",
     "https://exa mple.com/", "https://example.com:99999/", " https://example.com/", "javascript:alert(1)"],
)  # fmt: skip
def test_a_feed_needs_a_web_address(url: str) -> None:
    """Anything else is refused before the crawler meets it, with the line and an example."""
    with pytest.raises(ConfigError, match=r"^feeds\.toml:2: feed\[0\]\.url: .* write https://host/path$"):
        parse_feeds(GOOD.replace("https://news.bbc.co.uk/rss", url), FEEDS)


def test_a_feed_belongs_to_the_registrable_domain_unless_said_otherwise() -> None:
    """The default publisher follows the public suffix list; the title defaults to the publisher."""
    first, second = parse_feeds(
        GOOD + '[[feed]]\nurl = "https://feeds.feedburner.com/x"\nkind = "trade"\ntitle = "X"\npublisher = "x.org"\n',
        FEEDS,
    )
    assert (first.publisher, first.title, first.kind) == ("bbc.co.uk", "bbc.co.uk", "general")
    assert (second.publisher, second.title, second.kind) == ("x.org", "X", "trade")


def test_a_feed_may_be_paused_and_filed() -> None:
    """Both keys are optional; titles come without what would hide or break a line."""
    text = GOOD + 'paused = true\ncategory = "News/UK"\ntitle = "A\\n\\u202eB"\n' + GOOD.replace("/rss", "/2")
    first, second = parse_feeds(text, FEEDS)
    assert (first.paused, second.paused) == (True, False)
    assert first.title == "A B"
    with pytest.raises(ConfigError, match=r"^feeds\.toml:4: feed\[0\]\.paused: expected true or false, found text$"):
        parse_feeds(GOOD + 'paused = "yes"\n', FEEDS)


def test_a_missing_list_of_feeds_says_how_to_get_one(tmp_path: Path) -> None:
    """The error names the file and the command."""
    with pytest.raises(ConfigError, match=r"feeds\.toml: no such file; run `radar init`"):
        load_feeds(tmp_path)


def test_a_file_that_is_not_utf8_is_said_to_be_so(tmp_path: Path) -> None:
    """With the place of the first wrong byte, and no traceback."""
    (tmp_path / "feeds.toml").write_bytes(b'# Z\xfcrich\n')  # fmt: skip
    with pytest.raises(ConfigError, match=r"is not UTF-8 text \(byte 3\)"):
        load_feeds(tmp_path)


# -- radar.toml and the environment -----------------------------------------------------------------------------------


def write_settings(home: Path, text: str) -> Path:
    (home / "radar.toml").write_text(text, encoding="utf-8")
    return home


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    """SQLite below the home, loopback only, mails to a folder."""
    settings = load_settings(tmp_path, {})
    assert settings.database_url == f"sqlite:///{tmp_path}/data/radar.db"
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8420)
    assert (settings.mail.host, settings.mail.password, settings.mail.tls) == ("", "", "starttls")
    assert settings.out == tmp_path / "out"


def test_the_environment_names_the_database_and_the_home(tmp_path: Path) -> None:
    """As containers want it."""
    settings = load_settings(tmp_path, {"RADAR_DATABASE_URL": "postgresql://radar@db/radar"})
    assert settings.database_url == "postgresql://radar@db/radar"
    assert find_home({"RADAR_HOME": str(tmp_path)}) == tmp_path
    assert find_home({}) == Path.cwd()


def test_the_password_comes_from_the_environment_before_any_file(tmp_path: Path) -> None:
    """RADAR_SMTP_PASSWORD, then RADAR_SMTP_PASSWORD_FILE, then mail.password_file."""
    (tmp_path / "one").write_text("from one\n", encoding="utf-8")
    (tmp_path / "two").write_text("from two\n", encoding="utf-8")
    home = write_settings(tmp_path, f'[mail]\npassword_file = "{tmp_path}/one"\n')
    named = {"RADAR_SMTP_PASSWORD_FILE": f"{tmp_path}/two"}
    assert load_settings(home, {}).mail.password == "from one"
    assert load_settings(home, named).mail.password == "from two"
    assert load_settings(home, named | {"RADAR_SMTP_PASSWORD": "plain"}).mail.password == "plain"


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The name of the file and the reason, in one line."""
    with pytest.raises(ConfigError, match="nowhere: the mail password cannot be read"):
        load_settings(tmp_path, {"RADAR_SMTP_PASSWORD_FILE": f"{tmp_path}/nowhere"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[mail]\nhost = "x"\npassword = "hunter2"\n', r":3: mail\.password: secrets do not belong in this file; set "),
        ('[web]\n\npublic_url = "radar.example.org"\n', r":3: web\.public_url: 'radar.example.org' is no web address"),
        ('[mail]\nport = "25"\n', r":2: mail\.port: expected a whole number, found text"),
        ("[mail]\nport = 99999\n", r":2: mail\.port: expected a whole number <= 65535"),
        ("[crawl]\ntimeout_seconds = 0\n", r":2: crawl\.timeout_seconds: expected a whole number >= 1"),
        ('[crawl]\ncontact = "x"\nallow = "127.0.0.1"\n', r":3: crawl\.allow: expected a list, found text"),
        ('[crawl]\nallow = ["a", 3]\n', r":2: crawl\.allow\[1\]: expected text, found a whole number"),
        ('[mail]\ntls = "ssl"\n', r":2: mail\.tls: 'ssl' is not one of starttls, tls, none"),
        ('[web]\nhost = "x"\n\n[mial]\n', r":4: mial: unknown key 'mial'; correct or remove it"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    """Also the checks that come after reading."""
    with pytest.raises(ConfigError, match=rf"radar\.toml{message}"):
        load_settings(write_settings(tmp_path, text), {})


def test_a_password_in_the_file_is_refused_without_repeating_it(tmp_path: Path) -> None:
    """Errors end up in logs."""
    home = write_settings(tmp_path, '[mail]\npassword = "hunter2"\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(home, {})
    assert "hunter2" not in str(caught.value)


# -- topics.toml ------------------------------------------------------------------------------------------------------


def test_own_topics_replace_and_extend_the_shipped_ones(tmp_path: Path) -> None:
    """By slug; the others stay."""
    shipped = {topic.slug: topic for topic in load_topics(tmp_path)}
    (tmp_path / "topics.toml").write_text(
        TOPIC.replace("Keys.", "Our words.")
        + TOPIC.replace("passkeys", "barn-doors").replace("Passkeys", "Barn doors")
        + 'parent = "passkeys"\n',
        encoding="utf-8",
    )
    topics = {topic.slug: topic for topic in load_topics(tmp_path)}
    assert topics["passkeys"].definition == "Our words."
    assert topics["barn-doors"].parent == "passkeys"
    assert set(topics) == set(shipped) | {"barn-doors"}
    assert topics["social-media"] == shipped["social-media"]


def test_a_parent_that_is_no_topic_is_named_with_its_line(tmp_path: Path) -> None:
    """The operator's own file is at fault, and the line is in it."""
    (tmp_path / "topics.toml").write_text(TOPIC + 'parent = "kyes"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"topics\.toml:6: topic\[0\] passkeys: parent: 'kyes' is not a topic"):
        load_topics(tmp_path)


OTHER = TOPIC.replace("asskeys", "itons").replace("Keys.", "Tons.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOPIC.replace("frontier", "nosuch"), "4: topic[0] passkeys: quadrant: 'nosuch' is no quadrant; use one of: "),
        (TOPIC.replace("Keys.", "x" * 201), "5: topic[0] passkeys: definition: has 201 characters; shorten it"),
        (TOPIC.replace("Passkeys", "x" * 81), "3: topic[0] passkeys: name: has 81 characters; shorten it"),
        (TOPIC + OTHER.replace("Pitons", "Passkey"), "3: topic[0] passkeys: name: 'Passkeys' is the name of pitons"),
        (OTHER + 'aliases = ["piton", "the"]\n', "6: topic[0] pitons: aliases: 'the' says too little"),
    ],
)
def test_a_topic_that_cannot_stand_in_the_list_is_named_with_line_and_key(
    tmp_path: Path, text: str, message: str
) -> None:
    """Every list has to be clear: which sector, which topic a name means."""
    (tmp_path / "topics.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(f"topics.toml:{message}")):
        load_topics(tmp_path)


def test_an_alias_may_be_shared(tmp_path: Path) -> None:
    """A narrower topic often goes by what is an alias of the broader one: its stories are about both."""
    (tmp_path / "topics.toml").write_text(OTHER + 'aliases = ["Social-media"]\n', encoding="utf-8")
    assert "pitons" in {topic.slug for topic in load_topics(tmp_path)}


def test_names_are_free_that_only_a_replaced_topic_had(tmp_path: Path) -> None:
    """And a name in a script without tokens is compared as it is written."""
    (tmp_path / "topics.toml").write_text(
        TOPIC.replace("Passkeys", "量子")
        + OTHER.replace("Pitons", "Passkeys")
        + OTHER.replace('"pitons"', '"ropes"').replace("Pitons", "квант"),
        encoding="utf-8",
    )
    assert {"passkeys", "pitons", "ropes"} <= {topic.slug for topic in load_topics(tmp_path)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOPIC + TOPIC, r"^t\.toml:7: topic\[1\]\.slug: 'passkeys' is used twice"),
        (TOPIC.replace('"passkeys"', '"Pass Keys"'), r"^t\.toml:2: topic\[0\]\.slug: 'Pass Keys' must be lower-case"),
        (TOPIC + 'aliases = "passkey"\n', r"^t\.toml:6: topic\[0\]\.aliases: expected a list, found text"),
        (TOPIC.replace("name", "nmae"), r"^t\.toml:\d: topic\[0\]\.(nmae: unknown|name: the) key"),
    ],
)
def test_a_mistake_in_a_topic_is_named_with_line_and_key(text: str, message: str) -> None:
    """Slugs are the names advice is filed under: they must be plain and unique."""
    with pytest.raises(ConfigError, match=message):
        parse_topics(text, Path("t.toml"))


def test_long_texts_of_a_topic_become_one_line() -> None:
    """Primers are written over several lines in the file."""
    (topic,) = parse_topics(TOPIC + 'primer = """One\n   two."""\nnot = ["pass key"]\n', Path("t.toml"))
    assert topic.primer == "One two."
    assert topic.not_terms == ("pass key",)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[mail]\nhost = "h"\nsender = "nobody"\n', "3: mail.sender: 'nobody' is no mail address"),
        ('[advisor]\nemail = "x, y@z.example"\n', "2: advisor.email: "),
        ('[advisor]\nname = "A <b>"\nemail = "a@b.example"\n', "2: advisor.name: "),
    ],
)
def test_a_mailbox_no_digest_could_carry_is_refused_when_it_is_read(tmp_path: Path, text: str, place: str) -> None:
    """Not on Monday morning, when the first digest is built."""
    (tmp_path / "radar.toml").write_text(text)
    with pytest.raises(ConfigError, match=re.escape(f"radar.toml:{place}")):
        load_settings(tmp_path, {})


def test_a_password_file_is_found_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever folder Radar is called from."""
    (tmp_path / "radar.toml").write_text('[mail]\npassword_file = "secret"\n')
    (tmp_path / "secret").write_text("pass word\n")
    monkeypatch.chdir("/")
    assert load_settings(tmp_path, {}).mail.password == "pass word"
