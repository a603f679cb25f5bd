"""The licences a dataset can be published under, read from the contributed facts in `ontology/licences.ttl`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import UnknownTerm
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCTERMS, ODRL, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term, plain


@dataclass(frozen=True)
class Licence:
    """One licence.

    Args:
        iri: The licence's IRI, as its keeper publishes it.
        identifier: The SPDX identifier, or our own for licences that SPDX does not list.
        title: The licence's name.
        is_open: Whether data under it may be used by anybody for anything.
        permissions: Actions it permits.
        prohibitions: Actions it prohibits.
        duties: Actions it demands.
    """

    iri: NamedNode
    identifier: str
    title: str
    is_open: bool
    permissions: frozenset[NamedNode] = frozenset()
    prohibitions: frozenset[NamedNode] = frozenset()
    duties: frozenset[NamedNode] = frozenset()


class Licences:
    """The known licences.

    Args:
        licences: Each licence once.
    """

    def __init__(self, licences: Iterable[Licence]) -> None:
        self._by_name = {licence.identifier.lower(): licence for licence in licences}
        self._by_iri = {licence.iri.value: licence for licence in self._by_name.values()}

    def get(self, name: str) -> Licence:
        """Return a licence by its identifier, in any case, or by its IRI.

        Raises:
            UnknownTerm: no such licence is known.
        """
        licence = self._by_name.get(name.lower()) or self._by_iri.get(name)
        if licence is None:
            raise UnknownTerm(
                f"`{name}` is not a licence known to this node.",
                where="licence",
                remedy="Use one of: " + ", ".join(sorted(licence.identifier for licence in self)) + ".",
            )
        return licence

    def __iter__(self) -> Iterator[Licence]:
        """Give every licence."""
        return iter(self._by_name.values())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_name)


def load_licences(file: Path) -> Licences:
    """Read the licence facts of a file; a licence is what has an identifier there.

    Raises:
        UnreadableInput: the file is missing or no Turtle.
    """
    facts: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
    for quad in parse_file(file):
        _note(facts, quad)
    return Licences(_licence(iri, facts) for iri, node in facts.items() if DCTERMS.identifier in node)


def _note(facts: dict[NamedNode, dict[NamedNode, list[Term]]], quad: Quad) -> None:
    if isinstance(quad.subject, NamedNode):
        facts.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)


def _licence(iri: NamedNode, facts: dict[NamedNode, dict[NamedNode, list[Term]]]) -> Licence:
    node = facts[iri]
    titles = [*node.get(DCTERMS.title, []), *node.get(RDFS.label, [])]
    identifier = plain(node[DCTERMS.identifier][0])
    return Licence(
        iri=iri,
        identifier=identifier,
        title=plain(titles[0]) if titles else identifier,
        is_open=any(isinstance(value, Literal) and value.value == "true" for value in node.get(VES.openLicence, [])),
        permissions=_actions(node, ODRL.permission, facts),
        prohibitions=_actions(node, ODRL.prohibition, facts),
        duties=_actions(node, ODRL.duty, facts),
    )


def _actions(
    node: dict[NamedNode, list[Term]], predicate: NamedNode, facts: dict[NamedNode, dict[NamedNode, list[Term]]]
) -> frozenset[NamedNode]:
    """Return the actions of a licence's rules, whether the file names an action or a rule that has one."""
    found: set[NamedNode] = set()
    for value in node.get(predicate, []):
        if isinstance(value, NamedNode):
            of_rule = facts.get(value, {}).get(ODRL.action, [value])
            found.update(action for action in of_rule if isinstance(action, NamedNode))
    return frozenset(found)
