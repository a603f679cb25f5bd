"""Things that a node mints an IRI for and that have no page of their own making: what is said of one, and to whom.

Statements are those about the thing itself and about its parts, whose IRIs begin with the thing's and `#`.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from virtuales.errors import NotFound, Unauthenticated
from virtuales.rdf.terms import NamedNode, Triple
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import visible_graphs
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.oversee import audit_graphs
from virtuales.workflow.use_case_graphs import remarks_graph
from virtuales.workflow.workspace import Workspace

_MOST_PARTS: Final = 2000
Place = tuple[NamedNode, Sequence[NamedNode]]
"""The IRI under which a thing is spoken of, and the graphs that speak of it."""
PlaceFor = Callable[[Workspace, Principal | None, NamedNode], Place]
"""Returns where a reader may see a thing that is asked for by an IRI of this node."""


def describe_thing(workspace: Workspace, reader: Principal | None, kind: str, key: str) -> list[Triple]:
    """Return what is said of a thing that this node minted.

    Args:
        workspace: The node.
        reader: Who reads; None for the public.
        kind: What it is: one of `KINDS`.
        key: Its key.

    Raises:
        NotFound: there is none, or none that the reader may know of.
        Unauthenticated: it is for parties alone, and nobody is named.
        AccessDenied: the reader's organisation or token does not cover it.
    """
    asked = workspace.addresses.thing(kind, key)
    iri, graphs = KINDS[kind](workspace, reader, asked)
    found = with_parts(workspace, iri, graphs)
    if not found:
        raise NotFound(
            "There is no such thing here, or none that you may know of.", where=asked.value, remedy="Check the address."
        )
    return found


def with_parts(workspace: Workspace, iri: NamedNode, graphs: Sequence[NamedNode]) -> list[Triple]:
    """Return the statements about a node and about its own parts, as deep as they go."""
    seen: dict[str, None] = {iri.value: None}
    fresh, found = [iri], list[Triple]()
    while fresh and len(seen) < _MOST_PARTS:
        listed = " ".join(map(str, fresh))
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {listed} }} ?s ?p ?o }}"
        said = workspace.store.construct(text, graphs=graphs) if graphs else []
        found += said
        parts = (one.object for one in said if isinstance(one.object, NamedNode))
        fresh = [one for one in dict.fromkeys(parts) if one.value.startswith(f"{iri.value}#") and one.value not in seen]
        seen |= dict.fromkeys(one.value for one in fresh)
    return found


def _catalogue(workspace: Workspace, reader: Principal | None, iri: NamedNode) -> Place:
    own = set(workspace.own_graphs)
    return iri, [graph for graph in visible_graphs(workspace, reader) if graph in own]


def _schemas(workspace: Workspace, _reader: Principal | None, iri: NamedNode) -> Place:
    return iri, [workspace.schemas.graph]


def _remarks(workspace: Workspace, _reader: Principal | None, iri: NamedNode) -> Place:
    return iri, [remarks_graph(workspace)]


def _agreement(workspace: Workspace, reader: Principal | None, iri: NamedNode) -> Place:
    """Give an agreement to its parties alone; its IRI is the provider's, and both sides answer for it."""
    organisation = workspace.hosted(_known(reader), Scope.CATALOGUE_READ)
    record = Desk(workspace).agreement_of(organisation.iri, iri.value.rpartition("/")[2])
    return record.iri, [Desk(workspace).agreements_graph]


def _access(workspace: Workspace, reader: Principal | None, iri: NamedNode) -> Place:
    """Give a record of the audit trail to those who may read the trail."""
    return iri, audit_graphs(workspace, _known(reader))


def _known(reader: Principal | None) -> Principal:
    if reader is None:
        raise Unauthenticated("This is for those concerned alone.", remedy="Sign in, or send a token.")
    return reader


KINDS: Mapping[str, PlaceFor] = MappingProxyType(
    {
        "catalogue": _catalogue,
        "schema": _schemas,
        "remark": _remarks,
        "agreement": _agreement,
        "access": _access,
    }
)
"""What there is, and where a reader may see it."""
