"""Difference models: what is refused, what conflicts are listed, and the laws of comparing and applying."""

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.preparation.cim_documents import (
    BASE,
    CIM,
    EQ,
    SSH,
    VOCABULARY,
    XSD,
    OneVocabulary,
    about,
    difference,
    difference_header,
    document,
    header,
    line,
    named,
    read,
    terminal,
)

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.preparation.cim.applying import Applied, Conflict, ConflictKind, apply_differences
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile, compare, inverse
from virtuales.preparation.cim.difference_reader import DifferenceReader
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.ntriples import body, header_lines
from virtuales.preparation.cim.reader import ReadLimits
from virtuales.preparation.cim.writer import write_difference

OBJECT = '<cim:ACLineSegment rdf:ID="_a"/>'


def read_difference(data: bytes, **options: object) -> DifferenceModel:
    limits = ReadLimits(source_bytes=100_000)
    reader = DifferenceReader(OneVocabulary(), BASE, limits=limits)
    return reader.read(io.BytesIO(data), name="change.xml", **options)  # type: ignore[arg-type]


def full(place: Path, data: bytes, name: str = "base") -> ModelFile:
    """Read a model and keep its statements in a file."""
    reading, lines = read(data)
    path = place / f"{name}.nt"
    path.write_text("".join(line + "\n" for line in lines))
    return ModelFile(f"{name}.xml", reading.header, path, reading.profiles, VOCABULARY, reading.identifiers)


def applied(place: Path, base: bytes, *changes: bytes) -> Applied:
    return apply_differences(full(place, base), [read_difference(one) for one in changes], place / "result.nt")


def said(model: ModelFile) -> set[str]:
    """Return a model's statements, the header left out, with short names."""
    with model.statements.open("rb") as source:
        return {short(one.decode()) for one in body(source, model.header)}


def short(statement: str) -> str:
    return statement.strip(" .\n").replace(f"<{BASE}#", "<").replace(CIM, "").replace(XSD, "")


def kinds(conflicts: Iterable[Conflict]) -> list[tuple[str, str | None]]:
    return [(one.kind.value, one.statement and short(one.statement)) for one in conflicts]


@pytest.mark.parametrize(
    ("data", "kind", "message", "where"),
    [
        (document(line("_a")), UnreadableInput, "no difference model", "change.xml"),
        (
            difference(parse_type="rdf:parseTyp"),
            UnreadableInput,
            "not marked",
            "change.xml, line 4, element preconditions",
        ),
        (
            difference(parse_type="rdf:parseType").replace(b'"Statements"', b'"Literal"'),
            UnreadableInput,
            "not marked",
            "change.xml, line 4, element preconditions",
        ),
        (
            difference(forward=OBJECT + OBJECT),
            UnreadableInput,
            "same `rdf:ID`",
            "change.xml",
        ),
        (
            difference(forward='<cim:Lamp rdf:ID="_l"/>'),
            UnknownTerm,
            "Lamp> is not part",
            "change.xml, line 6, element Lamp",
        ),
        (
            difference(reverse=about("_a", "<cim:ACLineSegment.colour>x</cim:ACLineSegment.colour>")),
            UnknownTerm,
            "colour> is not part",
            "change.xml, line 5, element ACLineSegment.colour",
        ),
        (
            difference(forward=header()),
            UnreadableInput,
            "header of a full model",
            "change.xml, line 6, element FullModel",
        ),
        (
            difference(head=difference_header(more="<md:Model.colour>x</md:Model.colour>")),
            UnknownTerm,
            "Model.colour",
            "change.xml, line 3, element Model.colour",
        ),
        (
            difference(head=difference_header(more=OBJECT)),
            UnknownTerm,
            "no property",
            "change.xml, line 3, element ACLineSegment",
        ),
        (difference(head=difference_header(more="lost")), UnreadableInput, "'lost'", "change.xml, line 3"),
        (
            difference().replace(b"</rdf:RDF>", line("_a").encode() + b"</rdf:RDF>"),
            UnreadableInput,
            "beside the difference model",
            "change.xml, line 8, element ACLineSegment",
        ),
        (
            difference().replace(
                b"<dm:preconditions", b'<dm:reverseDifferences parseType="Statements"/><dm:preconditions'
            ),
            UnreadableInput,
            "section twice",
            "change.xml, line 5, element reverseDifferences",
        ),
        (difference(head=difference_header(profile="")), UnreadableInput, "names no profile", "change.xml"),
        (difference(head=difference_header(profile="http://x.example/p")), UnknownTerm, "x.example", "change.xml"),
        (difference()[:-40], UnreadableInput, "not well-formed", "change.xml, line 6"),
        (difference(forward=" " * 100_000), TooLarge, "100,000", "change.xml"),
        (b"<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>", UnreadableInput, "document type", "change.xml, line 1"),
    ],
)
def test_refuses_a_difference_model(data: bytes, kind: type[InputError], message: str, where: str) -> None:
    with pytest.raises(kind) as caught:
        read_difference(data)
    assert message in caught.value.what
    assert (caught.value.where or "").startswith(where)


