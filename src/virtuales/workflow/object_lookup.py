"""Looking up one object by its mRID on this node, over the dataset versions that the asker may use.

The decision about each version is that of a query; each version that says anything to the asker is on the audit trail
before the answer leaves. A version that the asker may not use is named, with how to ask for it, whether it speaks of
the object or not: so the answer tells nothing of what is in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from virtuales.catalogue.object_reading import Holding, ObjectReader, graphs_about, read_holdings
from virtuales.catalogue.object_view import ObjectView, Source
from virtuales.errors import InputError
from virtuales.governance.audit import Access, record_access
from virtuales.models.profiled_terms import ProfiledTerms
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.admit import Admission, admission
from virtuales.workflow.view_sources import WholeVersion
from virtuales.workflow.workspace import Workspace

DOOR = "object"
"""What the audit trail calls this way to data."""
_UUID = re.compile(r"(?:urn:uuid:|#?_)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_LONGEST = 600


@dataclass(frozen=True)
class _Seen:
    """A version with the decision about it, and with the graphs that the asker may read."""

    holding: Holding
    admission: Admission


def object_iri(text: str) -> NamedNode:
    """Return the IRI of the object that somebody asks for.

    Args:
        text: An mRID that is a UUID, written in any of the ways of CIM, or the object's IRI.

    Raises:
        InputError: it is neither.

    >>> object_iri("_6DB7A7BF-0CC7-4BA2-9C4C-B4D7A5D1E2F3").value
    'urn:uuid:6db7a7bf-0cc7-4ba2-9c4c-b4d7a5d1e2f3'
    >>> object_iri("line-7")
    Traceback (most recent call last):
        ...
    virtuales.errors.InputError: `line-7` is no UUID and no IRI. (mrid) ...
    """
    shown = text.strip()
    if found := _UUID.fullmatch(shown):
        return NamedNode("urn:uuid:" + found[1].lower())
    if ":" not in shown or len(shown) > _LONGEST:
        raise InputError(
            f"`{shown[:80]}` is no UUID and no IRI.",
            where="mrid",
            remedy="Give the mRID if it is a UUID; other identifiers are unique only where they were made, so give the "
            "object's IRI, such as `https://node.example/id/organisation/NAME/cim#_line-7`.",
        )
    return parse_iri(shown, where="mrid")


def look_up_here(workspace: Workspace, asker: Principal | None, iri: NamedNode) -> ObjectView:
    """Return what the dataset versions of this node say of an object, as far as the asker may use them.

    Args:
        workspace: The node.
        asker: Who asks; None for the public.
        iri: The object.

    Raises:
        AccessDenied: the asker's organisation is not approved, or its token does not cover data.
    """
    participant = workspace.approved(asker, Scope.DATA_READ) if asker else None
    catalogue = workspace.own_graphs if asker else [workspace.addresses.graph("catalogue/public")]
    holdings = read_holdings(workspace.store, catalogue)
    every_graph = sorted({graph.value for holding in holdings for graph in holding.graphs})
    speaking = graphs_about(workspace.store, iri, [NamedNode(name) for name in every_graph])
    seen = [
        _seen(workspace, participant, holding)
        for holding in holdings
        if holding.is_current or not speaking.isdisjoint(holding.graphs)
    ]
    usable = [one for one in seen if one.admission.decision.allowed]
    views = [graph for one in usable if one.admission.part for graph in one.holding.graphs]
    speaking |= graphs_about(workspace.store, iri, views)
    speakers = [one for one in usable if not speaking.isdisjoint(one.holding.graphs)]
    for one in speakers:
        _record(workspace, asker, one, iri)
    shown = _newest(one.holding for one in speakers)
    reader = ObjectReader(
        workspace.store,
        ProfiledTerms(workspace.models, (iri for one in shown for iri in one.profiles)),
        shown=shown,
        in_reach=[graph for one in usable if one.holding.is_current for graph in one.holding.graphs],
    )
    return reader.read(iri).model_copy(
        update={
            "versions": tuple(one.holding.speaker(is_shown=one.holding in shown) for one in speakers),
            "sources": (
                Source(node=workspace.addresses.base, state="answered"),
                *(
                    _refused(workspace, one, participant)
                    for one in seen
                    if one not in usable and one.holding.is_current
                ),
            ),
        }
    )


def _seen(workspace: Workspace, participant: Participant | None, holding: Holding) -> _Seen:
    """Decide about a version; who may use a part of it reads the part's graph and none of the models'."""
    admitted = admission(workspace, participant, holding.version)
    if admitted.part is None:
        return _Seen(holding, admitted)
    graphs = admitted.graphs(workspace, WholeVersion(holding.version, holding.graphs))
    return _Seen(replace(holding, graphs=tuple(graphs)), admitted)


def _newest(holdings: Iterable[Holding]) -> list[Holding]:
    """Return the first of each dataset; they come with the newest first."""
    found: dict[str, Holding] = {}
    for holding in holdings:
        found.setdefault(holding.dataset, holding)
    return list(found.values())


def _record(workspace: Workspace, asker: Principal | None, one: _Seen, iri: NamedNode) -> None:
    access = Access(
        version=one.holding.version,
        organisation=asker.organisation if asker else None,
        client=asker.client_id if asker else None,
        door=DOOR,
        allowed=True,
        reasons=tuple(reason.message for reason in one.admission.decision.reasons),
        agreement=one.admission.agreement,
        detail=iri.value,
    )
    record_access(workspace.ledger, access)


def _refused(workspace: Workspace, one: _Seen, participant: Participant | None) -> Source:
    version = one.holding.version.value
    ask = f"Ask for access at your own node: `virtuales request {version}`."
    return Source(
        node=workspace.addresses.base,
        state="refused",
        version=version,
        title=one.holding.title,
        reasons=tuple(reason.message for reason in one.admission.decision.reasons),
        remedy=ask if participant else f"Use a token of your organisation. {ask}",
    )
