"""The signed links: what is written is read, everything else is refused."""

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.brief.answer_links import TOKEN_LENGTH, Ticket, mark_item, mark_reader, read_token, write_token
from radar.records import ANSWERS, Answer

KEY = bytes(range(32))
weeks = (
    st.dates(date(2000, 1, 3), date(3200, 1, 1))
    .map(lambda day: day.isocalendar())
    .map(lambda at: f"{at[0]}-W{at[1]:02}")
)


@given(st.text(max_size=30), weeks, st.text(max_size=30), st.sampled_from([None, *ANSWERS]))
def test_what_is_written_is_read(executive: str, week: str, item: str, answer: Answer | None) -> None:
    """Any names, any week of twelve centuries; always of one length, and fit for a path."""
    token = write_token(KEY, executive, week, item, answer)
    assert len(token) == TOKEN_LENGTH
    assert read_token(KEY, token) == Ticket(
        mark_reader(KEY, executive), week, mark_item(KEY, executive, week, item), answer
    )


def test_every_other_letter_anywhere_is_refused() -> None:
    """Not one of the 48 can be changed, left out or added; also not the bits that base64 does not use."""
    token = write_token(KEY, "president", "2026-W48", "3f9a", "useful")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=é\0"
    for place in range(TOKEN_LENGTH):
        for letter in letters:
            altered = token[:place] + letter + token[place + 1 :]
            assert (read_token(KEY, altered) is not None) == (altered == token)
        assert read_token(KEY, token[:place]) is None
    assert read_token(KEY, token + "A") is None
    assert read_token(KEY, "") is None


def test_another_installations_key_makes_other_links() -> None:
    """And each answer has its own."""
    token = write_token(KEY, "president", "2026-W48", "3f9a", "useful")
    assert read_token(bytes(32), token) is None
    assert len({write_token(KEY, "president", "2026-W48", "3f9a", answer) for answer in (None, *ANSWERS)}) == 5


@pytest.mark.parametrize("secret", [b"president", b"3f9a12", b"2026"])
def test_a_link_does_not_say_whose_it_is(secret: bytes) -> None:
    """The name is hashed with the key: without it nobody can try names either."""
    token = write_token(KEY, "president", "2026-W48", "3f9a12", "useful")
    assert secret not in base64.urlsafe_b64decode(token.partition(".")[0])
    assert mark_reader(KEY, "president") != mark_reader(bytes(32), "president")