def test_refuses_two_difference_models_in_one_file() -> None:
    data = difference()
    start, end = data.index(b"<dm:DifferenceModel"), data.index(b"</rdf:RDF>")
    with pytest.raises(UnreadableInput, match="second difference model"):
        read_difference(data[:end] + data[start:end] + data[end:])


def test_says_the_line_of_a_fault_far_down_in_a_section() -> None:
    objects = "\n" * 70_000 + line("_a", "\n<cim:Lamp.colour>x</cim:Lamp.colour>")
    with pytest.raises(UnknownTerm) as caught:
        read_difference(difference(reverse=line("_b"), forward=objects))
    assert caught.value.where == "change.xml, line 70008, element Lamp.colour"


@pytest.mark.parametrize("parse_type", ["parseType", "rdf:parseType"])
def test_reads_typed_statements_of_each_section(parse_type: str) -> None:
    model = read_difference(
        difference(
            preconditions=about("_a", named("x")),
            reverse=about("_a", "<cim:ACLineSegment.r>1.0</cim:ACLineSegment.r>"),
            forward=line("_b", named("y")),
            parse_type=parse_type,
        )
    )
    assert {short(one.decode()) for one in model.preconditions} == {'<_a> <IdentifiedObject.name> "x"'}
    assert {short(one.decode()) for one in model.reverse} == {'<_a> <ACLineSegment.r> "1.0"^^<float>'}
    assert len(model.forward) == 2
    assert model.header.supersedes == ("urn:uuid:00000000-0000-4000-8000-00000000000a",)
    assert model.header.profiles == (EQ,)


def test_the_mark_of_a_difference_model_before_a_profile_is_no_part_of_it() -> None:
    marked = "http://iec.ch/TC57/61970-552/DifferenceModel/1" + EQ
    assert read_difference(difference(head=difference_header(profile=marked))).header.profiles == (EQ,)


@pytest.mark.parametrize(
    ("change", "listed"),
    [
        (difference(head=difference_header("urn:uuid:00000000-0000-4000-8000-0000000000ff")), [("base", None)]),
        (difference(head=difference_header(profile=SSH)), [("profile", None)]),
        (
            difference(preconditions=about("_a", named("other"))),
            [("precondition", '<_a> <IdentifiedObject.name> "other"')],
        ),
        (difference(reverse=about("_a", named("other"))), [("absent", '<_a> <IdentifiedObject.name> "other"')]),
        (difference(forward=about("_a", named("A"))), [("present", '<_a> <IdentifiedObject.name> "A"')]),
        (
            difference(forward=about("_a", named("B"))),
            [
                ("several-values", '<_a> <IdentifiedObject.name> "A"'),
                ("several-values", '<_a> <IdentifiedObject.name> "B"'),
            ],
        ),
        (
            difference(forward='<cim:Terminal rdf:about="#_a"/>'),
            [
                ("several-values", f"<_a> <{'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'}> <ACLineSegment>"),
                ("several-values", f"<_a> <{'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'}> <Terminal>"),
            ],
        ),
        (difference(forward=about("_new", named("N"))), [("untyped", None)]),
        (difference(reverse='<cim:ACLineSegment rdf:ID="_a"/>'), [("untyped", None)]),
        (
            difference(reverse=line("_a", named("A"))),
            [("dangling", "<_t> <Terminal.ConductingEquipment> <_a>")],
        ),
        (
            difference(reverse=line("_a", named("A")) + terminal("_t", "#_a"), forward=terminal("_u", "#_a")),
            [("dangling", "<_u> <Terminal.ConductingEquipment> <_a>")],
        ),
    ],
)
def test_lists_what_does_not_fit(tmp_path: Path, change: bytes, listed: list[tuple[str, str | None]]) -> None:
    result = applied(tmp_path, document(line("_a", named("A")), terminal("_t", "#_a")), change)
    assert kinds(result.conflicts) == listed
    assert {one.difference for one in result.conflicts} == {"change.xml"}


