"""The offer of a dataset version: of this node's own, and of others as they announced it."""

from virtuales.catalogue.search import Catalogue
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import NotFound
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_rdf import get_policy
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, plain
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import visible_graphs
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace


def offer_of(workspace: Workspace, version: NamedNode) -> Offer:
    """Return the offer under which one of this node's versions was published.

    Raises:
        NotFound: the version is not this node's.
    """
    own = workspace.own_graphs
    read = [*own, *workspace.policy_graphs]
    return workspace.kept(("offer", version), read, lambda: _offer_in(workspace, version, own))


def offer_on_table(workspace: Workspace, negotiation: Negotiation) -> Offer:
    """Return the terms that a negotiation stands at: those proposed last, or the ones that were published.

    Raises:
        NotFound: nobody proposed others, and the version is not this node's.
    """
    try:
        return get_policy(workspace.store, Desk(workspace).graph, negotiation.opening.offer, workspace.vocabulary)
    except NotFound:
        return offer_of(workspace, negotiation.opening.target)


def announced_offer(workspace: Workspace, principal: Principal | None, version: NamedNode) -> Offer:
    """Return the offer of a version that somebody may know of, whoever's node the version is on.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        NotFound: no such version is known to who asks.
    """
    return _offer_in(workspace, version, visible_graphs(workspace, principal))


def _offer_in(workspace: Workspace, version: NamedNode, graphs: list[NamedNode]) -> Offer:
    offer = NamedNode(Catalogue(workspace.store, graphs).version(version).offer)
    rows = workspace.store.select(f"SELECT ?g WHERE {{ GRAPH ?g {{ {offer} a {ODRL.Offer} }} }}", graphs=graphs)
    if not rows:
        raise NotFound("The offer of this version is not known here.", where=version.value, remedy="Ask its provider.")
    return get_policy(workspace.store, NamedNode(plain(rows[0]["g"])), offer, workspace.vocabulary)
