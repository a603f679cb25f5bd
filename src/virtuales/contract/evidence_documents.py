"""Evidence of a fulfilled obligation as a document: stated and signed by who reports it, so that a third can verify it.

It is JSON-LD with its context inline, signed with a Data Integrity proof as agreements and notices are, and verified
with the agreement at hand and no node.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.documents import instant_in, json_object, text_in
from virtuales.contract.integrity import PROOF_CONTEXT, Document, Signature, add_proof, verify_proofs
from virtuales.contract.obligations import Evidence, all_duties
from virtuales.errors import InputError, IntegrityFailure
from virtuales.rdf.namespaces import DCTERMS, PROV, VES, XSD
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.keys import PublicKey, SigningKey

_TYPE = "Evidence"
EVIDENCE_CONTEXT: Mapping[str, object] = MappingProxyType(
    {
        "@version": 1.1,
        **PROOF_CONTEXT,
        _TYPE: VES.Evidence.value,
        "agreement": {"@id": VES.about.value, "@type": "@id"},
        "rule": {"@id": VES.ofRule.value, "@type": "@id"},
        "party": {"@id": VES.statedBy.value, "@type": "@id"},
        "text": DCTERMS.description.value,
        "timestamp": {"@id": PROV.generatedAtTime.value, "@type": XSD.dateTime.value},
    }
)
"""The one context of evidence; a document with another is not read."""

_KEYS = frozenset({"@context", "@id", "@type", "agreement", "rule", "party", "text", "timestamp", "proof"})


@dataclass(frozen=True)
class EvidenceDocument:
    """Evidence as it was read from its document.

    Args:
        evidence: What is shown.
        agreement: The agreement under which it is shown.
        party: Who shows it.
        document: The document, with whatever proof it has.
    """

    evidence: Evidence
    agreement: NamedNode
    party: NamedNode
    document: Document

    def text(self) -> str:
        """Return the document as JSON text, the form that is kept and exchanged."""
        return json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign_evidence(
    evidence: Evidence, agreement: NamedNode, party: NamedNode, key: SigningKey, *, verification_method: str
) -> EvidenceDocument:
    """Write evidence as a document, with the signature of the party that reports it.

    Args:
        evidence: What is shown; its time loses what is below a second.
        agreement: The agreement.
        party: Who shows it.
        key: Its key.
        verification_method: Under which identifier the key is published.
    """
    at = evidence.given_at.replace(microsecond=0)
    document: dict[str, object] = {
        "@context": dict(EVIDENCE_CONTEXT),
        "@id": evidence.iri.value,
        "@type": _TYPE,
        "agreement": agreement.value,
        "rule": evidence.rule.value,
        "party": party.value,
        "text": evidence.text.strip(),
        "timestamp": iso_instant(at),
    }
    return _read(add_proof(document, key, verification_method=verification_method, created=at))


def parse_evidence(source: str | bytes | Document) -> EvidenceDocument:
    """Read evidence; its signature is for `verify_evidence`.

    Raises:
        UnreadableInput: the text is no JSON object, is too long, or names a key twice.
        InputError: a part is missing or wrong, or the context is not that of evidence.
    """
    document = source if isinstance(source, Mapping) else json_object(source)
    if document.get("@context") != EVIDENCE_CONTEXT:
        what = "The document does not have the context of evidence."
        raise InputError(what, where="@context", remedy="Leave it as it was made.")
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InputError(f"`{unknown[0]}` is no part of evidence.", where=unknown[0], remedy="Leave it out.")
    return _read(document)


def verify_evidence(shown: EvidenceDocument, key_of: Callable[[str], PublicKey]) -> Signature:
    """Verify that one key signed evidence.

    Args:
        shown: The evidence.
        key_of: Returns the key published under a verification method; raises when it is not the party's.

    Raises:
        IntegrityFailure: the signature is missing, is not the only one, or does not match.
    """
    signatures = verify_proofs(shown.document, key_of)
    if len(signatures) != 1:
        raise IntegrityFailure("Evidence has one signature.", where=shown.evidence.iri.value)
    return signatures[0]


def require_of_agreement(
    shown: EvidenceDocument, signed: SignedAgreement, *, by: Signature, signatures: Sequence[Signature]
) -> None:
    """Refuse evidence that does not belong to a contract: another agreement, rule, party or key.

    Args:
        shown: The evidence.
        signed: The contract.
        by: The evidence's signature.
        signatures: The contract's signatures.

    Raises:
        IntegrityFailure: it does not belong to the contract.
    """
    agreement, where = signed.agreement, shown.evidence.iri.value
    if shown.agreement != agreement.iri:
        raise IntegrityFailure("The evidence is about another agreement.", where=where)
    if shown.party != signed.request.assignee:
        raise IntegrityFailure("The evidence is not by the agreement's consumer.", where=where)
    if shown.evidence.rule not in {duty.iri for duty in all_duties(agreement)}:
        raise IntegrityFailure("The agreement has no duty that the evidence is for.", where=where)
    if by.key not in {one.key for one in signatures}:
        raise IntegrityFailure("The evidence is signed with a key that did not sign the contract.", where=where)


def readable_evidence(shown: EvidenceDocument) -> str:
    """Write evidence in sentences, made of its document alone."""
    said = "".join(each if each.isprintable() else " " for each in shown.evidence.text)
    signed = "Signed." if "proof" in shown.document else "Signed by nobody yet."
    return (
        f"EVIDENCE OF A FULFILLED OBLIGATION\n{shown.evidence.iri.value}\n\n"
        f"{shown.party.value}, the consumer, shows under the agreement {shown.agreement.value}\n"
        f"that it did what {shown.evidence.rule.value} demands,\n"
        f"at {shown.evidence.given_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC.\n\n"
        f"It says: “{' '.join(said.split())}”\n\n{signed}\n"
    )


def is_evidence(document: object) -> bool:
    """Tell whether a document says that it is evidence."""
    return isinstance(document, Mapping) and document.get("@type") == _TYPE


def _read(document: Document) -> EvidenceDocument:
    if document.get("@type") != _TYPE:
        raise InputError("The document is no evidence.", where="@type", remedy=f"Use `{_TYPE}`.")
    iri, agreement, rule, party = (
        parse_iri(text_in(document, name), where=name) for name in ("@id", "agreement", "rule", "party")
    )
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    evidence = Evidence(iri, rule, text_in(document, "text"), instant_in(document, "timestamp"), document=text)
    return EvidenceDocument(evidence, agreement, party, document)
