"""Policies from files: compact JSON, or any RDF serialisation, with blank nodes and lists as people write them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from virtuales.errors import InputError, UnreadableInput
from virtuales.policy.compact import policy_to_json
from virtuales.policy.odrl import Policy, part_iri
from virtuales.policy.odrl_json import read_policy
from virtuales.policy.odrl_rdf import compact_document
from virtuales.policy.profile import short
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import ODRL, RDF
from virtuales.rdf.terms import BlankNode, NamedNode, Quad, Subject, Term, Triple

_KINDS = (ODRL.Set, ODRL.Policy, ODRL.Offer, ODRL.Agreement, ODRL.Request)
_PARTS_MOST = 10_000

_Said = dict[Subject, dict[NamedNode, list[Term]]]


def load_policies(file: Path) -> list[Policy]:
    """Read every policy of a file; whether they can be evaluated is not checked.

    Args:
        file: Compact JSON where the name ends in `.json` or `.jsonld`, otherwise RDF by the name's ending.

    Raises:
        UnreadableInput: the file is missing, or is no JSON or RDF.
        UnknownTerm: a policy uses a key or class that is not understood.
        InputError: a part of a policy is missing or of the wrong shape, or there is no policy.
    """
    if file.suffix in {".json", ".jsonld"}:
        return [read_policy(document) for document in load_documents(file)]
    return policies_of(parse_file(file), where=str(file))


def policy_documents(file: Path) -> list[Mapping[str, object]]:
    """Read every policy of an RDF file, and return each as compact JSON; raises what `load_policies` raises."""
    return [policy_to_json(policy) for policy in load_policies(file)]


def load_documents(file: Path) -> list[Mapping[str, object]]:
    """Read the objects of a JSON file: one, or a list of them.

    Raises:
        UnreadableInput: the file is missing or no JSON.
        InputError: it holds something other than objects.
    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput(
            f"The file cannot be read: {error.strerror}.", where=str(file), remedy="Name a file that is there."
        ) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"The file is no JSON: {error}.", where=str(file), remedy="Correct the file.") from None
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, Mapping) for item in items):
        raise InputError("The file holds no JSON object.", where=str(file), remedy="Write the policy as an object.")
    return items


def policies_of(quads: Iterable[Quad], *, where: str) -> list[Policy]:
    """Read every policy of a graph, in the order of their IRIs.

    Args:
        quads: The statements.
        where: What they come from, for the error.

    Raises:
        UnknownTerm: a policy uses a term or class that is not understood.
        InputError: there is no policy, or a part of one is missing or of the wrong shape.
    """
    said: _Said = {}
    for quad in quads:
        if isinstance(quad.subject, Triple):
            raise InputError("A quoted triple is no part of a policy.", where=where, remedy="Leave it out.")
        said.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    found = [
        (subject, kind)
        for subject, node in said.items()
        for kind in _KINDS
        if isinstance(subject, NamedNode) and kind in node.get(RDF.type, [])
    ]
    if not found:
        raise InputError(
            "There is no policy.", where=where, remedy="State one as odrl:Offer, odrl:Agreement or odrl:Set."
        )
    return [
        read_policy(compact_document(iri, kind, _named_parts(iri, said)))
        for iri, kind in sorted(found, key=lambda item: item[0].value)
    ]


def _named_parts(policy: NamedNode, said: _Said) -> dict[NamedNode, dict[NamedNode, list[Term]]]:
    """Return what is said about a policy and its parts; parts without a name are named by their place."""
    nodes: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
    ahead: list[tuple[Subject, NamedNode]] = [(policy, policy)]
    while ahead:
        subject, name = ahead.pop()
        if name in nodes or subject not in said:
            continue
        if len(nodes) > _PARTS_MOST:
            raise InputError("The policy has too many parts.", where=policy.value, remedy="Write fewer rules.")
        node = nodes[name] = {}
        for predicate, values in said[subject].items():
            node[predicate] = []
            for number, value in enumerate(_flat(values, said), start=1):
                named = value
                if isinstance(value, BlankNode):
                    named = part_iri(name, f"{short(predicate)}-{number}")
                if isinstance(value, NamedNode | BlankNode) and isinstance(named, NamedNode):
                    ahead.append((value, named))
                node[predicate].append(named)
    return nodes


def _flat(values: Sequence[Term], said: _Said) -> list[Term]:
    """Return the values with the members of each list in its place."""
    found: list[Term] = []
    for value in values:
        member: Term = value
        seen: set[Term] = set()
        while isinstance(member, BlankNode) and RDF.first in said.get(member, {}) and member not in seen:
            seen.add(member)
            found.extend(said[member][RDF.first])
            member = said[member].get(RDF.rest, [RDF.nil])[0]
        if member != RDF.nil:
            found.append(member)
    return found
