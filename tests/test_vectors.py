"""Texts as rows: the table that ships, and the spaces learnt from the texts at hand."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from radar.errors import RadarError
from radar.vectors import DIMENSIONS, LsaSpace, TfidfSpace, embed_texts
from radar.vectors.embedding import TABLE, TABLE_SHA256, EmbeddingTable, compose_word

TEXTS = st.text(max_size=40) | st.lists(
    st.sampled_from("cloud C++ 5G A.I. ransomware donors' unheardofness 🚀 人工智能 the € ##ing .net q".split()),
    max_size=8,
).map(" ".join)
SAYS_NOTHING = ["", " \n", "🚀🚀", "人工智能改变世界", "— …", "\ud800", "\x00"]
ARCHIVE = [
    "Ransomware halts a hospital", "Hospital pays after ransomware", "Banks adopt passkeys for customers",
    "Passkeys replace passwords at banks", "A satellite texts from the field", "Field offices text by satellite",
]  # fmt: skip


def are_unit_or_zero(rows: np.ndarray) -> bool:
    lengths = np.linalg.norm(rows.astype(float), axis=1)
    return bool(np.all((np.abs(lengths - 1) < 1e-5) | ~rows.any(axis=1)))


# -- the table that ships ---------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=6))
@example(SAYS_NOTHING)
@example([])
def test_a_row_has_length_one_or_is_all_zero(texts: list[str]) -> None:
    """Never NaN, whatever comes."""
    rows = embed_texts(texts)
    assert rows.shape == (len(texts), DIMENSIONS)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    assert are_unit_or_zero(rows)


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_what_says_nothing_is_zero(text: str) -> None:
    """Its cosine to everything is 0: it joins nothing."""
    assert not embed_texts([text]).any()


@settings(max_examples=100, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=300), st.lists(TEXTS, max_size=5))
@example("cloud", ["x"] * 255, [])
@example("cloud", [""] * 256, [""])
def test_a_row_depends_on_its_text_alone(text: str, before: list[str], after: list[str]) -> None:
    """Neighbours, chunks and what was asked earlier change not a bit of it."""
    among = embed_texts([*before, text, *after])[len(before)]
    assert np.array_equal(among, embed_texts([text])[0])


@given(st.permutations("ransomware hits hospital systems in unheardofville again".split()))
def test_the_order_of_words_does_not_matter(words: Sequence[str]) -> None:
    """A row is a sum."""
    expected = embed_texts(["ransomware hits hospital systems in unheardofville again"])
    assert np.array_equal(embed_texts([" ".join(words)]), expected)


def test_a_long_text_is_read_up_to_its_thousandth_character() -> None:
    """What a story is about has been said by then; the rest costs nothing."""
    beginning = "cloud costs rise " * 60
    assert np.array_equal(*embed_texts([beginning[:1000] + "volcano" * 9, beginning[:1000]]))


def test_what_belongs_together_is_nearer() -> None:
    """Without one word in common."""
    rows = embed_texts(
        ["ransomware attack on a hospital", "hackers encrypt a clinic's files", "a recipe for apple pie"]
    )
    near, far = rows[0] @ rows[1], rows[0] @ rows[2]
    assert near > far + 0.2


def test_spellings_of_one_name_meet() -> None:
    """The table is asked with the tokens everything else is compared by."""
    rows = embed_texts(["A.I. on Wi‑Fi", "ai on WIFI", "Ai on wi-fi"])
    assert np.array_equal(rows[0], rows[1])
    assert np.array_equal(rows[0], rows[2])
    assert embed_texts(["C++"])[0] @ embed_texts(["C"])[0] < 0.9


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("cloud", ["cloud"]),
        ("clouds", ["cloud"]),  # its singular
        ("cloudscape", ["cloud", "##scape"]),
        ("cloudyscape", ["cloud", "##scape"]),  # a letter that continues nothing
        ("node.js", ["node", "js"]),
        ("r&d", []),
        ("", []),
    ],
)
def test_an_unknown_word_is_put_together_from_parts(word: str, parts: list[str]) -> None:
    """The longest beginning, then the longest continuations."""
    assert compose_word(word, {part: part for part in ("cloud", "cl", "node", "js", "##scape", "##s", "##sc")}) == parts


def test_an_unknown_word_is_near_the_words_it_is_made_of() -> None:
    """So that a name coined tomorrow is not lost."""
    coined, related, other = embed_texts(["cyberattackers", "cyber attack", "recipe"])
    assert coined.any()
    assert coined @ related > coined @ other + 0.2


def test_a_word_without_end_takes_no_time_to_speak_of() -> None:
    """Parts are short, so the search for them is linear in the word."""
    asked: list[str] = []

    class Rows(dict[str, int]):
        def __contains__(self, word: object) -> bool:
            asked.append(str(word))
            return super().__contains__(word)

    assert compose_word("x" * 1000, Rows()) == []
    assert len(asked) < 20_000


def test_the_table_that_ships_is_the_one_that_was_built() -> None:
    """Whole, unambiguous, and without a scale of 0."""
    table = EmbeddingTable.load(TABLE, TABLE_SHA256)
    assert len(table) > 20_000
    with np.load(TABLE, allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
        assert arrays["numbers"].shape == (len(words), DIMENSIONS)
        assert arrays["numbers"].dtype == np.int8
        assert np.isfinite(arrays["scales"]).all()
        assert (arrays["scales"] > 0).all()
    assert len(set(words)) == len(words) == len(table)


def test_the_table_holds_words_and_nothing_private() -> None:
    """No sentence, no address, no telephone number."""
    with np.load(TABLE, allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
    assert not [word for word in words if " " in word or "@" in word or len(word) > 24]
    assert not [word for word in words if re.search(r"\d{6}", word)]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:99] + b"\x00" + data[100:], lambda _: b""]
)
def test_a_damaged_table_is_refused(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """One line that says which file and what to do."""
    copy = tmp_path / "embedding.npz"
    copy.write_bytes(damage(TABLE.read_bytes()))
    with pytest.raises(RadarError, match=r"embedding\.npz is damaged .* install Radar again"):
        EmbeddingTable.load(copy, TABLE_SHA256)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    """The same for a file that is gone."""
    with pytest.raises(RadarError, match=r"embedding\.npz: cannot be read"):
        EmbeddingTable.load(tmp_path / "embedding.npz", TABLE_SHA256)


def test_another_process_gives_the_same_rows() -> None:
    """Nothing depends on the order of sets or on chance."""
    code = "from radar.vectors import embed_texts; print(embed_texts(['unheardofness of C++']).tobytes().hex())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == embed_texts(["unheardofness of C++"]).tobytes().hex()


def test_the_table_comes_without_scikit_learn() -> None:
    """`radar query` imports it in the middle of a talk."""
    code = (
        "import sys; from radar.vectors.embedding import embed_texts; embed_texts(['cloud']);"
        "print([name for name in ('sklearn', 'scipy', 'sqlalchemy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_name_that_vectors_does_not_have_is_refused() -> None:
    """Names are looked up late, but not made up."""
    import radar.vectors

    with pytest.raises(AttributeError, match="no attribute 'Word2Vec'"):
        _ = radar.vectors.Word2Vec


# -- spaces learnt from the texts at hand -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=3))
@example([], [""])
@example(["cloud"], ["cloud"])
@example(["cloud"] * 3, ["cloud"])
def test_lsa_rows_have_length_one_or_are_all_zero(archive: list[str], asked: list[str]) -> None:
    """Also of an archive with next to nothing in it."""
    space = LsaSpace(archive)
    for rows, texts in ((space.matrix, archive), (space.encode(asked), asked)):
        assert len(rows) == len(texts)
        assert np.isfinite(rows).all()
        assert are_unit_or_zero(rows)


def test_lsa_finds_company_that_shares_no_word() -> None:
    """ "Passwords" has only ever been seen beside "passkeys"."""
    space = LsaSpace(ARCHIVE, 3)
    passwords, customers, satellite = space.encode(["passwords", "customers", "satellite"])
    assert passwords @ customers > 0.9
    assert abs(passwords @ satellite) < 0.1


def test_lsa_is_the_same_in_every_run() -> None:
    """The search for directions starts from a fixed number."""
    assert np.array_equal(LsaSpace(ARCHIVE, 3).matrix, LsaSpace(ARCHIVE, 3).matrix)


def test_words_never_seen_are_zero_in_every_learnt_space() -> None:
    """They join nothing."""
    assert not LsaSpace(ARCHIVE).encode(["quantum"]).any()
    assert TfidfSpace(ARCHIVE).encode(["quantum"]).nnz == 0
