"""Words for people: sensitivity classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import SKOS
from virtuales.rdf.terms import NamedNode, Term, plain


@dataclass(frozen=True)
class Sensitivity:
    """A sensitivity class: its letters, its name and what it means."""

    letters: str
    name: str
    meaning: str


def load_sensitivities(file: Path) -> Mapping[str, Sensitivity]:
    """Read the sensitivity classes from the contributed facts, by their letters.

    Raises:
        UnreadableInput: the file is missing or no Turtle.
    """
    facts: dict[str, dict[NamedNode, str]] = {}
    for quad in parse_file(file):
        if isinstance(quad.object, Term):
            facts.setdefault(str(quad.subject), {})[quad.predicate] = plain(quad.object)
    classes = [
        Sensitivity(node[SKOS.notation], node[SKOS.prefLabel], node[SKOS.definition])
        for node in facts.values()
        if SKOS.notation in node
    ]
    return {one.letters: one for one in sorted(classes, key=lambda one: one.letters)}
