"""Remarking on a use case: what somebody needs, finds difficult or has to say of a requirement or a term."""

import hashlib

from virtuales.alignment.use_cases.record import Remark, UseCase
from virtuales.clock import iso_instant
from virtuales.errors import Conflict, InputError, NotFound
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, OA, RDF, VES
from virtuales.rdf.terms import NamedNode, date_time, is_unicode
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.known_use_cases import get_requirement, get_use_case
from virtuales.workflow.use_case_graphs import remarks_graph
from virtuales.workflow.workspace import Workspace

LONGEST_TEXT = 2000


def make_remark(
    workspace: Workspace, principal: Principal, name: str, *, text: str, about: str = "", pain_point: bool = False
) -> Remark:
    """Record a remark on a use case; everybody can read it from then on.

    Args:
        workspace: The node's parts.
        principal: Who remarks; the organisation that they act for is named with it.
        name: The use case.
        text: What they say.
        about: A requirement's short name, or the IRI of a term; empty for the use case as a whole.
        pain_point: Whether it says what is difficult today.

    Raises:
        NotFound: this node is not the orchestrator, or there is no such use case or requirement.
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        InputError: there is no text or too much, or no registered model has such a term.
        Conflict: the very same was remarked at the very same time.
    """
    if not workspace.is_orchestrator:
        raise NotFound("Remarks are made at the orchestrator.", remedy=f"Send them to {workspace.orchestrator}.")
    organisation = workspace.approved(principal, Scope.CATALOGUE_READ).iri
    use_case = get_use_case(workspace, name)
    said, target = _checked(text), _target(workspace, use_case, about.strip())
    with workspace.ledger.turn():
        now = iso_instant(workspace.clock.now())
        digest = hashlib.sha256("\n".join((organisation.value, now, target, said)).encode()).hexdigest()[:20]
        iri = workspace.addresses.thing("remark", digest)
        if any(one.iri == iri.value for one in use_case.remarks):
            raise Conflict("This was just remarked.", where=name, remedy="Send it once.")
        statements = Statements(remarks_graph(workspace)).say(iri, RDF.type, OA.Annotation)
        statements.say(iri, RDF.type, VES.PainPoint if pain_point else None)
        statements.say(iri, DCTERMS.isPartOf, NamedNode(use_case.iri)).say(iri, OA.bodyValue, said)
        statements.say(iri, OA.hasTarget, NamedNode(target)).say(iri, DCTERMS.creator, organisation)
        statements.say(iri, DCTERMS.created, date_time(now))
        change = ChangeSet(add=statements.quads)
        draft = EventDraft("RemarkMade", iri.value, facts={"about": target}, change=change, actor=principal.client_id)
        workspace.ledger.record(draft)
    return Remark(iri.value, said, (target,), organisation.value, now, pain_point=pain_point)


def _checked(text: str) -> str:
    said = text.strip()
    if not said:
        raise InputError("The remark says nothing.", where="text", remedy="Write what you need, find or think.")
    if len(said) > LONGEST_TEXT or not is_unicode(said):
        raise InputError(
            f"The remark is longer than {LONGEST_TEXT} characters, or is no text.", where="text", remedy="Shorten it."
        )
    return said


def _target(workspace: Workspace, use_case: UseCase, about: str) -> str:
    if not about:
        return use_case.iri
    if "://" not in about and not about.startswith("urn:"):
        return get_requirement(use_case, about).iri
    if not workspace.models.terms().about(about):
        remedy = "Name a requirement such as CFD-01, or the IRI of a term."
        raise InputError("No registered model has such a term.", where="about", remedy=remedy)
    return about
