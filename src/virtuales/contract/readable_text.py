"""The readable text of a contract: made of the signed document alone, so that it cannot say anything else."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.integrity import proofs_of
from virtuales.policy.purposes import PURPOSES
from virtuales.policy.sentences import policy_sentences
from virtuales.policy.statements import statement_sentences
from virtuales.rdf.terms import NamedNode

NameOf = Callable[[NamedNode], str]


def _iri(thing: NamedNode) -> str:
    return thing.value


def readable_text(signed: SignedAgreement, name_of: NameOf = _iri) -> str:
    """Write a contract in sentences, in the order in which people ask; the same document gives the same text.

    Args:
        signed: The contract.
        name_of: How an organisation is called; by default its IRI.
    """
    return "\n\n".join("\n".join(paragraph) for paragraph in _paragraphs(signed, name_of)) + "\n"


def _paragraphs(signed: SignedAgreement, name_of: NameOf) -> Iterator[list[str]]:
    agreement, request, validity = signed.agreement, signed.request, signed.validity
    yield ["AGREEMENT ABOUT THE USE OF DATA", agreement.iri.value]
    yield [
        f"Provider: {_line(name_of(agreement.assigner))}",
        f"Consumer: {_line(name_of(request.assignee))}",
        f"Dataset version: {agreement.target.value}",
    ]
    yield [
        "What for",
        f"The consumer asked for the data for this purpose: {PURPOSES.get(request.purpose, request.purpose.value)}.",
        f"Its reason: “{_line(request.justification)}”",
        *(f"It states: {_line(said)}" for said in statement_sentences(request.stated, agreement.vocabulary)),
    ]
    yield ["What is agreed; “you” is the consumer", *_numbered(_sentences(signed, name_of))]
    end = f"until {_moment(validity.end)}" if validity.end else "without an end"
    yield [
        "From when to when",
        f"It holds from {_moment(validity.start)} {end}, unless one of the parties ends it before.",
        *([f"It takes the place of the agreement {request.replaces.value}."] if request.replaces else []),
        f"It stands under the terms and conditions of the network, version {_line(signed.terms_version)}.",
    ]
    yield ["Signed", *map(_line, _signatures(signed))]


def _sentences(signed: SignedAgreement, name_of: NameOf) -> Iterable[str]:
    """Say what is agreed; a permission that names nobody is the consumer's."""
    named = tuple(
        replace(rule, assignee=signed.request.assignee) if rule.assignee is None else rule
        for rule in signed.agreement.permissions
    )
    return map(_line, policy_sentences(replace(signed.agreement, permissions=named), name_of))


def _numbered(sentences: Iterable[str]) -> Iterator[str]:
    for number, sentence in enumerate(sentences, 1):
        yield f"{number}. {sentence}"


def _signatures(signed: SignedAgreement) -> Iterator[str]:
    if "proof" not in signed.document:
        yield "by nobody yet."
        return
    for proof in proofs_of(signed.document):
        yield f"{proof.get('created')} with {proof.get('verificationMethod')}"


def _line(text: str) -> str:
    """Return what a party wrote as one line of printable characters, so that it cannot pass for other paragraphs."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
