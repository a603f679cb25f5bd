"""What an agreement that replaces another one does to it: the one before ends with both signatures on the new one."""

from collections.abc import Mapping

from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.agreements import AgreementRecord, AgreementStatus, Ending, end_agreement
from virtuales.errors import Conflict, InputError
from virtuales.policy.odrl import Agreement, Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.negotiate import Desk

_AMENDABLE = frozenset({AgreementStatus.PENDING, AgreementStatus.ACTIVE, AgreementStatus.EXPIRED})


def require_amendable(desk: Desk, record: AgreementRecord) -> None:
    """Refuse to amend what was ended, or what is negotiated about already.

    Raises:
        Conflict: the agreement was ended, or there is a negotiation about the data.
    """
    status = record.status(desk.workspace.clock.now())
    if status not in _AMENDABLE:
        raise Conflict(f"The agreement is {status}.", where=record.iri.value, remedy="Request access again.")
    signed = record.signed
    if desk.negotiations.open_between(signed.request.assignee, signed.agreement.target):
        what = "There is a negotiation about this data already."
        raise Conflict(what, where=signed.agreement.target.value, remedy="Bring that one to its end first.")


def proposed_offer(document: Mapping[str, object], record: AgreementRecord) -> Offer:
    """Read the terms of an amendment: an offer of the same data by the same provider.

    Raises:
        UnknownTerm: a key, class, action, operand or operator that nobody registered.
        InputError: it is no offer, or one of something else.
    """
    agreement = record.signed.agreement
    offer = parse_policy(document, vocabulary=agreement.vocabulary)
    found = (offer.target, offer.assigner, offer.assignee)
    wanted = (agreement.target, agreement.assigner, record.signed.request.assignee)
    if isinstance(offer, Agreement) or found != wanted:
        raise InputError(
            "The terms are not an offer of the agreement's data to its consumer.",
            where=offer.iri.value,
            remedy=f"Its target is <{agreement.target.value}>.",
        )
    return offer


def replacement(desk: Desk, signed: SignedAgreement) -> ChangeSet:
    """Return the change by which a new agreement ends the one it replaces; none where it replaces nothing."""
    before = find_replaced(desk, signed.request.replaces)
    if before is None:
        return ChangeSet()
    since, by = signed.validity.start, signed.agreement.assigner
    ending = Ending(AgreementStatus.REPLACED, since, f"It was replaced by <{signed.agreement.iri.value}>.", by)
    if not ending.outweighs(before.ending):
        return ChangeSet()
    return end_agreement(before, ending, desk.agreements_graph)


def find_replaced(desk: Desk, replaces: NamedNode | None) -> AgreementRecord | None:
    """Return the agreement that is replaced, or None where nothing is."""
    return None if replaces is None else desk.agreements.get(replaces)
