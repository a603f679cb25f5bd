"""Whether an organisation may use a dataset version now: decided at the door, each time, from the state as it is.

Approval, agreement and policy all have to say yes, so that a suspension or a revocation acts on the next request.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.circumstances import informed, with_statements
from virtuales.policy.decision import Decision
from virtuales.policy.odrl import Offer
from virtuales.policy.request import UseRequest
from virtuales.policy.templates import is_open
from virtuales.policy.views.deciding import decide_part
from virtuales.policy.views.view import View
from virtuales.policy.world import NOTHING_KNOWN, World
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant


@dataclass(frozen=True)
class Access:
    """The decision about one use.

    Args:
        decision: Yes or no, with the reasons.
        agreement: The agreement it rests on; None when it is a no, or when the data is open.
        part: The part of the version that may be used; None for all of it.
    """

    decision: Decision
    agreement: NamedNode | None = None
    part: View | None = None


def decide_access(
    request: UseRequest,
    *,
    participant: Participant | None,
    agreements: Sequence[AgreementRecord],
    offer: Offer | None,
    world_of: Callable[[AgreementRecord], World] = lambda _: NOTHING_KNOWN,
) -> Access:
    """Decide whether a use may happen.

    Args:
        request: What is to be done with which dataset version; who asks, what for and what is attested of them is
            filled in here, from the participant and from each agreement.
        participant: Who asks, as the registry has it now; None for somebody unknown.
        agreements: Every agreement of that organisation about the dataset version, whatever its status.
        offer: The offer under which the version is published; None when it is not offered any more.
        world_of: Gives what was done under an agreement so far; where nobody knows, what depends on it denies.
    """
    if participant is None:
        return _openly(request, offer)
    if not participant.is_approved:
        return Access(_not_approved(participant))
    asked = informed(replace(request, assignee=participant.iri), participant)
    if offer is not None and is_open(offer):
        decision, part = decide_part(offer, asked)
        return Access(decision, part=part)
    refusals: list[Decision] = []
    for record in agreements:
        decision, part = _under(record, asked, world_of)
        if decision.allowed:
            return Access(decision, record.iri, part)
        refusals.append(decision)
    return Access(Decision.all_of(refusals) if refusals else _no_agreement(asked))


def _under(
    record: AgreementRecord, request: UseRequest, world_of: Callable[[AgreementRecord], World]
) -> tuple[Decision, View | None]:
    """Evaluate an agreement for the purpose that was agreed: a use under it is a use for that purpose."""
    in_force = record.in_force(request.time)
    if not in_force.allowed:
        return in_force, None
    purpose = request.purpose or record.signed.request.purpose
    asked = with_statements(replace(request, purpose=purpose), record.signed.request.stated)
    decision, part = decide_part(record.signed.agreement, asked, world_of(record))
    return Decision.all_of([in_force, decision]), part


def _openly(request: UseRequest, offer: Offer | None) -> Access:
    if offer is not None and is_open(offer):
        decision, part = decide_part(offer, replace(request, assignee=None))
        return Access(decision, part=part)
    return Access(
        Decision.deny(
            "not-a-participant",
            "The data is for participants, and nobody known asks.",
            remedy="Register your organisation and present a token.",
        )
    )


def _not_approved(participant: Participant) -> Decision:
    return Decision.deny(
        "not-approved",
        f"{participant.legal_name} is {participant.status}, not Approved.",
        value=participant.status.value,
        remedy="Ask the orchestrator's staff.",
    )


def _no_agreement(request: UseRequest) -> Decision:
    return Decision.deny(
        "no-agreement",
        "Your organisation has no agreement about this dataset version.",
        value=request.target.value if request.target else None,
        remedy="Request access, with your purpose and why you need the data.",
    )
