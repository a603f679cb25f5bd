"""A dataset in a file is changed as the engine would, and what is left alone stays as it was written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, Store, parse

from virtuales.errors import UnreadableInput
from virtuales.query.changing import Change, Part, carry_out

TERMS = st.sampled_from(["<urn:a>", "<urn:b>", '"01"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@en-gb'])
GRAPHS = st.sampled_from(["<urn:g>", "<urn:h>"])
LINES = st.lists(
    st.tuples(
        st.sampled_from(["<urn:a>", "<urn:b>"]), st.just("<urn:p>"), TERMS.filter(lambda one: one != "1"), GRAPHS
    ),
    max_size=8,
)
UPDATES = st.sampled_from(
    [
        "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1, 2 } }",
        "DELETE WHERE { GRAPH <urn:g> { ?s ?p 1 } }",
        "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?o ?p ?s } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        "INSERT { ?s ?p [ <urn:q> ?o ] } WHERE { GRAPH <urn:h> { ?s ?p ?o } }",
        "COPY <urn:g> TO <urn:h>",
        "DROP SILENT GRAPH <urn:g> ; CLEAR DEFAULT",
        "DELETE DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } }",
    ]
)


def file_of(place: Path, lines: list[tuple[str, ...]]) -> Path:
    file = place / "before.nq"
    file.write_text("".join(sorted({" ".join(line) + " .\n" for line in lines})), encoding="utf-8")
    return file


def quads(file: Path) -> set[Quad]:
    return set(parse(path=file, format=RdfFormat.N_QUADS))


@given(lines=LINES, update=UPDATES)
def test_an_update_does_what_the_engine_does(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, ...]], update: str
) -> None:
    place = tmp_path_factory.mktemp("change")
    before, after, patch = file_of(place, lines), place / "after.nq", place / "change.patch"
    changed = carry_out(Change("update", "urn:base:", update=update), before, after=after, patch=patch)
    plain = Store()
    plain.bulk_extend(quads(before))
    plain.update(update)
    held = Store()
    held.bulk_extend(quads(after))
    assert len(held) == len(plain)
    if "[" not in update:
        assert set(held) == set(plain)
    assert applied(before.read_text(), patch.read_text()) == sorted(after.read_text().splitlines())
    assert (changed.added, changed.removed) == (patch.read_text().count("\nA "), patch.read_text().count("\nD "))


def applied(before: str, patch: str) -> list[str]:
    """Apply an RDF Patch to lines of N-Quads."""
    held = set(before.splitlines())
    for line in patch.splitlines():
        if line.startswith("D "):
            held.remove(line[2:])
        elif line.startswith("A "):
            held.add(line[2:])
    return sorted(held)


def test_what_an_update_leaves_alone_stays_as_it_was_written(tmp_path: Path) -> None:
    written = '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    before = file_of(
        tmp_path, [("<urn:a>", "<urn:p>", written, "<urn:g>"), ("<urn:b>", "<urn:p>", "<urn:c>", "<urn:g>")]
    )
    update = "DELETE WHERE { GRAPH <urn:g> { <urn:b> ?p ?o } }"
    carry_out(Change("update", "urn:base:", update=update), before, after=tmp_path / "a", patch=tmp_path / "p")
    assert (tmp_path / "a").read_text() == f"<urn:a> <urn:p> {written} <urn:g> .\n"


def test_graphs_are_put_added_to_and_deleted(tmp_path: Path) -> None:
    sent = tmp_path / "sent.ttl"
    sent.write_text("<x> <urn:p> [ <urn:q> 01 ] .")
    parts, after, patch = (Part(str(sent), "text/turtle"),), tmp_path / "a.nq", tmp_path / "p"
    put = Change("put", "urn:base:", graph="urn:g", parts=parts)
    assert carry_out(put, None, after=after, patch=patch).existed is False
    assert '"01"' in after.read_text()
    assert after.read_text().count("<urn:g>") == 2
    again = tmp_path / "b.nq"
    assert (
        carry_out(Change("post", "urn:base:", graph="urn:g", parts=parts), after, after=again, patch=patch).added == 2
    )
    gone = tmp_path / "c.nq"
    assert carry_out(Change("delete", "urn:base:", graph="urn:g"), again, after=gone, patch=patch).removed == 4
    assert gone.read_text() == ""


@pytest.mark.parametrize("update", ["DROP", "INSERT DATA { ?s ?p ?o }", "SELECT * { ?s ?p ?o }"])
def test_refuses_what_is_no_update(tmp_path: Path, update: str) -> None:
    with pytest.raises(UnreadableInput, match="not valid SPARQL"):
        carry_out(Change("update", "urn:b:", update=update), None, after=tmp_path / "a", patch=tmp_path / "p")


def test_refuses_what_is_not_well_formed(tmp_path: Path) -> None:
    sent = tmp_path / "sent.ttl"
    sent.write_text("<x> <urn:p>\n oh .")
    change = Change("put", "urn:base:", parts=(Part(str(sent), "text/turtle"),))
    with pytest.raises(UnreadableInput, match="not well-formed Turtle"):
        carry_out(change, None, after=tmp_path / "a", patch=tmp_path / "p")
