"""Alignments of the conference ontologies: references, equal names, and references with seeded wrong rows."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree as ET

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import (
    BROAD_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    EXACT_MATCH,
    LEXICAL_MATCHING,
    MANUAL_CURATION,
    NARROW_MATCH,
)
from virtuales.models.axioms import Axioms
from virtuales.models.owl_axioms import axioms_of_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.terms import Quad, Triple

SUITE = "suites/alignment/oaei-conference"
_SHARE_OF_CLASSES = 0.6
"""Of the wrong rows, those that map classes; the others map properties."""
_PREDICATES = (EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY, BROAD_MATCH, NARROW_MATCH)


@dataclass
class Ontology:
    """A published ontology, as its file says it and as axioms.

    Args:
        file: The file.
    """

    file: Path

    @cached_property
    def quads(self) -> list[Quad]:
        """Its statements."""
        return list(parse_file(self.file))

    @cached_property
    def triples(self) -> list[Triple]:
        """Its statements without graph."""
        return [quad.triple for quad in self.quads]

    @cached_property
    def axioms(self) -> Axioms:
        """Its axioms."""
        return axioms_of_quads(self.quads, name=self.file.stem)


@dataclass(frozen=True)
class Case:
    """One alignment of two ontologies.

    Args:
        name: The pair, and what the alignment is.
        left: One ontology.
        right: The other.
        mappings: The alignment.
    """

    name: str
    left: Ontology
    right: Ontology
    mappings: tuple[Mapping, ...]


def conference_cases(suite: Path, *, seeded: int) -> Iterator[Case]:
    """Give for each pair with a reference: the reference, equal names, and references with one to five wrong rows.

    Args:
        suite: The folder of the conference track.
        seeded: How many alignments with wrong rows are made for each pair; always the same ones.
    """
    ontologies = {file.stem: Ontology(file) for file in (suite / "ontologies").glob("*.owl")}
    for file in sorted((suite / "reference").glob("*.rdf")):
        one, _, two = file.stem.partition("-")
        left, right = ontologies[one], ontologies[two]
        reference = tuple(_reference(file))
        yield Case(f"{file.stem} reference", left, right, reference)
        yield Case(f"{file.stem} equal names", left, right, tuple(_equal_names(left.axioms, right.axioms)))
        for number in range(seeded):
            chance = random.Random(f"{file.stem} {number}")  # noqa: S311  # the same rows each time
            wrong = (_wrong(left.axioms, right.axioms, chance) for _ in range(chance.randint(1, 5)))
            yield Case(f"{file.stem} seeded {number + 1}", left, right, (*reference, *wrong))


def _reference(file: Path) -> Iterator[Mapping]:
    cells = (each for each in ET.parse(file).iter() if each.tag.endswith("}Cell"))  # noqa: S314  # a local suite
    for line, cell in enumerate(cells, 1):
        ends = [next(iter(part.attrib.values())) for part in cell if "}entity" in part.tag]
        yield Mapping(ends[0], EXACT_MATCH, ends[1], MANUAL_CURATION, line=line)


def _equal_names(left: Axioms, right: Axioms) -> Iterator[Mapping]:
    for ones, twos in ((left.classes, right.classes), (left.properties.keys(), right.properties.keys())):
        named = {_key(term): term for term in sorted(twos)}
        for term in sorted(ones):
            if _key(term) in named:
                yield Mapping(term, EXACT_MATCH, named[_key(term)], LEXICAL_MATCHING)


def _key(term: str) -> str:
    return term.rpartition("#")[2].lower().replace("_", "").replace("-", "")


def _wrong(left: Axioms, right: Axioms, chance: random.Random) -> Mapping:
    """Return a mapping of two terms of the same kind, most often a wrong one."""
    if chance.random() < _SHARE_OF_CLASSES:
        ends = chance.choice(sorted(left.classes)), chance.choice(sorted(right.classes))
    else:
        kinds = [kind for kind in ("object", "data") if _properties(left, kind) and _properties(right, kind)]
        kind = chance.choice(kinds)
        ends = chance.choice(_properties(left, kind)), chance.choice(_properties(right, kind))
    return Mapping(ends[0], chance.choice(_PREDICATES), ends[1], MANUAL_CURATION)


def _properties(model: Axioms, kind: str) -> list[str]:
    return sorted(name for name, each in model.properties.items() if each == kind)
