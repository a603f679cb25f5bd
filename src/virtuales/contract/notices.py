"""Notices: what one party states and signs about an agreement, so that it can be shown to a third.

A notice ends an agreement: the provider revokes it because it was misused, or either party terminates it. It is
JSON-LD with its context inline, signed with a Data Integrity proof as agreements are, and verified without any node.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.documents import instant_in, json_object, text_in
from virtuales.contract.integrity import PROOF_CONTEXT, Document, Signature, add_proof, verify_proofs
from virtuales.errors import InputError, IntegrityFailure
from virtuales.rdf.namespaces import DSPACE, ODRL, VES, XSD
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.keys import PublicKey, SigningKey

NOTICE_CONTEXT: Mapping[str, object] = MappingProxyType(
    {
        "@version": 1.1,
        **PROOF_CONTEXT,
        "TerminationNotice": VES.TerminationNotice.value,
        "RevocationNotice": VES.RevocationNotice.value,
        "agreement": {"@id": DSPACE.agreement.value, "@type": "@id"},
        "party": {"@id": VES.statedBy.value, "@type": "@id"},
        "reason": DSPACE.reason.value,
        "timestamp": {"@id": DSPACE.timestamp.value, "@type": XSD.dateTime.value},
        "assignee": {"@id": ODRL.assignee.value, "@type": "@id"},
        "assigner": {"@id": ODRL.assigner.value, "@type": "@id"},
    }
)
"""The one context of notices; a document with another is not read."""

_KEYS = frozenset(
    {"@context", "@id", "@type", "agreement", "assigner", "assignee", "party", "reason", "timestamp", "proof"}
)


class NoticeKind(StrEnum):
    """What a notice does; the values are its classes in the document."""

    TERMINATION = "TerminationNotice"
    REVOCATION = "RevocationNotice"


@dataclass(frozen=True)
class Notice:
    """A notice as it was read from its document.

    Args:
        iri: Its IRI.
        kind: What it does.
        agreement: The agreement that it ends.
        assigner: The agreement's provider.
        assignee: The agreement's consumer.
        party: Who states it, one of the two.
        reason: Why.
        at: When.
        document: The document, with whatever proof it has.
    """

    iri: NamedNode
    kind: NoticeKind
    agreement: NamedNode
    assigner: NamedNode
    assignee: NamedNode
    party: NamedNode
    reason: str
    at: datetime
    document: Document

    def __post_init__(self) -> None:
        """Refuse what no party could state."""
        if not self.reason.strip():
            raise InputError("The notice has no reason.", where="reason", remedy="Say in a sentence why.")
        if self.party not in (self.assigner, self.assignee):
            raise InputError("The notice is by nobody of the two parties.", where="party", remedy="Name one of them.")
        if self.kind is NoticeKind.REVOCATION and self.party != self.assigner:
            raise InputError("The consumer revokes nothing.", where="@type", remedy="Terminate the agreement instead.")

    def text(self) -> str:
        """Return the document as JSON text, the form that is kept and exchanged."""
        return json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def draft_notice(
    signed: SignedAgreement, kind: NoticeKind, *, iri: NamedNode, party: NamedNode, reason: str, at: datetime
) -> Notice:
    """Write the notice that ends an agreement; nobody has signed it yet.

    Args:
        signed: The agreement.
        kind: Whether it is revoked or terminated.
        iri: IRI of the notice.
        party: Who ends it.
        reason: Why.
        at: When.

    Raises:
        InputError: no reason is given, or the party may not end the agreement in this way.
    """
    if not reason.strip():
        raise InputError("The notice has no reason.", where="reason", remedy="Say in a sentence why.")
    agreement, moment = signed.agreement, at.replace(microsecond=0)
    document: dict[str, object] = {
        "@context": dict(NOTICE_CONTEXT),
        "@id": iri.value,
        "@type": kind.value,
        "agreement": agreement.iri.value,
        "assigner": agreement.assigner.value,
        "assignee": signed.request.assignee.value,
        "party": party.value,
        "reason": reason.strip(),
        "timestamp": iso_instant(moment),
    }
    return _notice(document)


def sign_notice(draft: Notice, key: SigningKey, *, verification_method: str) -> Notice:
    """Return the notice with the signature of the party that states it."""
    return _notice(add_proof(draft.document, key, verification_method=verification_method, created=draft.at))


def parse_notice(source: str | bytes | Document) -> Notice:
    """Read a notice; its signature is for `verify_notice`.

    Raises:
        UnreadableInput: the text is no JSON object, is too long, or names a key twice.
        InputError: a part is missing or wrong, or the context is not that of notices.
    """
    document = source if isinstance(source, Mapping) else json_object(source)
    if document.get("@context") != NOTICE_CONTEXT:
        what = "The document does not have the context of notices."
        raise InputError(what, where="@context", remedy="Leave it as it was made.")
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InputError(f"`{unknown[0]}` is no part of a notice.", where=unknown[0], remedy="Leave it out.")
    return _notice(document)


def verify_notice(notice: Notice, key_of: Callable[[str], PublicKey]) -> Signature:
    """Verify that one key signed a notice.

    Args:
        notice: The notice.
        key_of: Returns the key published under a verification method; raises when it is not the party's.

    Raises:
        IntegrityFailure: the signature is missing, is not the only one, or does not match.
    """
    signatures = verify_proofs(notice.document, key_of)
    if len(signatures) != 1:
        raise IntegrityFailure("A notice has one signature.", where=notice.iri.value)
    return signatures[0]


def readable_notice(notice: Notice, name_of: Callable[[NamedNode], str] = lambda iri: iri.value) -> str:
    """Write a notice in sentences, made of its document alone."""
    done = "revokes" if notice.kind is NoticeKind.REVOCATION else "terminates"
    role = "provider" if notice.party == notice.assigner else "consumer"
    reason = " ".join("".join(each if each.isprintable() else " " for each in notice.reason).split())
    signed = "Signed." if "proof" in notice.document else "Signed by nobody yet."
    return (
        f"NOTICE ABOUT THE END OF AN AGREEMENT\n{notice.iri.value}\n\n"
        f"{name_of(notice.party)}, the {role}, {done} the agreement {notice.agreement.value}\n"
        f"from {notice.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC on.\n\n"
        f"Its reason: “{reason}”\n\n{signed}\n"
    )


def _notice(document: Document) -> Notice:
    kind = text_in(document, "@type")
    if kind not in list(NoticeKind):
        raise InputError("The document is no notice.", where="@type", remedy="Use: " + ", ".join(NoticeKind) + ".")
    iris = {
        name: parse_iri(text_in(document, name), where=name)
        for name in ("@id", "agreement", "assigner", "assignee", "party")
    }
    return Notice(
        iri=iris["@id"],
        kind=NoticeKind(kind),
        agreement=iris["agreement"],
        assigner=iris["assigner"],
        assignee=iris["assignee"],
        party=iris["party"],
        reason=text_in(document, "reason"),
        at=instant_in(document, "timestamp"),
        document=document,
    )
