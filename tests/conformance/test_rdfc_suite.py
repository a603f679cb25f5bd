"""RDF Dataset Canonicalization: every case of the W3C's suite (https://w3c.github.io/rdf-canon/tests/).

A case asks for the canonical document, for the names that blank nodes get, or for a refusal.
"""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from tests.shared_data import SHARED

from virtuales.errors import TooLarge
from virtuales.rdf import media
from virtuales.rdf.canonical import canonical_n_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.terms import BlankNode, DefaultGraph, Quad

SUITE = SHARED / "suites" / "rdfc10"
DOCUMENTS, NAMES, REFUSALS = 64, 21, 1


def listed() -> Iterator[tuple[str, str]]:
    """Give each case of the manifest: its name, and the hash it asks for."""
    manifest = SUITE / "manifest.csv"
    if manifest.exists():
        with manifest.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield row["test"], row["hashAlgorithm"]


CASES = dict(listed())
without = pytest.mark.skipif(not CASES, reason="needs the shared data `suites/rdfc10`, which is not at hand")


def quads_of(name: str) -> list[Quad]:
    return list(parse_file(SUITE / "rdfc10" / f"{name}-in.nq", media.N_QUADS))


def kinds(name: str) -> list[str]:
    """Return what a case asks for."""
    folder = SUITE / "rdfc10"
    found = [kind for kind in ("rdfc10.nq", "rdfc10map.json") if (folder / f"{name}-{kind}").exists()]
    return found or ["refusal"]


def renamed(quad: Quad, names: Mapping[str, str]) -> str:
    """Return a statement's line with its blank nodes under the names that a case publishes."""
    terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
    named = [f"_:{names[term.value]}" if isinstance(term, BlankNode) else str(term) for term in terms]
    return " ".join([*(named[:3] if isinstance(quad.graph_name, DefaultGraph) else named), ".\n"])


@without
def test_every_case_is_here() -> None:
    counts = Counter(kind for name in CASES for kind in kinds(name))
    assert counts == {"rdfc10.nq": DOCUMENTS, "rdfc10map.json": NAMES, "refusal": REFUSALS}


@without
@pytest.mark.parametrize("name", CASES)
def test_canonicalises_as_published(name: str) -> None:
    asked, quads = kinds(name), quads_of(name)
    started = time.process_time()
    if asked == ["refusal"]:
        with pytest.raises(TooLarge):
            canonical_n_quads(quads)
        assert time.process_time() - started < 1
        return
    canonical = canonical_n_quads(quads, sha_384=CASES[name] == "SHA384")
    assert canonical == (SUITE / "rdfc10" / f"{name}-rdfc10.nq").read_text(encoding="utf-8")
    if "rdfc10map.json" in asked:
        names = json.loads((SUITE / "rdfc10" / f"{name}-rdfc10map.json").read_text(encoding="utf-8"))
        assert canonical == "".join(sorted(renamed(quad, names) for quad in quads))
