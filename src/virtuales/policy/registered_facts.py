"""What a provider has on record for left operands: of an organisation, a dataset or a version, for a time.

It goes before what an asker states, and stays on the provider's node.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.policy.odrl import Constraint, Value
from virtuales.policy.profile import Profile
from virtuales.policy.request import Facts
from virtuales.policy.statements import RECORDED, read_statement, stateable
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ODRL, RDF, VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, date_time, plain
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class RegisteredFact:
    """A value on record.

    Args:
        said: The left operand with its values, as a constraint whose IRI is the record's.
        about: The organisation, dataset or dataset version that it is about.
        registered_at: When it was recorded.
        by: The organisation that recorded it.
        until: The instant from which it no longer holds; None where there is no end.
    """

    said: Constraint
    about: NamedNode
    registered_at: datetime
    by: str
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether it holds at an instant."""
        return self.until is None or at < self.until


def read_fact(document: object, vocabulary: Profile, record: RegisteredFact) -> RegisteredFact:
    """Read a fact that is to be recorded.

    Args:
        document: A constraint with `eq`, in compact JSON.
        vocabulary: The terms that may be used.
        record: The record that it is for, without what is said.

    Raises:
        UnknownTerm: the left operand is not known, or the node knows its value itself.
        InputError: it is of the wrong shape, or ends in the past.
    """
    until = record.until
    if until is not None and (until.tzinfo is None or until <= record.registered_at):
        raise InputError("The fact ends before it begins.", where="until", remedy="Give a later end in UTC, or none.")
    said = read_statement(document, record.said.iri, vocabulary, stateable(vocabulary) | RECORDED)
    return replace(record, said=said)


def facts_on_record(store: RdfStore, graph: NamedNode) -> tuple[RegisteredFact, ...]:
    """Return every fact on record, the oldest first."""
    rows = store.select(
        f"""SELECT * WHERE {{ ?iri a {VES.RegisteredFact} ; {VES.about} ?about ; {ODRL.leftOperand} ?left ;
            {ODRL.rightOperand} ?right ; {VES.registeredAt} ?at ; {VES.decidedBy} ?by .
            OPTIONAL {{ ?iri {ODRL.unit} ?unit }} OPTIONAL {{ ?iri {VES.validUntil} ?until }} }} ORDER BY ?at ?iri""",
        graphs=[graph],
    )
    found: dict[NamedNode, RegisteredFact] = {}
    for row in rows:
        iri, left = NamedNode(plain(row["iri"])), NamedNode(plain(row["left"]))
        right, unit = row["right"], row.get("unit")
        if not isinstance(right, NamedNode | Literal):
            continue
        before = found[iri].said.right if iri in found else ()
        measure = unit if isinstance(unit, NamedNode) else None
        until = datetime.fromisoformat(plain(row["until"])) if "until" in row else None
        said = Constraint(iri, left, ODRL.eq, (*before, right), measure)
        at = datetime.fromisoformat(plain(row["at"]))
        found[iri] = RegisteredFact(said, NamedNode(plain(row["about"])), at, plain(row["by"]), until)
    return tuple(found.values())


def known_about(
    facts: Iterable[RegisteredFact], things: frozenset[NamedNode], at: datetime
) -> tuple[Facts, Mapping[NamedNode, NamedNode]]:
    """Return the values on record about some things at an instant, and their units, by left operand."""
    held = [one.said for one in facts if one.about in things and one.holds(at)]
    values: dict[NamedNode, frozenset[Value]] = {}
    for said in held:
        values[said.left] = values.get(said.left, frozenset()) | frozenset(said.right)
    return values, {said.left: said.unit for said in held if said.unit is not None}


def keep_fact(fact: RegisteredFact, before: Iterable[RegisteredFact], graph: NamedNode) -> ChangeSet:
    """Return the change that puts a fact on record, in the place of what was said of the same thing before.

    Args:
        fact: The fact.
        before: What is on record.
        graph: The graph of facts.
    """
    gone = [one for one in before if (one.about, one.said.left) == (fact.about, fact.said.left)]
    return ChangeSet(add=_quads(fact, graph), remove=tuple(quad for one in gone for quad in _quads(one, graph)))


def _quads(fact: RegisteredFact, graph: NamedNode) -> tuple[Quad, ...]:
    iri, said = fact.said.iri, Statements(graph)
    said.say(iri, RDF.type, VES.RegisteredFact).say(iri, VES.about, fact.about)
    said.say(iri, ODRL.leftOperand, fact.said.left).say_all(iri, ODRL.rightOperand, fact.said.right)
    said.say(iri, ODRL.unit, fact.said.unit).say(iri, VES.registeredAt, date_time(iso_instant(fact.registered_at)))
    said.say(iri, VES.decidedBy, fact.by)
    return said.say(iri, VES.validUntil, date_time(iso_instant(fact.until)) if fact.until else None).quads
