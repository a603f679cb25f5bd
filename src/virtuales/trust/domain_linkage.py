"""That whoever controls a web domain also controls an organisation's key, shown at a well-known address of the domain.

It follows Well Known DID Configuration of the Decentralized Identity Foundation: the domain serves a document with a
domain linkage credential, a JWT signed with the key, that names the did:web identifier and the domain. See
https://identity.foundation/.well-known/resources/did-configuration/.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from joserfc import jwt

from virtuales.clock import iso_instant
from virtuales.errors import IntegrityFailure, Unauthenticated
from virtuales.trust.keys import PublicKey, SigningKey, verification_method
from virtuales.trust.registration import parse_domain
from virtuales.trust.signed_jwt import ALGORITHM, check_times, decode_claims, parse_unverified

CONFIGURATION_PATH: Final = "/.well-known/did-configuration.json"
_CONTEXT: Final = "https://identity.foundation/.well-known/did-configuration/v1"
_CREDENTIALS: Final = "https://www.w3.org/2018/credentials/v1"
_KIND: Final = "DomainLinkageCredential"
_LASTS: Final = timedelta(days=90)
_MOST: Final = 20


def linked_origins(base_url: str, domains: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses that a node links its key to: its own, and those of the organisation's web domains.

    Raises:
        InputError: a domain is none.
    """
    return (base_url, *(f"https://{parse_domain(domain)}" for domain in domains))


def did_configuration(key: SigningKey, did: str, origins: Iterable[str], *, now: datetime) -> dict[str, object]:
    """Return the document that links an identifier to domains, one credential for each, good for 90 days.

    Args:
        key: The identifier's key.
        did: The identifier.
        origins: The addresses, such as `https://vale.example`.
        now: What time it is.
    """
    return {"@context": _CONTEXT, "linked_dids": [_linkage(key, did, origin, now) for origin in origins]}


def verify_configuration(
    document: Mapping[str, object], *, origin: str, did: str, key: PublicKey, now: datetime
) -> datetime:
    """Check that a document which a domain serves links it to an identifier and its key; return until when.

    Args:
        document: The document.
        origin: The address at which it was found.
        did: The identifier.
        key: The key that the organisation registered.
        now: What time it is.

    Raises:
        IntegrityFailure: no credential in it does; says why the last that names the identifier does not.
    """
    listed = document.get("linked_dids")
    tokens = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    why = "it names another identifier"
    for token in tokens[:_MOST]:
        try:
            claims = parse_unverified(token).claims
            if claims.get("iss") == did:
                return _verified(token, origin=origin, did=did, key=key, now=now)
        except Unauthenticated as error:
            why = error.what
    raise IntegrityFailure(
        f"The document does not link {origin} to {did}: {why if tokens else 'it has no credential'}.",
        where=origin + CONFIGURATION_PATH,
        remedy="Serve there what your node serves at that path; the node's setting `linked_domains` names the domain.",
    )


def _linkage(key: SigningKey, did: str, origin: str, now: datetime) -> str:
    begins, ends = int(now.timestamp()), now + _LASTS
    credential = {
        "@context": [_CREDENTIALS, _CONTEXT],
        "type": ["VerifiableCredential", _KIND],
        "issuer": did,
        "issuanceDate": iso_instant(now.replace(microsecond=0)),
        "expirationDate": iso_instant(ends.replace(microsecond=0)),
        "credentialSubject": {"id": did, "origin": origin},
    }
    claims = {"iss": did, "sub": did, "nbf": begins, "exp": int(ends.timestamp()), "vc": credential}
    header = {"alg": ALGORITHM, "kid": verification_method(did, key.public)}
    return jwt.encode(header, claims, key.jose(), algorithms=[ALGORITHM])


def _verified(token: str, *, origin: str, did: str, key: PublicKey, now: datetime) -> datetime:
    header = parse_unverified(token).header
    if header.get("alg") != ALGORITHM or "crit" in header:
        raise Unauthenticated(f"its algorithm is not {ALGORITHM}")
    claims = decode_claims(token, key.jose())
    credential = claims.get("vc")
    subject = credential.get("credentialSubject") if isinstance(credential, dict) else None
    kinds = credential.get("type") if isinstance(credential, dict) else None
    if not isinstance(subject, dict) or not isinstance(kinds, list) or _KIND not in kinds:
        raise Unauthenticated("it is no domain linkage credential")
    if claims.get("sub") != did or subject.get("id") != did:
        raise Unauthenticated("it is about another identifier")
    if subject.get("origin") != origin:
        raise Unauthenticated(f"it is for {subject.get('origin')}")
    return check_times({**claims, "iat": claims.get("nbf")}, now)
