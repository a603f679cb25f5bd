"""What the catalogue offers an organisation: the datasets whose offers let it read them, or have what they grant.

All offers are decided together, from a list that is kept until the catalogue changes; each is read as it stands before
anybody has agreed to it.
"""

from dataclasses import dataclass, replace

from virtuales.catalogue.entry import sensitivity_iri
from virtuales.catalogue.search import Catalogue
from virtuales.contract.circumstances import informed
from virtuales.errors import InputError
from virtuales.policy.evaluate import report
from virtuales.policy.odrl_rdf import get_policy
from virtuales.policy.opening import asked_action, before_agreement
from virtuales.policy.report import PolicyReport
from virtuales.policy.request import UseRequest
from virtuales.policy.shortlist import Shortlist
from virtuales.policy.templates import is_open
from virtuales.rdf.namespaces import DCAT, DCTERMS, ODRL, VES
from virtuales.rdf.terms import NamedNode, plain
from virtuales.trust.tokens import Principal
from virtuales.workflow.admit import on_record, surroundings_of
from virtuales.workflow.discover import visible_graphs
from virtuales.workflow.offers import announced_offer
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Offered:
    """A dataset version whose offer lets an organisation have it.

    Args:
        version: IRI of the version.
        title: The dataset's title.
        offer: IRI of the offer.
        action: IRI of what the offer lets it do: read the data, or have aggregates of it.
        is_open: Whether it need not ask.
    """

    version: str
    title: str
    offer: str
    action: str
    is_open: bool


@dataclass(frozen=True)
class Catalogued:
    """The offers of a catalogue, ready to be asked together: by what is asked of them, and the data's class."""

    shortlists: dict[tuple[NamedNode, NamedNode], Shortlist]
    datasets: dict[NamedNode, frozenset[NamedNode]]
    found: dict[NamedNode, Offered]
    unreadable: tuple[str, ...]


def offered(
    workspace: Workspace, principal: Principal | None, purpose: NamedNode | None
) -> tuple[list[Offered], tuple[str, ...]]:
    """Return the current versions whose offers let somebody have them, by title, and the offers that cannot be read.

    An offer that is limited to purposes is among them only when one of these is given.

    Args:
        workspace: The node.
        principal: Who asks; None for the public, which is offered open data alone.
        purpose: What the data is wanted for.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    graphs = visible_graphs(workspace, principal)
    vocabulary, around = workspace.vocabulary, workspace.surroundings
    known = workspace.kept(("offered", vocabulary, *graphs), graphs, lambda: _catalogued(workspace, graphs))
    world = replace(around, memberships={**around.memberships, **known.datasets})
    allowed = [
        known.found[policy.iri]
        for (action, sensitivity), shortlist in known.shortlists.items()
        for policy in shortlist.allowed(
            _asked(workspace, principal, action, sensitivity=sensitivity, purpose=purpose), world
        )
    ]
    mine = [one for one in allowed if one.is_open or principal is not None]
    return sorted(mine, key=lambda one: (one.title, one.version)), known.unreadable


def explained(
    workspace: Workspace, principal: Principal | None, version: NamedNode, purpose: NamedNode | None
) -> PolicyReport:
    """Report how the offer of a version stands to somebody: every rule and constraint, and what would change that.

    Args:
        workspace: The node.
        principal: Who asks; None for the public.
        version: The dataset version, on whichever node.
        purpose: What the data is wanted for; None when that is not said.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        NotFound: no such version is known to who asks.
        InputError: this node does not understand the offer.
    """
    offer = announced_offer(workspace, principal, version)
    entry = Catalogue(workspace.store, visible_graphs(workspace, principal)).version(version)
    sensitivity = sensitivity_iri(entry.sensitivity)
    asked = _asked(workspace, principal, asked_action(offer), sensitivity=sensitivity, purpose=purpose)
    facts, units = on_record(workspace, asked.assignee, entry)
    asked = replace(asked, facts={**facts, **asked.facts}, units=units)
    return report(before_agreement(offer), replace(asked, target=offer.target), surroundings_of(workspace, entry))


def _asked(
    workspace: Workspace,
    principal: Principal | None,
    action: NamedNode,
    *,
    sensitivity: NamedNode,
    purpose: NamedNode | None,
) -> UseRequest:
    """Return what somebody asks for now, with what is known of them and of the data."""
    asked = UseRequest(
        assignee=NamedNode(principal.organisation) if principal else None,
        action=action,
        target=None,
        time=workspace.clock.now(),
        purpose=purpose,
        facts={VES.sensitivityClass: frozenset({sensitivity})},
    )
    return informed(asked, workspace.find_participant(principal.organisation) if principal else None)


def _catalogued(workspace: Workspace, graphs: list[NamedNode]) -> Catalogued:
    query = (
        f"SELECT ?g ?d ?v ?t ?class ?offer WHERE {{ GRAPH ?g {{ ?d {DCAT.hasCurrentVersion} ?v ; {DCTERMS.title} ?t . "
        f"?v {ODRL.hasPolicy} ?offer ; {VES.sensitivityClass} ?class . ?offer a {ODRL.Offer} }} }}"
    )
    found: dict[NamedNode, Offered] = {}
    datasets: dict[NamedNode, frozenset[NamedNode]] = {}
    unreadable: list[str] = []
    read = []
    for row in workspace.store.select(query, graphs=graphs):
        graph, iri = NamedNode(plain(row["g"])), NamedNode(plain(row["offer"]))
        try:
            offer = get_policy(workspace.store, graph, iri, workspace.vocabulary)
        except InputError:
            unreadable.append(iri.value)
            continue
        action = asked_action(offer)
        found[iri] = Offered(plain(row["v"]), plain(row["t"]), iri.value, action.value, is_open(offer))
        datasets[offer.target] = frozenset({NamedNode(plain(row["d"]))})
        read.append((action, NamedNode(plain(row["class"])), offer))
    alike = {(action, sensitivity) for action, sensitivity, _ in read}
    lists = {
        kind: Shortlist([before_agreement(offer) for *of, offer in read if tuple(of) == kind], workspace.vocabulary)
        for kind in alike
    }
    return Catalogued(lists, datasets, found, tuple(sorted(unreadable)))
