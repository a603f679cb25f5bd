"""Data Integrity proofs over JSON-LD documents, cryptosuite `eddsa-rdfc-2022`.

See https://www.w3.org/TR/vc-data-integrity/ and https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022. A document can
carry several proofs (a proof set): each signs the document without any proof.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.errors import InputError, IntegrityFailure
from virtuales.rdf.canonical import canonical_n_quads, json_ld_quads
from virtuales.rdf.namespaces import DCTERMS, SEC, XSD
from virtuales.trust import multibase
from virtuales.trust.keys import PublicKey, SigningKey

CRYPTOSUITE = "eddsa-rdfc-2022"
_TYPE = "DataIntegrityProof"
_PROOFS_MOST = 8
_PROOF_KEYS = frozenset({"id", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"})

PROOF_CONTEXT: Mapping[str, object] = MappingProxyType(
    {
        "type": "@type",
        "DataIntegrityProof": SEC.DataIntegrityProof.value,
        "assertionMethod": SEC.assertionMethod.value,
        "cryptosuite": {"@id": SEC.cryptosuite.value, "@type": SEC.iri + "cryptosuiteString"},
        "created": {"@id": DCTERMS.created.value, "@type": XSD.dateTime.value},
        "verificationMethod": {"@id": SEC.verificationMethod.value, "@type": "@id"},
        "proofPurpose": {"@id": SEC.proofPurpose.value, "@type": "@vocab"},
        "proofValue": {"@id": SEC.proofValue.value, "@type": SEC.iri + "multibase"},
        "proof": {"@id": SEC.proof.value, "@type": "@id", "@container": "@graph"},
    }
)
"""The names of a proof; a document's own context has to define them too."""

NO_CONTEXTS: Mapping[str, object] = MappingProxyType({})

Document = Mapping[str, object]


@dataclass(frozen=True)
class Signature:
    """One proof that verified.

    Args:
        verification_method: Identifier of the key.
        key: The key.
        created: When it says that it was made, as the proof writes it.
    """

    verification_method: str
    key: PublicKey
    created: str


def add_proof(
    document: Document,
    key: SigningKey,
    *,
    verification_method: str,
    created: datetime,
    contexts: Mapping[str, object] = NO_CONTEXTS,
) -> dict[str, object]:
    """Return the document with one more proof by `key`; proofs it has stay.

    Args:
        document: JSON-LD whose contexts are inline or among `contexts`.
        key: The key that signs.
        verification_method: Under which identifier the key is published.
        created: When, with a time zone.
        contexts: Contexts by IRI.

    Raises:
        UnknownTerm: the document uses a name that its context does not define.
    """
    options = {
        "type": _TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": iso_instant(created.replace(microsecond=0)),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    signed = key.sign(signed_bytes(document, options, contexts=contexts))
    earlier = proofs_of(document) if "proof" in document else []
    proofs = [*earlier, {**options, "proofValue": multibase.encode(signed)}]
    return {**document, "proof": proofs[0] if len(proofs) == 1 else proofs}


def verify_proofs(
    document: Document, key_of: Callable[[str], PublicKey], *, contexts: Mapping[str, object] = NO_CONTEXTS
) -> list[Signature]:
    """Verify every proof of a document.

    Args:
        document: The document with its proofs.
        key_of: Returns the key published under a verification method; raises when there is none or it is not trusted.
        contexts: Contexts by IRI.

    Raises:
        IntegrityFailure: there is no proof, or one does not verify.
        UnknownTerm: the document uses a name that its context does not define.
    """
    return [_verified(document, proof, key_of, contexts) for proof in proofs_of(document)]


def signed_bytes(document: Document, options: Document, *, contexts: Mapping[str, object] = NO_CONTEXTS) -> bytes:
    """Return the 64 bytes that a proof signs: the hash of its options, then that of the document (section 3.2.4)."""
    bare = {name: value for name, value in document.items() if name != "proof"}
    configuration = {"@context": document.get("@context")} | {
        name: value for name, value in options.items() if name not in ("proofValue", "@context")
    }
    return _digest(configuration, contexts) + _digest(bare, contexts)


def proofs_of(document: Document) -> list[Document]:
    """Return the proofs a document carries, not verified.

    Raises:
        IntegrityFailure: there is none, there are too many, or one is no object.
    """
    value = document.get("proof")
    proofs = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    found = [proof for proof in proofs if isinstance(proof, Mapping)]
    if not found or len(found) != len(proofs) or len(found) > _PROOFS_MOST:
        raise IntegrityFailure(
            "The document is not signed as expected.", where="proof", remedy=f"It has 1 to {_PROOFS_MOST} proofs."
        )
    return found


def _verified(
    document: Document, proof: Document, key_of: Callable[[str], PublicKey], contexts: Mapping[str, object]
) -> Signature:
    method = _checked_text(proof, "verificationMethod")
    where = f"proof of {method}"
    if (proof.get("type"), proof.get("cryptosuite")) != (_TYPE, CRYPTOSUITE):
        raise IntegrityFailure("The proof is of another kind.", where=where, remedy=f"Use {CRYPTOSUITE}.")
    if proof.get("proofPurpose") != "assertionMethod":
        raise IntegrityFailure("The proof was made for another purpose.", where=where, remedy="Use assertionMethod.")
    unknown = sorted(set(proof) - _PROOF_KEYS - {"@context"})
    if unknown or proof.get("@context", document.get("@context")) != document.get("@context"):
        raise IntegrityFailure(
            "The proof has options that are not understood.",
            where=where,
            remedy=", ".join(unknown) or "Drop its @context.",
        )
    key = key_of(method)
    try:
        value = multibase.decode(_checked_text(proof, "proofValue"))
    except InputError as error:
        raise IntegrityFailure("The proof's value is unreadable.", where=where) from error
    if not key.verifies(value, signed_bytes(document, proof, contexts=contexts)):
        raise IntegrityFailure("The signature does not match the document.", where=where, remedy="Fetch it again.")
    return Signature(method, key, _checked_text(proof, "created"))


def _checked_text(proof: Document, name: str) -> str:
    value = proof.get(name)
    if not isinstance(value, str):
        raise IntegrityFailure(f"The proof has no `{name}`.", where="proof")
    return value


def _digest(document: Document, contexts: Mapping[str, object]) -> bytes:
    return hashlib.sha256(canonical_n_quads(json_ld_quads(document, contexts)).encode()).digest()
