"""The orchestrator's staff attests certifications, groups and industries of organisations, and takes them back.

Both are events of the registry, which every node follows. That something expires takes no event: see `standing_of`.
"""

from virtuales.journal.event import EventDraft
from virtuales.rdf.terms import NamedNode
from virtuales.trust import participant_changes
from virtuales.trust.attestation import AttestationTerms
from virtuales.trust.participant_changes import Ruling
from virtuales.trust.participants import Participant
from virtuales.trust.tokens import Principal
from virtuales.workflow.register import refuse_others
from virtuales.workflow.workspace import Workspace


def attest(
    workspace: Workspace, principal: Principal, organisation: NamedNode, *, terms: AttestationTerms
) -> Participant:
    """Attest a certification, a group or an industry of an organisation.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such organisation.
        Conflict: the organisation is refused, or the same is attested for the same time.
    """
    refuse_others(workspace, principal)
    with workspace.ledger.turn():
        participant = workspace.participants.get(organisation)
        change = participant_changes.attest(participant, terms, principal.client_id, workspace.registry_graphs)
        facts = {"concept": terms.concept.iri.value}
        draft = EventDraft(
            "AttestationGiven", organisation.value, facts=facts, change=change, actor=principal.client_id
        )
        workspace.ledger.record(draft)
        return workspace.participants.get(organisation)


def withdraw(
    workspace: Workspace, principal: Principal, organisation: NamedNode, *, name: str, reason: str
) -> Participant:
    """Take back what was attested of an organisation; it holds no longer from now on.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such organisation, or nothing of that name is attested of it.
        Conflict: it was taken back before.
        InputError: no reason is given.
    """
    refuse_others(workspace, principal)
    ruling = Ruling(principal.client_id, workspace.clock.now(), reason)
    with workspace.ledger.turn():
        participant = workspace.participants.get(organisation)
        change = participant_changes.withdraw_attestation(participant, name, ruling, workspace.registry_graphs)
        facts = {"attestation": name, "reason": reason}
        draft = EventDraft(
            "AttestationWithdrawn", organisation.value, facts=facts, change=change, actor=principal.client_id
        )
        workspace.ledger.record(draft)
        return workspace.participants.get(organisation)
