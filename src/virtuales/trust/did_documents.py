"""Reads documents of did:web identifiers: which key signs assertions under which name.

See https://www.w3.org/TR/cid-1.0/#verification-methods and https://w3c-ccg.github.io/did-method-web/.
"""

from collections.abc import Iterator, Mapping, Sequence

from virtuales.errors import IntegrityFailure
from virtuales.trust.keys import PublicKey


def key_in_did_document(document: Mapping[str, object], method: str) -> PublicKey:
    """Return the key that a did:web document publishes under a verification method, for assertions.

    Args:
        document: The document.
        method: The verification method's identifier, such as `did:web:example.org#z6Mk…`.

    Raises:
        IntegrityFailure: the document is another identifier's, or has no such method for assertions.
        InputError: the method's key is no Ed25519 key in Multikey form.
    """
    did = method.partition("#")[0]
    if document.get("id") != did:
        raise IntegrityFailure(
            "The document is of another identifier.", where=method, remedy=f"Give the did:web document of {did}."
        )
    methods = {str(one.get("id")): one for one in _objects(document.get("verificationMethod"))}
    asserting = document.get("assertionMethod")
    found = methods.get(method)
    if found is None or not isinstance(asserting, Sequence) or method not in asserting:
        raise IntegrityFailure(
            "The document does not publish this key for assertions.",
            where=method,
            remedy="Ask its owner whether the key was replaced since, and for the document of that time.",
        )
    if found.get("type") != "Multikey" or found.get("controller") != did:
        raise IntegrityFailure("The key is of another kind or another's.", where=method, remedy="Use a Multikey.")
    return PublicKey.from_multikey(str(found.get("publicKeyMultibase")))


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))
