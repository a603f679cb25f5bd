"""The agreement as a document: drafted from offer and request, signed by the provider, countersigned by the consumer.

It is an ODRL Agreement in JSON-LD with its context inline, and carries what both sides need to show it to a third:
purpose, justification, validity, the terms and conditions. Every part has an IRI, so its canonical form has no blank
nodes, and any tool that verifies `eddsa-rdfc-2022` can check it offline.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.contract.documents import instant_in, json_object, text_in
from virtuales.contract.integrity import PROOF_CONTEXT, Document, Signature, add_proof, verify_proofs
from virtuales.errors import Conflict, InputError, IntegrityFailure
from virtuales.policy.compact import policy_to_json
from virtuales.policy.context import POLICY_CONTEXT
from virtuales.policy.granting import agreement_from
from virtuales.policy.odrl import Agreement, Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.profile import CORE, Profile
from virtuales.policy.statements import Statements, read_statements, restated, statements_json
from virtuales.rdf.namespaces import DCTERMS, DSPACE, VES, XSD
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.keys import PublicKey, SigningKey

_INSTANT = XSD.dateTime.value

AGREEMENT_CONTEXT: Mapping[str, object] = MappingProxyType(
    {
        **POLICY_CONTEXT,
        **PROOF_CONTEXT,
        "timestamp": {"@id": DSPACE.timestamp.value, "@type": _INSTANT},
        "validFrom": {"@id": VES.validFrom.value, "@type": _INSTANT},
        "validUntil": {"@id": VES.validUntil.value, "@type": _INSTANT},
        "requestedPurpose": {"@id": VES.requestedPurpose.value, "@type": "@id"},
        "justification": VES.justification.value,
        "termsVersion": VES.termsVersion.value,
        "negotiation": {"@id": VES.negotiation.value, "@type": "@id"},
    }
)
"""The context of agreements; a document with another is not read, since its names could mean anything."""

AMENDMENT_CONTEXT: Mapping[str, object] = MappingProxyType(
    {**AGREEMENT_CONTEXT, "replaces": {"@id": DCTERMS.replaces.value, "@type": "@id"}}
)
"""The context of agreements that replace another one."""

_STATED = {"stated": {"@id": VES.stated.value, "@type": "@id", "@container": "@set"}}

_OWN_KEYS = frozenset(
    {
        "timestamp",
        "validFrom",
        "validUntil",
        "requestedPurpose",
        "justification",
        "termsVersion",
        "negotiation",
        "replaces",
        "stated",
        "proof",
    }
)


@dataclass(frozen=True)
class AccessRequest:
    """What a consumer asks for.

    Args:
        negotiation: IRI of the negotiation on the provider's side.
        assignee: The consumer organisation.
        purpose: IRI of the purpose.
        justification: Why, in the words of the side that proposes.
        replaces: The agreement that it takes the place of; None where there was none before.
        stated: What the consumer states about itself and its use.
    """

    negotiation: NamedNode
    assignee: NamedNode
    purpose: NamedNode
    justification: str
    replaces: NamedNode | None = None
    stated: Statements = ()


@dataclass(frozen=True)
class Validity:
    """When an agreement holds.

    Args:
        start: From when, included, with a time zone.
        end: Until when, excluded; None sets no end.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a period that contains no instant."""
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise InputError("The validity has no time zone.", where="validity", remedy="Write instants in UTC.")
        if self.end is not None and self.end <= self.start:
            raise InputError(
                "The agreement would end before it starts.", where="validUntil", remedy="Give a later end."
            )

    def contains(self, moment: datetime) -> bool:
        """Tell whether the agreement holds at that moment, as far as time is concerned."""
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True)
class SignedAgreement:
    """An agreement as it was read from its document.

    Args:
        agreement: The policy.
        request: What it answers.
        validity: When it holds.
        terms_version: Version of the terms and conditions it stands under.
        document: The document, with whatever proofs it has.
    """

    agreement: Agreement
    request: AccessRequest
    validity: Validity
    terms_version: str
    document: Document

    def text(self) -> str:
        """Return the document as JSON text, the form that is kept and exchanged."""
        return json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def draft_agreement(
    offer: Offer, request: AccessRequest, *, iri: NamedNode, validity: Validity, terms_version: str
) -> SignedAgreement:
    """Make the agreement that grants an offer to the consumer that asked; nobody has signed it yet.

    Args:
        offer: What is granted, as it stands.
        request: What was asked.
        iri: IRI of the agreement.
        validity: When it holds; its start is also the agreement's timestamp.
        terms_version: Version of the terms and conditions.
    """
    agreement = agreement_from(offer, iri=iri, assignee=request.assignee)
    document: dict[str, object] = {
        **policy_to_json(agreement),
        "timestamp": iso_instant(validity.start),
        "validFrom": iso_instant(validity.start),
        "requestedPurpose": request.purpose.value,
        "justification": request.justification,
        "termsVersion": terms_version,
        "negotiation": request.negotiation.value,
    }
    if request.replaces is not None:
        document["replaces"] = request.replaces.value
    if validity.end is not None:
        document["validUntil"] = iso_instant(validity.end)
    if request.stated:
        request = replace(request, stated=restated(request.stated, iri))
        document["stated"] = statements_json(request.stated)
    document = {"@context": context_of(document), **document}
    return SignedAgreement(agreement, request, validity, terms_version, document)


def sign_agreement(
    draft: SignedAgreement, key: SigningKey, *, verification_method: str, created: datetime
) -> SignedAgreement:
    """Return the agreement with one more signature; the provider signs first, the consumer countersigns."""
    document = add_proof(draft.document, key, verification_method=verification_method, created=created)
    return SignedAgreement(draft.agreement, draft.request, draft.validity, draft.terms_version, document)


def parse_agreement(source: str | bytes | Document, vocabulary: Profile = CORE) -> SignedAgreement:
    """Read an agreement document with the terms of a vocabulary; its signatures are for `verify_agreement`.

    Raises:
        UnreadableInput: the text is no JSON object, is too long, or names a key twice.
        InputError: a part is missing or wrong, or the context is not that of agreements.
    """
    document = source if isinstance(source, Mapping) else json_object(source)
    if document.get("@context") != context_of(document):
        raise InputError(
            "The document does not have the context of agreements.", where="@context", remedy="Leave it as it was made."
        )
    policy = parse_policy(document, extra=_OWN_KEYS, vocabulary=vocabulary)
    if not isinstance(policy, Agreement) or policy.assignee is None:
        raise InputError("The document is no agreement.", where=policy.iri.value, remedy="Its @type is `Agreement`.")
    request = AccessRequest(
        negotiation=parse_iri(text_in(document, "negotiation"), where="negotiation"),
        assignee=policy.assignee,
        purpose=parse_iri(text_in(document, "requestedPurpose"), where="requestedPurpose"),
        justification=text_in(document, "justification"),
        replaces=None if "replaces" not in document else parse_iri(text_in(document, "replaces"), where="replaces"),
        stated=read_statements(document.get("stated"), owner=policy.iri, vocabulary=vocabulary),
    )
    end = None if document.get("validUntil") is None else instant_in(document, "validUntil")
    validity = Validity(instant_in(document, "validFrom"), end)
    instant_in(document, "timestamp")
    return SignedAgreement(policy, request, validity, text_in(document, "termsVersion"), document)


def context_of(document: Document) -> dict[str, object]:
    """Return the context of an agreement's document, which it loses inside a message of the protocol."""
    context = dict(AMENDMENT_CONTEXT if "replaces" in document else AGREEMENT_CONTEXT)
    return context | _STATED if "stated" in document else context


