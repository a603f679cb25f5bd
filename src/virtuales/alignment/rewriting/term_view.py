"""Mappings as rewriting uses them: for each term of the query's vocabulary the terms of the data that carry it.

A statement of the data counts as one in the query's vocabulary if the translation of the data would make it so; hence
the same choice of mappings is used (see `virtuales.alignment.translation.term_table`).
"""

from collections import abc
from dataclasses import dataclass, field
from typing import Literal

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import CLOSE_MATCH, INVERSE_OF, NARROW_MATCH, NO_TERM_FOUND
from virtuales.alignment.translation.term_table import BROADER, EXACT, term_table

How = Literal["same", "narrower", "inverse", "broader", "close"]
"""What a term of the data is to the query's: the same, one that says more, the other end, one that says less, like."""


@dataclass(frozen=True)
class Located:
    """A mapping with its place.

    Args:
        mapping: The mapping, from a term of the data to one of the query's vocabulary.
        where: File and line, or what it was derived from.
    """

    mapping: Mapping
    where: str


@dataclass(frozen=True)
class Carrier:
    """A term of the data that carries one of the query's vocabulary.

    Args:
        term: Its IRI.
        how: What it is beside the query's term.
        where: File and line of the mapping that says so.
    """

    term: str
    how: How
    where: str

    def __str__(self) -> str:
        """Say who carries, and who says so."""
        return f"<{self.term}> ({self.how}; {self.where})"


@dataclass(frozen=True)
class TermView:
    """What mappings say, seen from the query.

    Args:
        carriers: For each term of the query's vocabulary what carries it; every statement found so is right.
        doubtful: What carries it if answers may be wrong: terms that say less, and similar ones.
        becomes: For each term of the data what it is in the query's vocabulary.
        reasons: For terms that nothing carries, what the mappings say of them.
    """

    carriers: abc.Mapping[str, tuple[Carrier, ...]]
    doubtful: abc.Mapping[str, tuple[Carrier, ...]] = field(default_factory=dict)
    becomes: abc.Mapping[str, str] = field(default_factory=dict)
    reasons: abc.Mapping[str, str] = field(default_factory=dict)


def term_view(located: abc.Iterable[Located], shared: abc.Iterable[str] = ()) -> TermView:
    """Arrange mappings by the query's terms.

    Args:
        located: The mappings from the data's terms to the query's.
        shared: Terms that both vocabularies have; they are carried as they are unless a mapping says otherwise.

    Raises:
        InputError: a term of the data has two exact counterparts.
    """
    told = list(located)
    both = frozenset(shared)
    table = term_table((each.mapping for each in told), both)
    denied = {_ends(each.mapping) for each in told if each.mapping.negated}
    carriers: dict[str, dict[str, Carrier]] = {}
    doubtful: dict[str, dict[str, Carrier]] = {}
    for each in told:
        how, term = _how(each.mapping), each.mapping.object_id
        if how is None or _ends(each.mapping) in denied or each.mapping.negated:
            continue
        chosen = how in {"same", "narrower"}
        if chosen and table.terms.get(each.mapping.subject_id) != term:
            continue
        room = carriers if chosen or how == "inverse" else doubtful
        known = room.setdefault(term, {})
        if each.mapping.subject_id not in known or how == "same":
            known[each.mapping.subject_id] = Carrier(each.mapping.subject_id, how, each.where)
    for term in both:
        if table.terms.get(term) == term:
            carriers.setdefault(term, {}).setdefault(term, Carrier(term, "same", "a term of both models"))
    return TermView(
        {term: tuple(found.values()) for term, found in carriers.items()},
        {term: tuple(found.values()) for term, found in doubtful.items()},
        table.terms,
        _reasons(told),
    )


def _how(mapping: Mapping) -> How | None:
    if mapping.unmapped or mapping.literal:
        return None
    if mapping.predicate_id in EXACT:
        return "same"
    if mapping.predicate_id in BROADER:
        return "narrower"
    kinds: dict[str, How] = {INVERSE_OF: "inverse", NARROW_MATCH: "broader", CLOSE_MATCH: "close"}
    return kinds.get(mapping.predicate_id)


def _ends(mapping: Mapping) -> tuple[str, str]:
    return mapping.subject_id, mapping.object_id


def _reasons(told: abc.Iterable[Located]) -> dict[str, str]:
    """Say of terms what speaks against carrying them: that a counterpart is denied, that there is none."""
    found: dict[str, str] = {}
    for each in told:
        mapping = each.mapping
        comment = f" {mapping.comment}" if mapping.comment else ""
        if mapping.negated:
            found.setdefault(mapping.object_id, f"It is said not to be <{mapping.subject_id}> ({each.where}).{comment}")
        elif mapping.subject_id == NO_TERM_FOUND:
            found[mapping.object_id] = f"It is declared to have no counterpart ({each.where}).{comment}"
        elif mapping.object_id != NO_TERM_FOUND and _how(mapping) not in {"same", "narrower", "inverse"}:
            found.setdefault(mapping.object_id, f"It is only said to be like <{mapping.subject_id}> ({each.where}).")
    return found
