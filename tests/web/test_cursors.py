"""Cursors of lists: read back as they were made, and refused whatever was done to them."""

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.errors import InputError
from virtuales.trust.keys import SigningKey
from virtuales.web.cursors import Cursors

KEY = SigningKey.generate()
CURSORS = Cursors(KEY, ("terms", "line", None))


def test_a_first_page_has_no_cursor_and_a_last_one_gives_none() -> None:
    assert CURSORS.opened(None) is CURSORS.opened("") is CURSORS.sealed(None) is None


@settings(max_examples=examples(200), deadline=None)
@given(st.text())
def test_a_cursor_is_read_back(position: str) -> None:
    try:
        position.encode()
    except UnicodeEncodeError:
        return
    assert CURSORS.opened(CURSORS.sealed(position)) == position


@settings(max_examples=examples(200), deadline=None)
@given(st.text(string.ascii_letters + string.digits + "-_=é ", min_size=1))
def test_what_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(InputError, match="not what a page of these results gave"):
        CURSORS.opened(cursor)


def test_a_cursor_that_was_changed_is_refused() -> None:
    whole = bytearray(base64.urlsafe_b64decode(f"{CURSORS.sealed('http://n.example/id/dataset/a')}=="))
    for place in range(len(whole)):
        forged = bytes(whole[:place]) + bytes([whole[place] ^ 1]) + bytes(whole[place + 1 :])
        with pytest.raises(InputError):
            CURSORS.opened(base64.urlsafe_b64encode(forged).decode().rstrip("="))


@pytest.mark.parametrize(
    "other",
    [
        Cursors(KEY, ("terms", "lines", None)),
        Cursors(KEY, ("catalogue", "line", None)),
        Cursors(SigningKey.generate(), CURSORS.asked),
    ],
)
def test_a_cursor_of_another_list_question_or_node_is_refused(other: Cursors) -> None:
    with pytest.raises(InputError):
        CURSORS.opened(other.sealed("a"))