def verify_agreement(signed: SignedAgreement, keys: Mapping[NamedNode, PublicKey]) -> list[Signature]:
    """Verify that the assigner and the assignee both signed the agreement, and nobody else did.

    Args:
        signed: The agreement.
        keys: The organisations' public keys, by organisation.

    Raises:
        IntegrityFailure: a party's signature is missing or does not match, or a stranger signed.
    """
    parties = {signed.agreement.assigner: "provider", signed.request.assignee: "consumer"}
    signatures = _verified(signed, keys)
    for organisation, party in parties.items():
        if keys.get(organisation) not in {signature.key for signature in signatures}:
            raise IntegrityFailure(
                f"The {party} has not signed the agreement.",
                where=signed.agreement.iri.value,
                remedy=f"Ask <{organisation.value}> to sign it.",
            )
    return signatures


def verify_provider_signature(signed: SignedAgreement, provider: PublicKey) -> Signature:
    """Verify that the provider alone has signed, before the consumer countersigns.

    Raises:
        IntegrityFailure: the signature is missing or does not match.
    """
    return _verified(signed, {signed.agreement.assigner: provider})[0]


def require_same_agreement(countersigned: SignedAgreement, sent: SignedAgreement) -> None:
    """Refuse a countersigned document that says anything else than the one that was sent.

    Raises:
        Conflict: it does.
    """
    strip = {"proof"}
    mine = {name: value for name, value in sent.document.items() if name not in strip}
    theirs = {name: value for name, value in countersigned.document.items() if name not in strip}
    if mine != theirs:
        raise Conflict(
            "The countersigned agreement is not the one that was sent.",
            where=sent.agreement.iri.value,
            remedy="Sign the document as it was received.",
        )


def _verified(signed: SignedAgreement, keys: Mapping[NamedNode, PublicKey]) -> list[Signature]:
    by_name = {key.multikey: key for key in keys.values()}

    def key_of(method: str) -> PublicKey:
        """Find the party's key that the method's fragment names; the rest of the identifier proves nothing."""
        key = by_name.get(method.rpartition("#")[2])
        if key is None:
            raise IntegrityFailure("The agreement is signed with a key of neither party.", where=method)
        return key

    return verify_proofs(signed.document, key_of)