def test_refuses_a_difference_of_another_model(tmp_path: Path) -> None:
    base = full(tmp_path, document(line("_a")))
    change = read_difference(difference())
    other = ModelFile(
        base.name, base.header, base.statements, base.profiles, type(VOCABULARY)("other"), base.identifiers
    )
    with pytest.raises(InputError, match="is of `small`, its base of `other`"):
        apply_differences(other, [change], tmp_path / "result.nt")
    with pytest.raises(InputError, match="no difference model"):
        apply_differences(base, [], tmp_path / "result.nt")


def test_refuses_to_compare_models_of_different_profiles(tmp_path: Path) -> None:
    equipment = full(tmp_path, document(line("_a")))
    state = full(tmp_path, document(line("_a"), head=header(profile=SSH)), "state")
    with pytest.raises(InputError, match=r"follows EQ of small and `state\.xml` follows SSH of small"):
        compare(equipment, state)
    bare = ModelFile("bare.xml", None, equipment.statements, (EQ,), VOCABULARY, equipment.identifiers)
    with pytest.raises(InputError, match="without header") as caught:
        compare(bare, equipment)
    assert caught.value.where == "bare.xml"


def test_applies_differences_in_sequence(tmp_path: Path) -> None:
    result = applied(
        tmp_path,
        document(line("_a", named("A")), terminal("_t", "#_a")),
        difference(reverse=about("_a", named("A")), forward=about("_a", named("B")) + line("_b", named("new"))),
        difference(preconditions=about("_a", named("B")), reverse=line("_b", named("new"))),
    )
    assert result.conflicts == ()
    assert (result.removed, result.added) == (3, 3)
    assert '<_a> <IdentifiedObject.name> "B"' in said(result.model)
    assert len(said(result.model)) == 4


def test_statements_that_both_end_and_begin_stay(tmp_path: Path) -> None:
    same = line("_a", named("A"))
    result = applied(tmp_path, document(same), difference(reverse=same, forward=same))
    assert result.conflicts == ()
    assert (result.removed, result.added) == (0, 0)


def test_the_result_supersedes_its_base_and_takes_the_header_of_the_last_difference(tmp_path: Path) -> None:
    more = "<md:Model.version>7</md:Model.version>"
    result = applied(tmp_path, document(line("_a")), difference(head=difference_header(more=more)))
    head = result.model.header
    assert head is not None
    assert head.supersedes == ("urn:uuid:00000000-0000-4000-8000-00000000000a",)
    assert (head.version, head.created, head.profiles) == ("7", "2026-07-01T00:00:00Z", (EQ,))
    assert head.iri.startswith("urn:uuid:")
    assert applied(tmp_path, document(line("_a")), difference(head=difference_header(more=more))).model.header == head


NAMES = ("A", "B", "C é", 'quoted "x"', "back\\slash", "two\nlines", " ", "")
objects = st.dictionaries(
    st.sampled_from([f"_{name}" for name in "abcdefgh"]),
    st.tuples(
        st.sampled_from(["ACLineSegment", "Terminal"]),
        st.sampled_from(NAMES),
        st.sampled_from([None, "_a", "_b", "_z"]),
    ),
    max_size=8,
)


