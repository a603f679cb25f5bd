"""Profiles from files: left operands and actions that a community adds to those of the core (ODRL 2.2, section 4).

A profile is an ontology (`owl:Ontology`), whose IRI policies name as `odrl:profile`. It states left operands
(`odrl:LeftOperand`) with what their values are as `rdfs:range`, and actions (`odrl:Action`) with the known one each is
`odrl:includedIn`. It can say too what concepts and places are part of (`skos:broader`, `dcterms:isPartOf`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from virtuales.errors import InputError
from virtuales.policy.profile import CORE, OPERATORS_OF, Kind, LeftOperand, Profile, short
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import DCTERMS, ODRL, OWL, RDF, RDFS, SKOS, XSD
from virtuales.rdf.terms import NamedNode, Quad, Term, plain

_KINDS: Mapping[NamedNode, Kind] = MappingProxyType(
    {
        XSD.dateTime: Kind.INSTANT,
        XSD.decimal: Kind.NUMBER,
        XSD.integer: Kind.NUMBER,
        XSD.duration: Kind.DURATION,
        XSD.string: Kind.TEXT,
        SKOS.Concept: Kind.CONCEPT,
        ODRL.Party: Kind.PARTY,
    }
)

_Node = Mapping[NamedNode, list[Term]]


def load_profile(file: Path, known: Profile = CORE) -> Profile:
    """Read a profile from a file and add it to what is known; raises what `read_profile` raises."""
    return read_profile(parse_file(file), known, where=str(file))


def read_profile(quads: Iterable[Quad], known: Profile = CORE, *, where: str) -> Profile:
    """Read a profile and add it to what is known.

    Args:
        quads: Its statements.
        known: The terms that are known.
        where: What it comes from, for errors.

    Raises:
        UnreadableInput: the file is missing or no RDF.
        InputError: it names no profile, or a term of it is incomplete, or stands for something known already.
    """
    nodes: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            nodes.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    names = _typed(nodes, OWL.Ontology)
    if not names:
        raise InputError("The file names no profile.", where=where, remedy="State its IRI as an owl:Ontology.")
    operands = {term: _operand(term, nodes[term]) for term in _typed(nodes, ODRL.LeftOperand)}
    included = {term: _wider(term, nodes[term]) for term in _typed(nodes, ODRL.Action)}
    for term in (*operands, *included):
        if term in known.left_operands or term in known.actions:
            what = f"The term `{short(term)}` has a meaning already."
            raise InputError(what, where=term.value, remedy="Give the profile's term an IRI of its own.")
    actions = known.actions | included.keys()
    for term, wider in included.items():
        if wider not in actions:
            what = f"The action is included in <{wider.value}>, which is not known."
            raise InputError(what, where=term.value, remedy="Name an action of ODRL or of the profile.")
    _refuse_circles(included)
    return Profile(
        names=known.names | frozenset(names),
        left_operands=MappingProxyType({**known.left_operands, **operands}),
        included_in=MappingProxyType({**known.included_in, **included}),
        actions=actions,
        broader=MappingProxyType({**known.broader, **_broader(nodes)}),
    )


def _broader(nodes: Mapping[NamedNode, _Node]) -> dict[NamedNode, frozenset[NamedNode]]:
    """Return what each concept or place of the profile is a kind or part of, as it says."""
    found = {}
    for term, node in nodes.items():
        said = (*node.get(SKOS.broader, ()), *node.get(DCTERMS.isPartOf, ()))
        if said or SKOS.Concept in node.get(RDF.type, ()):
            found[term] = frozenset(one for one in said if isinstance(one, NamedNode))
    return found


def _typed(nodes: Mapping[NamedNode, _Node], kind: NamedNode) -> list[NamedNode]:
    return [term for term, node in nodes.items() if kind in node.get(RDF.type, [])]


def _operand(term: NamedNode, node: _Node) -> LeftOperand:
    kinds = [_KINDS[value] for value in node.get(RDFS.range, []) if isinstance(value, NamedNode) and value in _KINDS]
    if len(kinds) != 1:
        raise InputError(
            f"It is not said what the values of the left operand `{short(term)}` are.",
            where=term.value,
            remedy="Give as rdfs:range one of: " + ", ".join(sorted(short(kind) for kind in _KINDS)) + ".",
        )
    labels = node.get(RDFS.label, [])
    label = plain(labels[0]) if labels else short(term)
    return LeftOperand(term, kinds[0], OPERATORS_OF[kinds[0]], label)


def _wider(term: NamedNode, node: _Node) -> NamedNode:
    wider = [value for value in node.get(ODRL.includedIn, []) if isinstance(value, NamedNode)]
    if len(wider) != 1:
        what = f"It is not said what the action `{short(term)}` is included in."
        raise InputError(what, where=term.value, remedy="Give one odrl:includedIn.")
    return wider[0]


def _refuse_circles(included: Mapping[NamedNode, NamedNode]) -> None:
    for term in included:
        step, seen = term, set[NamedNode]()
        while step in included:
            if step in seen:
                what = "The action is included in itself."
                raise InputError(what, where=term.value, remedy="Take one odrl:includedIn away.")
            seen.add(step)
            step = included[step]
