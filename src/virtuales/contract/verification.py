"""Verifies a contract with nothing but its document and the keys of those who signed it.

No registry says here which organisation has which key, so what is proved is which keys signed, and for did:web
identifiers which sites published them. The provider's site is known by the dataset's own address.
"""

from collections.abc import Callable

from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.integrity import Signature, verify_proofs
from virtuales.errors import IntegrityFailure
from virtuales.trust.keys import PublicKey, did_web

_PARTIES = 2


def verify_with_keys(signed: SignedAgreement, key_of: Callable[[str], PublicKey]) -> list[Signature]:
    """Verify every signature of a contract, and that two different keys made them.

    Args:
        signed: The contract.
        key_of: Returns the key published under a verification method; raises when it is not trusted.

    Raises:
        IntegrityFailure: a signature is missing or does not match, or both were made with one key.
        InputError: a key is no Ed25519 key in Multikey form.
    """
    signatures = verify_proofs(signed.document, key_of)
    if len({signature.key for signature in signatures}) != _PARTIES or len(signatures) != _PARTIES:
        raise IntegrityFailure(
            "The contract is not signed by two parties, each with a key of its own.",
            where=signed.agreement.iri.value,
            remedy="Get the document that both have signed; parties that share a node need the registry to tell them.",
        )
    return signatures


def require_provider_site(signed: SignedAgreement, signatures: list[Signature]) -> Signature:
    """Return the signature of the site that has the dataset, whose address is the dataset's own.

    Raises:
        IntegrityFailure: none of the signatures is of that site.
    """
    site = did_web(signed.agreement.target.value.partition("/id/")[0])
    found = [one for one in signatures if one.verification_method.partition("#")[0] == site]
    if not found:
        raise IntegrityFailure(
            "The site that has the dataset has not signed the contract.",
            where=signed.agreement.target.value,
            remedy=f"Its signature names {site}.",
        )
    return found[0]
