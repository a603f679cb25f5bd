"""Names for blank nodes that depend on what is said of them alone, so that the same statements give the same document.

The nodes are told apart by the statements they stand in, again and again until no more are (colour refinement). Those
that still look alike after that are named in any order.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

_triple = re.compile(r"(_:\S+|<[^>]*>) (<[^>]*>) (.*) \.")


def with_settled_names(lines: Iterable[str]) -> list[str]:
    """Return statements in N-Triples with their blank nodes renamed, sorted, each once.

    >>> with_settled_names(['_:x <urn:p> "1" .', '_:a <urn:p> "2" .'])
    ['_:b0 <urn:p> "2" .', '_:b1 <urn:p> "1" .']
    """
    triples = sorted({found.groups() for line in lines if (found := _triple.fullmatch(line))})
    colours = {term: "" for triple in triples for term in (triple[0], triple[2]) if term.startswith("_:")}
    told_apart = -1
    while len(set(colours.values())) > told_apart:
        told_apart = len(set(colours.values()))
        colours = _refined(triples, colours)
    order = sorted(colours, key=lambda node: (colours[node], node))
    names = {node: f"_:b{place}" for place, node in enumerate(order)}
    return sorted(f"{names.get(s, s)} {p} {names.get(o, o)} ." for s, p, o in triples)


def _refined(triples: Iterable[tuple[str, ...]], colours: Mapping[str, str]) -> dict[str, str]:
    seen: dict[str, list[str]] = {node: [colour] for node, colour in colours.items()}
    for subject, predicate, value in triples:
        if subject in seen:
            seen[subject].append(f"> {predicate} {colours.get(value, value)}")
        if value in seen:
            seen[value].append(f"< {predicate} {colours.get(subject, subject)}")
    return {node: hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest() for node, said in seen.items()}
