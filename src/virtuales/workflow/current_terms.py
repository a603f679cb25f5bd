"""Whether organisations have accepted the terms and conditions in force; without, they make no new commitments."""

from virtuales.errors import AccessDenied
from virtuales.rdf.terms import NamedNode
from virtuales.trust.published_terms import TermsDue, due_of
from virtuales.workflow.workspace import Workspace


def due_terms(workspace: Workspace, organisation: str) -> TermsDue | None:
    """Return what an organisation has still to accept, or None; also None where this node does not know it."""
    participant = workspace.find_participant(organisation)
    if participant is None:
        return None
    versions = workspace.kept(("terms",), [workspace.registry_graphs.registry], workspace.terms.all)
    return due_of(versions, participant)


def require_current_terms(workspace: Workspace, *organisations: NamedNode) -> None:
    """Refuse a new commitment of organisations that did not accept the terms in time.

    What was agreed before goes on: an agreement binds until it ends, also whoever does not accept new terms.

    Raises:
        AccessDenied: names the organisation, the version, and since when it had to be accepted.
    """
    for organisation in organisations:
        due = due_terms(workspace, organisation.value)
        if due is not None and due.required_from is not None and due.is_overdue(workspace.clock.now()):
            participant = workspace.participants.get(organisation)
            since = f"{due.required_from:%Y-%m-%d %H:%M} UTC"
            raise AccessDenied(
                f"{participant.legal_name} makes no new commitments before it accepts the terms and conditions.",
                reasons=[f"Version {due.version} had to be accepted by {since}; accepted is version {due.accepted}."],
                where=organisation.value,
                remedy=f"An administrator reads and accepts it: {participant.node_url}/about/terms, or "
                f"`virtuales terms accept {due.version}`.",
            )