def lines_of(objects: dict[str, tuple[str, str, str | None]]) -> list[bytes]:
    lines = []
    for identifier, (kind, name, target) in objects.items():
        subject = f"<{BASE}#{identifier}>"
        escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f"{subject} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CIM}{kind}> .\n")
        lines.append(f'{subject} <{CIM}IdentifiedObject.name> "{escaped}" .\n')
        if target is not None:
            lines.append(f"{subject} <{CIM}Terminal.ConductingEquipment> <{BASE}#{target}> .\n")
    return [one.encode() for one in lines]


def kept(place: Path, number: int, lines: Iterable[bytes], supersedes: tuple[str, ...] = ()) -> ModelFile:
    """Keep statements as the model of that number."""
    iri = f"urn:uuid:00000000-0000-4000-8000-{number:012}"
    head = ModelHeader(iri, (EQ,), created="2026-06-01T00:00:00Z", version=str(number), supersedes=supersedes)
    path = place / f"{number}.nt"
    path.write_bytes(b"".join([*header_lines(head), *lines]))
    return ModelFile(f"m{number}.xml", head, path, (EQ,), VOCABULARY, Identifiers(BASE))


def iri_of(model: ModelFile) -> str:
    assert model.header is not None
    return model.header.iri


def content(model: ModelFile) -> list[bytes]:
    return sorted(model.statements.read_bytes().splitlines())


@settings(deadline=None, max_examples=examples(60))
@given(objects, objects)
def test_applying_the_difference_of_two_models_to_the_first_gives_the_second(
    before: dict[str, tuple[str, str, str | None]], after: dict[str, tuple[str, str, str | None]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        first = kept(place, 1, lines_of(before))
        second = kept(place, 2, lines_of(after), (iri_of(first),))
        change = compare(first, second)
        assert change == compare(first, second)
        result = apply_differences(first, [change], place / "result.nt", model=iri_of(second))
        assert content(result.model) == content(second)
        assert [one for one in result.conflicts if one.kind not in _OF_THE_MODELS] == []
        back = inverse(change, supersedes=iri_of(result.model))
        again = apply_differences(result.model, [back], place / "again.nt")
        assert said(again.model) == said(first)
        sink = io.BytesIO()
        write_difference(change, sink)
        written = DifferenceReader(OneVocabulary(), BASE).read(sink, name=change.name)
        assert (written.reverse, written.forward, written.header) == (change.reverse, change.forward, change.header)


_OF_THE_MODELS = (ConflictKind.DANGLING,)
"""Conflicts that the second model itself has: it refers to what it does not describe."""


@settings(deadline=None, max_examples=20)
@given(objects)
def test_a_model_does_not_differ_from_itself(model: dict[str, tuple[str, str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        change = compare(kept(place, 1, lines_of(model)), kept(place, 2, reversed(lines_of(model))))
        assert change.is_empty
        assert (change.reverse, change.forward) == (frozenset(), frozenset())


@settings(deadline=None, max_examples=examples(40))
@given(objects, objects, objects)
def test_the_order_of_independent_differences_does_not_matter(
    before: dict[str, tuple[str, str, str | None]],
    one: dict[str, tuple[str, str, str | None]],
    other: dict[str, tuple[str, str, str | None]],
) -> None:
    left = {name: value for name, value in one.items() if name in ("_a", "_b", "_c", "_d")}
    right = {name: value for name, value in other.items() if name not in ("_a", "_b", "_c", "_d")}
    rest_left = {name: value for name, value in before.items() if name not in ("_a", "_b", "_c", "_d")}
    rest_right = {name: value for name, value in before.items() if name in ("_a", "_b", "_c", "_d")}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        base = kept(place, 1, lines_of(before))
        first = compare(base, kept(place, 2, lines_of(rest_left | left)))
        second = compare(base, kept(place, 3, lines_of(rest_right | right)))
        assert said(apply_differences(base, [first, second], place / "x.nt").model) == said(
            apply_differences(base, [second, first], place / "y.nt").model
        )
