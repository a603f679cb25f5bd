"""The Turtle writer for files under version control."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from virtuales.rdf import media
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import RDF, RDFS
from virtuales.rdf.terms import Literal, NamedNode, Quad
from virtuales.rdf.turtle import Collection, TurtleDocument

EX = "http://example.org/ns#"
names = st.text(alphabet="abcXYZ019._-/()%é", min_size=1, max_size=8).filter(lambda text: "%" not in text)
iris = names.map(lambda name: NamedNode(EX + name))
literals = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")).map(Literal),
    st.booleans().map(Literal),
    st.integers(-999, 999).map(Literal),
    st.sampled_from(["en", "en-gb"]).map(lambda tag: Literal("text", language=tag)),
    st.just(Literal("1.50", datatype=NamedNode(EX + "Decimal"))),
)


def written(*statements: tuple[NamedNode, NamedNode, NamedNode | Literal | Collection]) -> str:
    document = TurtleDocument({"ex": EX})
    for statement in statements:
        document.add(*statement)
    return document.text()


@given(st.lists(st.tuples(iris, iris, st.one_of(iris, literals)), max_size=12))
def test_writes_statements_that_read_back_the_same(
    statements: list[tuple[NamedNode, NamedNode, NamedNode | Literal]],
) -> None:
    read = set(parse_file(written(*statements).encode(), media.TURTLE))
    assert read == {Quad(*statement) for statement in statements}


@given(st.lists(st.tuples(iris, iris, iris), max_size=8), st.randoms())
def test_writes_the_same_bytes_whatever_the_order(
    statements: list[tuple[NamedNode, NamedNode, NamedNode]], random: Random
) -> None:
    shuffled = sorted(statements, key=lambda _: random.random())
    assert written(*statements) == written(*shuffled)


def test_puts_type_and_label_first() -> None:
    a = NamedNode(EX + "a")
    text = written((a, NamedNode(EX + "Aa"), a), (a, RDFS.label, Literal("A")), (a, RDF.type, NamedNode(EX + "C")))
    assert text.split("\n\n")[1] == 'ex:a a ex:C ;\n  rdfs:label "A" ;\n  ex:Aa ex:a .\n'


def test_writes_collections() -> None:
    a = NamedNode(EX + "a")
    text = written((a, NamedNode(EX + "of"), Collection((a, Literal(1)))))
    assert "ex:of ( ex:a 1 )" in text
    assert len(list(parse_file(text.encode(), media.TURTLE))) == 5


def test_says_nothing_for_none_and_declares_only_used_prefixes() -> None:
    document = TurtleDocument({"ex": EX})
    document.add(NamedNode("http://other.org/"), RDFS.label, None)
    assert document.text("A comment") == "# A comment\n"
