"""The course of a negotiation: every move that either side made, in order, with the terms that it put on the table."""

from dataclasses import dataclass
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.contract.negotiation import Move, Party
from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import DSPACE, PROV, RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, date_time, plain
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class PastMove:
    """A move that was made.

    Args:
        number: Its place in the negotiation; the request is the first.
        party: The side that made it.
        move: What it did.
        at: When this side recorded it.
        by: IRI or client of the person who decided, where that is known here.
        reason: Why, where one was given.
        offer: The terms that it put on the table, where it did.
    """

    number: int
    party: Party
    move: Move
    at: datetime
    by: str | None = None
    reason: str | None = None
    offer: NamedNode | None = None


def move_quads(negotiation: NamedNode, made: PastMove, graph: NamedNode) -> tuple[Quad, ...]:
    """Return the statements that keep a move."""
    iri = NamedNode(f"{negotiation.value}#move-{made.number}")
    statements = Statements(graph).say(iri, RDF.type, VES.NegotiationMove).say(iri, VES.negotiation, negotiation)
    statements.say(iri, VES.moveNumber, made.number).say(iri, VES.party, made.party.value)
    statements.say(iri, VES.move, made.move.value).say(iri, PROV.endedAtTime, date_time(iso_instant(made.at)))
    statements.say(iri, VES.decidedBy, made.by).say(iri, DSPACE.reason, made.reason)
    return statements.say(iri, DSPACE.offer, made.offer).quads


def course_of(store: RdfStore, graph: NamedNode, negotiation: NamedNode) -> list[PastMove]:
    """Return the moves of a negotiation in order."""
    rows = store.select(
        f"""SELECT ?number ?party ?move ?at ?by ?reason ?offer WHERE {{
            ?m {VES.negotiation} {negotiation} ; a {VES.NegotiationMove} ; {VES.moveNumber} ?number ;
               {VES.party} ?party ; {VES.move} ?move ; {PROV.endedAtTime} ?at .
            OPTIONAL {{ ?m {VES.decidedBy} ?by }} OPTIONAL {{ ?m {DSPACE.reason} ?reason }}
            OPTIONAL {{ ?m {DSPACE.offer} ?offer }}
        }} ORDER BY ?number""",
        graphs=[graph],
    )
    return [
        PastMove(
            number=int(plain(row["number"])),
            party=Party(plain(row["party"])),
            move=Move(plain(row["move"])),
            at=datetime.fromisoformat(plain(row["at"])),
            by=plain(row["by"]) if "by" in row else None,
            reason=plain(row["reason"]) if "reason" in row else None,
            offer=offer if isinstance(offer := row.get("offer"), NamedNode) else None,
        )
        for row in rows
    ]
