"""Running mapping rules on a package of models: what they make, what they take over, what they create."""

import re
from collections import abc
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from virtuales.alignment.rules import MappingRule
from virtuales.models.facts import Model
from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.namespaces import RDF, RDFS

TYPE: Final = f"<{RDF.type.value}>".encode()
_IRI: Final = re.compile(r"<([^<>\s]+)>|\b([\w-]*):([A-Za-z][\w.-]*)")
_PREFIX: Final = re.compile(r"PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)

Key = tuple[bytes, bytes]
"""Which statements of a subject are meant: the predicate, and the class where they say one, else nothing."""


@dataclass
class RuleResults:
    """What the rules gave.

    Args:
        made: For each rule the statements it made, as lines of N-Triples in order.
        carried: For each kind of statements the subjects whose are taken over, each with the rule that does.
        created: For each object that the source does not have, the one that it belongs beside.
    """

    made: dict[str, list[bytes]] = field(default_factory=dict)
    carried: dict[Key, dict[bytes, str]] = field(default_factory=dict)
    created: dict[bytes, bytes] = field(default_factory=dict)


def run_rules(rules: abc.Sequence[MappingRule], files: abc.Iterable[Path], source: Model) -> RuleResults:
    """Run rules on the statements of all models together.

    Only statements with a property that a rule names are looked at, and the source model's hierarchy of classes.

    Args:
        rules: The rules, all of them from the source model.
        files: The models' N-Triples.
        source: The source model.

    Raises:
        InputError: a rule cannot be answered.
    """
    results = RuleResults()
    if not rules:
        return results
    graph = InMemoryGraph()
    wanted = frozenset(f"<{iri}>".encode() for rule in rules for iri in _iris(rule.query)) | {TYPE}
    for file in files:
        with file.open("rb") as lines:
            graph.load(b"".join(line for line in lines if line.split(b" ", 2)[1] in wanted))
    graph.load(_hierarchy(source))
    for rule in rules:
        results.made[rule.name] = sorted(set(graph.constructed(rule.query).splitlines(keepends=True)))
        if rule.carries or rule.creates:
            _note(rule, graph.rows(rule.select), results)
    return results


def key_of(term: str, *, is_class: bool) -> Key:
    """Return the kind of statements that a property, or a class, is said with."""
    return (TYPE, f"<{term}>".encode()) if is_class else (f"<{term}>".encode(), b"")


def _note(rule: MappingRule, solutions: abc.Iterable[abc.Mapping[str, str]], results: RuleResults) -> None:
    for solution in solutions:
        for one in rule.carries:
            if one.variable in solution:
                subjects = results.carried.setdefault(key_of(one.term, is_class=one.is_class), {})
                subjects.setdefault(solution[one.variable].encode(), rule.name)
        for made in rule.creates:
            if made.variable in solution and made.beside in solution:
                results.created[solution[made.variable].encode()] = solution[made.beside].encode()


def _iris(query: str) -> abc.Iterator[str]:
    prefixes = dict(_PREFIX.findall(query))
    for full, prefix, local in _IRI.findall(query):
        yield full or prefixes.get(prefix, "") + local.rstrip(".")


def _hierarchy(model: Model) -> bytes:
    return "".join(
        f"<{fact.iri}> <{RDFS.subClassOf.value}> <{above}> .\n"
        for fact in model.classes.values()
        for above in fact.superclasses
    ).encode()
