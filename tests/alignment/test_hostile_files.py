"""Whatever a file holds, it is read or refused with a reason, and in a time that its size explains."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.alignment.small_sets import HEADER, A, line, mapping_set, table
from tests.effort import examples

from virtuales.alignment.findings import Reading
from virtuales.alignment.json_form import read_json, write_json
from virtuales.alignment.rdf_reader import read_rdf
from virtuales.alignment.rdf_writer import write_turtle
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.errors import TooLarge, UnreadableInput, VirtualesError
from virtuales.rdf import media

SMALL = mapping_set(line(A + "x", confidence=0.5, match_string=("a|b", "c"), comment='a "word"'))
FORMS: list[tuple[str, Callable[[bytes], Reading]]] = [
    (write_tsv(SMALL), read_tsv),
    (write_json(SMALL), read_json),
    (write_turtle(SMALL), lambda content: read_rdf(content, media.TURTLE)),
]
CHANGES = st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=6)), min_size=1, max_size=6)


def outcome(read: Callable[[bytes], Reading], content: bytes) -> Reading | None:
    """Return what was read, or None if it was refused with one of our own errors; any other error is raised."""
    try:
        return read(content)
    except VirtualesError:
        return None


@pytest.mark.parametrize(("text", "read"), FORMS, ids=["tsv", "json", "rdf"])
@given(changes=CHANGES)
@settings(max_examples=examples(60), deadline=None)
def test_reads_or_refuses_what_was_damaged(
    text: str, read: Callable[[bytes], Reading], changes: list[tuple[int, bytes]]
) -> None:
    content = bytearray(text.encode())
    for place, other in changes:
        start = place % len(content)
        content[start : start + len(other)] = other
    reading = outcome(read, bytes(content))
    if reading is not None and not reading.errors():
        assert write_tsv(reading.mapping_set, lenient=True).encode()


@given(st.binary(max_size=200))
@settings(max_examples=examples(60), deadline=None)
def test_reads_or_refuses_any_bytes(content: bytes) -> None:
    for _, read in FORMS:
        reading = outcome(read, content)
        assert reading is None or reading.findings, "no few bytes are a faultless mapping set"


def test_refuses_half_characters() -> None:
    content = write_json(SMALL).replace("word", "\\ud800").encode()
    with pytest.raises(UnreadableInput, match="half of a character"):
        read_json(content)


def test_refuses_slots_without_number() -> None:
    with pytest.raises(TooLarge):
        read_tsv(table((), names=tuple(f"ext_{number}" for number in range(1_200))))
    with pytest.raises(TooLarge):
        read_tsv(table((), header=HEADER + "".join(f"#ext_{number}: x\n" for number in range(1_200))))


@pytest.mark.parametrize(
    "content",
    [
        table(*[("same", str(number)) for number in range(20_000)], names=("comment", "ext_number")),
        table(*[("7",)] * 20_000, names=("confidence",)),
        table(("|" * 200_000,), ("\\|" * 100_000,), names=("match_string", "see_also")),
        table(('"' + "x\n" * 50_000 + '"',), names=("comment",)),
        (HEADER + "\n" * 100_000 + "subject_id\n").encode(),
        ("#" + "[" * 50_000 + "\nsubject_id\n").encode(),
    ],
    ids=["alike rows", "wrong rows", "pipes", "long cell", "empty lines", "nesting"],
)
def test_takes_a_time_that_the_size_explains(content: bytes) -> None:
    start = time.process_time()
    outcome(read_tsv, content)
    assert time.process_time() - start < 5
