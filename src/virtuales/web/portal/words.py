"""Words for people: sensitivity classes, and texts in numbered clauses."""

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


@dataclass(frozen=True)
class Clause:
    """One numbered clause of a text: what it is about, and what it says."""

    title: str
    text: str


def clauses(markdown: str) -> tuple[str, list[Clause]]:
    r"""Read a text of one heading and numbered clauses whose first words are stressed.

    Returns:
        The heading and the clauses, each on one line.

    >>> clauses("# Terms\n\n1. **First.** Be\n   kind.\n")
    ('Terms', [Clause(title='First.', text='Be kind.')])
    """
    heading, found = "", list[Clause]()
    for line in markdown.splitlines():
        text = line.strip()
        if text.startswith("# "):
            heading = text.removeprefix("# ")
        elif text and text[0].isdigit() and ". " in text:
            title, _, rest = text.partition(". ")[2].removeprefix("**").partition("**")
            found.append(Clause(title, rest.strip()) if rest else Clause("", title))
        elif text and found:
            found[-1] = Clause(found[-1].title, f"{found[-1].text} {text}".strip())
    return heading, found
