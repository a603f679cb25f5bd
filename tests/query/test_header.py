"""The metadata block: modest YAML, with lines, and nothing that the specification forbids."""

import pytest

from virtuales.errors import TooLarge, UnreadableInput
from virtuales.query.header import LARGEST, Entry, parse_header


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: &x 1\nb: 2", "an anchor"),
        ("a: *x", "an alias"),
        ("a: !!str 1", "a tag"),
        ("%YAML 1.2\n---\na: 1", "a directive"),
        ("a: 1\n---\nb: 2", "a second document"),
        ("a: 1\na: 2", "`a` twice"),
        ("[a]: 1", "a list or dictionary for a key"),
        ("a: [[[[[[1]]]]]]", "more than 4 levels"),
    ],
)
def test_refuses_what_the_specification_forbids(text: str, complaint: str) -> None:
    with pytest.raises(UnreadableInput, match=f"The metadata block has {complaint}") as caught:
        parse_header(text, file="a.tsv", first_line=7)
    assert caught.value.where is not None
    assert caught.value.where.startswith("a.tsv, line ")


def test_refuses_what_is_no_yaml_and_names_the_line() -> None:
    with pytest.raises(UnreadableInput, match="is not YAML") as caught:
        parse_header("a: 1\nb: [1\nc: 2", file="a.tsv", first_line=10)
    assert caught.value.where == "a.tsv, line 12"


def test_refuses_a_block_that_is_a_text() -> None:
    with pytest.raises(UnreadableInput, match="no list of slots"):
        parse_header("just words", file="a.tsv")


def test_refuses_a_block_beyond_all_measure() -> None:
    with pytest.raises(TooLarge):
        parse_header("a" * (LARGEST + 1), file="a.tsv")


def test_keeps_texts_as_they_are_written() -> None:
    block = parse_header("a: 2020-05-30\nb: 1.10\nc: no\nd: '~'\ne: ~\nf:\n- x\n- y\ng: {p: q}", file="a.tsv")
    assert [block[key].value for key in "abcde"] == ["2020-05-30", "1.10", "no", "~", None]
    assert block["f"] == Entry([Entry("x", 7), Entry("y", 8)], 7)
    assert block["g"].value == {"p": Entry("q", 9)}


def test_takes_a_single_value_for_a_list_of_one() -> None:
    assert parse_header("a: x", file="a.tsv")["a"].items() == [Entry("x", 1)]
    assert parse_header("a:", file="a.tsv")["a"].items() == []
    assert parse_header("", file="a.tsv") == {}
