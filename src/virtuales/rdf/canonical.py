"""RDF Dataset Canonicalization (RDFC-1.0), with limits so that no dataset can keep us busy for ever.

Canonical N-Quads are what gets signed; see https://www.w3.org/TR/rdf-canon/. The algorithm tries permutations of blank
nodes that look alike; a dataset in which too many do is refused before it starts (section 7.1, dataset poisoning).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.rdf.terms import BlankNode, NamedNode, Quad

_QUADS_MOST = 20_000
_BLANK_NODES_MOST = 500
_ALIKE_MOST = 4
_CROWDED_MOST = 12
_UNDEFINED = "urn:virtuales:undefined:/"
_KEYWORDS = frozenset({"@context", "@id", "@type", "@value", "@language", "@list", "@set", "@graph", "@direction"})
_NESTING_MOST = 32


def canonical_n_quads(quads: Iterable[Quad], *, sha_384: bool = False) -> str:
    r"""Return the canonical N-Quads document of a dataset, its lines in code point order.

    Args:
        quads: The dataset.
        sha_384: Whether blank nodes are told apart by SHA-384 in place of SHA-256, as some cryptosuites ask.

    Raises:
        TooLarge: the dataset has too many statements, or blank nodes that cannot be told apart cheaply.

    >>> from virtuales.rdf.terms import Literal
    >>> canonical_n_quads([Quad(BlankNode("x"), NamedNode("http://example.org/p"), Literal("v"))])
    '_:c14n0 <http://example.org/p> "v" .\n'
    """
    dataset = Dataset(quads)
    if len(dataset) > _QUADS_MOST:
        raise TooLarge(f"More than {_QUADS_MOST} statements cannot be signed or verified as one document.")
    _refuse_poison(dataset)
    chosen = CanonicalizationAlgorithm.RDFC_1_0_SHA_384 if sha_384 else CanonicalizationAlgorithm.RDFC_1_0
    dataset.canonicalize(chosen)
    return "".join(sorted(f"{quad} .\n" for quad in dataset))


def json_ld_quads(document: Mapping[str, object], contexts: Mapping[str, object]) -> list[Quad]:
    """Read a JSON-LD document whose contexts stand in it or are handed in; nothing is ever fetched.

    JSON-LD silently drops a key that no context defines; here it is an error, since what is dropped is not signed.

    Args:
        document: The document.
        contexts: Contexts by IRI for the documents that name theirs.

    Raises:
        UnknownTerm: a context IRI, key or vocabulary value that is not defined.
        UnreadableInput: the document is no JSON-LD.
    """
    inlined = {**document, "@context": _inlined(document.get("@context"), contexts)}
    _refuse_undefined_keys(document, _defined(inlined["@context"]), "document", depth=0)
    try:
        text = json.dumps(inlined, allow_nan=False)
        quads = list(parse(text, format=RdfFormat.JSON_LD, base_iri=_UNDEFINED))
    except (SyntaxError, ValueError) as error:
        raise UnreadableInput(f"The document is no JSON-LD: {str(error)[:200]}.") from error
    for quad in quads:
        _refuse_undefined_iris(quad)
    return quads


def _refuse_poison(dataset: Dataset) -> None:
    """Refuse datasets in which many blank nodes have several neighbours that look alike: permutations multiply."""
    mentions: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in dataset:
        for node in {quad.subject, quad.object, quad.graph_name}:
            if isinstance(node, BlankNode):
                mentions[node].append(quad)
    if len(mentions) > _BLANK_NODES_MOST:
        raise TooLarge(
            f"More than {_BLANK_NODES_MOST} blank nodes cannot be canonicalised here.", remedy="Give the nodes IRIs."
        )
    looks = {node: _look(node, quads) for node, quads in mentions.items()}
    common = {look for look, count in Counter(looks.values()).items() if count > 1}
    crowds = [
        max(Counter(_neighbours(node, quads, looks, common)).values(), default=0)
        for node, quads in mentions.items()
        if looks[node] in common
    ]
    crowded = [crowd for crowd in crowds if crowd > 1]
    if len(crowded) > _CROWDED_MOST or max(crowded, default=0) > _ALIKE_MOST:
        raise TooLarge("The dataset has too many blank nodes that cannot be told apart.", remedy="Give the nodes IRIs.")


def _look(node: BlankNode, quads: Sequence[Quad]) -> int:
    """Return what a node looks like by itself, as the first degree hash does (section 4.6)."""
    return hash(tuple(sorted(" ".join(_part(term, node) for term in _terms(quad)) for quad in quads)))


def _terms(quad: Quad) -> tuple[object, object, object, object]:
    return (quad.subject, quad.predicate, quad.object, quad.graph_name)


def _part(term: object, node: BlankNode) -> str:
    if isinstance(term, BlankNode):
        return "_:a" if term == node else "_:z"
    return str(term)


def _neighbours(
    node: BlankNode, quads: Sequence[Quad], looks: Mapping[BlankNode, int], common: set[int]
) -> Iterable[tuple[str, int, int]]:
    """Give each related node that shares its look with others, as predicate, position and look."""
    for quad in quads:
        for position, term in enumerate((quad.subject, quad.object, quad.graph_name)):
            if isinstance(term, BlankNode) and term != node and looks[term] in common:
                yield quad.predicate.value, position, looks[term]


def _inlined(context: object, contexts: Mapping[str, object]) -> object:
    if isinstance(context, str):
        if context not in contexts:
            raise UnknownTerm(
                f"The context <{context}> is not bundled here, and contexts are never fetched.",
                where="@context",
                remedy="Write the context inline.",
            )
        return contexts[context]
    if isinstance(context, Sequence):
        return [_inlined(part, contexts) for part in context]
    if isinstance(context, Mapping):
        if "@import" in context:
            raise UnknownTerm("`@import` is not accepted.", where="@context", remedy="Write the context inline.")
        return context
    raise InputError("The document has no context.", where="@context", remedy="Add the context inline.")


def _defined(context: object, depth: int = 0) -> frozenset[str]:
    """Return every name that a context, or one scoped inside it, defines."""
    if depth > _NESTING_MOST:
        raise TooLarge("The context is nested too deep.", where="@context")
    if isinstance(context, Sequence) and not isinstance(context, str):
        return frozenset(name for part in context for name in _defined(part, depth + 1))
    names: set[str] = set()
    if isinstance(context, Mapping):
        for name, definition in context.items():
            names.add(str(name))
            if isinstance(definition, Mapping) and "@context" in definition:
                names |= _defined(definition["@context"], depth + 1)
    return frozenset(names)


def _refuse_undefined_keys(value: object, defined: frozenset[str], where: str, *, depth: int) -> None:
    if depth > _NESTING_MOST:
        raise TooLarge(f"The document is nested more than {_NESTING_MOST} deep.", where=where)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _KEYWORDS and (key not in defined or key.startswith("@")):
                raise UnknownTerm(
                    f"`{key}` is not defined by the document's context.", where=where, remedy="Define it or drop it."
                )
            if key != "@context":
                _refuse_undefined_keys(inner, defined, f"{where}/{key}", depth=depth + 1)
            elif depth:
                raise UnknownTerm("A context inside the document is not accepted.", where=where)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            _refuse_undefined_keys(inner, defined, f"{where}/{number}", depth=depth + 1)


def _refuse_undefined_iris(quad: Quad) -> None:
    for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
        if isinstance(term, NamedNode) and term.value.startswith(_UNDEFINED):
            raise UnknownTerm(
                f"`{term.value.removeprefix(_UNDEFINED)}` is neither a defined term nor an absolute IRI.",
                where=quad.predicate.value,
                remedy="Write the IRI in full.",
            )
