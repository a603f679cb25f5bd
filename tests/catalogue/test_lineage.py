"""Lineages: followed both ways, as far as the asker may see, drawn with all arrows one way."""

from collections.abc import Iterable
from itertools import pairwise

from virtuales.catalogue.lineage import MOST_THINGS, Lineage, read_lineage
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCAT, DCTERMS, PROV
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.web.portal.lineage_drawing import draw_lineage

PUBLIC, PRIVATE = NamedNode("https://n.example/graph/public"), NamedNode("https://n.example/graph/participants")
LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")


def iri(name: str) -> NamedNode:
    return NamedNode(f"https://n.example/id/dataset/{name}/version/1")


def lineage(
    *derivations: tuple[str, str], of: str = "v", private: Iterable[tuple[str, str]] = (), participant: bool = False
) -> Lineage:
    """Read the lineage of a version from derivations: what was derived, and from what."""
    store = OxigraphStore.in_memory()
    statements = [Statements(PUBLIC), Statements(PRIVATE)]
    for graph, pairs in zip(statements, (derivations, private), strict=True):
        for derived, source in pairs:
            graph.say(iri(derived), PROV.wasDerivedFrom, iri(source))
    statements[0].say(iri("v"), DCTERMS.title, "The version").say(iri("v"), DCAT.version, "1")
    statements[0].say(iri("v"), DCTERMS.license, LICENCE)
    change = ChangeSet(add=statements[0].quads + statements[1].quads)
    store.apply(change, sequence=1)
    return read_lineage(store, [PUBLIC, PRIVATE] if participant else [PUBLIC], iri(of))


def steps(found: Lineage) -> dict[str, int]:
    """Return the steps of each thing by its short name."""
    return {thing.iri.partition("/dataset/")[2].partition("/")[0]: thing.steps for thing in found.things}


def test_follows_sources_and_what_was_made_of_a_version() -> None:
    found = lineage(("v", "a"), ("a", "b"), ("c", "v"), ("d", "c"), ("other", "a"))
    assert steps(found) == {"b": -2, "a": -1, "v": 0, "c": 1, "d": 2}
    assert len(found.derivations) == 4
    assert found.is_whole
    (version,) = [thing for thing in found.things if thing.steps == 0]
    assert (version.title, version.licence) == ("The version, version 1", LICENCE.value)


def test_a_version_without_lineage_is_alone() -> None:
    found = lineage(("x", "y"))
    assert found.is_alone
    assert steps(found) == {"v": 0}


def test_shows_only_what_the_asker_may_see() -> None:
    private = [("v", "secret"), ("made", "v")]
    assert steps(lineage(("v", "a"), private=private)) == {"a": -1, "v": 0}
    assert steps(lineage(("v", "a"), private=private, participant=True)) == {"a": -1, "secret": -1, "v": 0, "made": 1}


def test_the_longest_way_counts_so_that_all_arrows_point_one_way() -> None:
    found = lineage(("v", "a"), ("v", "b"), ("b", "a"))
    assert steps(found) == {"a": -2, "b": -1, "v": 0}
    drawing = draw_lineage(found, licence_of={LICENCE.value: "CC BY 4.0"})
    assert len(drawing.arrows) == 3
    across = {box.name: box.x for box in drawing.boxes}
    assert sorted(across.values()) == list(across.values())
    assert all(one < other for one, other in pairwise(sorted(across.values())))
    assert [box.below for box in drawing.boxes if box.is_version] == ["CC BY 4.0"]
    assert all(0 <= box.x <= drawing.width - drawing.box_width for box in drawing.boxes)
    assert all(0 <= box.y <= drawing.height - drawing.box_height for box in drawing.boxes)


def test_ends_where_derivations_run_in_a_circle_or_are_very_many() -> None:
    assert set(steps(lineage(("v", "a"), ("a", "b"), ("b", "v")))) == {"v", "a", "b"}
    many = lineage(*(("v", f"s{number}") for number in range(MOST_THINGS * 3)))
    assert len(many.things) == MOST_THINGS
    assert not many.is_whole
    assert len(many.derivations) == MOST_THINGS - 1
    long = lineage(*((f"s{number}" if number else "v", f"s{number + 1}") for number in range(MOST_THINGS * 3)))
    assert len(long.things) == MOST_THINGS
    assert draw_lineage(long, licence_of={}).width > 0
