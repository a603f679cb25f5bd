"""Letters: messages to the other party of a contract that wait on this node until the other node has taken them.

A letter is recorded in the same event as what it tells of, so that neither can be without the other, and it is removed
with the event that says it was taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, plain
from virtuales.store.rdf_store import RdfStore


class LetterKind(StrEnum):
    """What a letter belongs to."""

    MOVE = "move"
    ENDING = "ending"
    OBLIGATION = "obligation"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Letter:
    """A message that waits to be taken.

    Args:
        kind: What it belongs to.
        about: The negotiation or agreement it is about.
        sender: The organisation that writes.
        recipient: The organisation that is to take it.
        path: Where its node takes it.
        message: What it says.
        number: Its place among the letters about the same thing: they are taken in this order.
        iri: Its own IRI.
    """

    kind: LetterKind
    about: NamedNode
    sender: NamedNode
    recipient: NamedNode
    path: str
    message: Mapping[str, object]
    number: int
    iri: NamedNode


def write_letter(
    kind: LetterKind,
    about: NamedNode,
    message: Mapping[str, object],
    *,
    parties: tuple[NamedNode, NamedNode],
    path: str,
    number: int,
) -> Letter:
    """Write a letter from the first of two parties to the second."""
    sender, recipient = parties
    return Letter(kind, about, sender, recipient, path, message, number, NamedNode(uuid4().urn))


def enclose(letter: Letter, graph: NamedNode) -> ChangeSet:
    """Return the change that has a letter wait."""
    return ChangeSet(add=_statements(letter, graph))


def taken(letter: Letter, graph: NamedNode) -> ChangeSet:
    """Return the change that a letter's arrival makes: it waits no longer."""
    return ChangeSet(remove=_statements(letter, graph))


def waiting_letters(store: RdfStore, graph: NamedNode, kind: LetterKind) -> list[Letter]:
    """Return the letters of a kind that wait, those about one thing in the order in which they were written."""
    rows = store.select(
        f"""SELECT * WHERE {{ ?iri a {VES.Letter} ; {VES.letterKind} "{kind}" ; {VES.about} ?about ;
            {VES.sender} ?sender ; {VES.recipient} ?recipient ; {VES.path} ?path ; {VES.message} ?message ;
            {VES.moveNumber} ?number }} ORDER BY ?about ?number ?iri""",
        graphs=[graph],
    )
    return [
        Letter(
            kind=kind,
            about=NamedNode(plain(row["about"])),
            sender=NamedNode(plain(row["sender"])),
            recipient=NamedNode(plain(row["recipient"])),
            path=plain(row["path"]),
            message=json.loads(plain(row["message"])),
            number=int(plain(row["number"])),
            iri=NamedNode(plain(row["iri"])),
        )
        for row in rows
    ]


def _statements(letter: Letter, graph: NamedNode) -> tuple[Quad, ...]:
    iri = letter.iri
    statements = Statements(graph).say(iri, RDF.type, VES.Letter).say(iri, VES.letterKind, letter.kind.value)
    statements.say(iri, VES.about, letter.about).say(iri, VES.sender, letter.sender)
    statements.say(iri, VES.recipient, letter.recipient).say(iri, VES.path, letter.path)
    text = json.dumps(letter.message, ensure_ascii=False, sort_keys=True)
    return statements.say(iri, VES.message, text).say(iri, VES.moveNumber, letter.number).quads
