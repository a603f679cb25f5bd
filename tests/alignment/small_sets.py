"""Builders of small mapping sets, in memory and as files."""

from typing import Any

from virtuales.alignment.findings import Reading
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
from virtuales.alignment.tsv_reader import read_tsv

A = "https://a.example/"
B = "https://b.example/"
C = "https://c.example/"
SET = "https://example.org/set"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PREFIXES = {"a": A, "b": B, "c": C, "orcid": "https://orcid.org/"}
HEADER = (
    "#curie_map:\n#  a: https://a.example/\n#  b: https://b.example/\n#  orcid: https://orcid.org/\n"
    f"#license: {LICENCE}\n#mapping_set_id: {SET}\n"
)
NAMES = ("subject_id", "predicate_id", "object_id", "mapping_justification")
CELLS = ("a:x", "skos:exactMatch", "b:y", "semapv:ManualMappingCuration")


def line(subject: str, predicate: str = EXACT_MATCH, target: str = B + "y", **slots: Any) -> Mapping:  # noqa: ANN401
    """Return a mapping that a person made."""
    return Mapping(subject, predicate, target, slots.pop("justification", MANUAL_CURATION), **slots)


def mapping_set(*mappings: Mapping, **slots: Any) -> MappingSet:  # noqa: ANN401
    """Return a set of mappings."""
    return MappingSet(SET, mappings, **{"license": LICENCE, "curie_map": PREFIXES, **slots})


def table(*rows: tuple[str, ...], names: tuple[str, ...] = (), header: str = HEADER) -> bytes:
    """Return a file: each row begins with the four needed cells, and its own follow, as `names` follow the names."""
    lines = ["\t".join((*NAMES, *names)), *("\t".join((*CELLS, *row)) for row in rows)]
    return (header + "\n".join(lines) + "\n").encode()


def read(content: bytes, **options: Any) -> Reading:  # noqa: ANN401
    """Read a file."""
    return read_tsv(content, name="small.sssom.tsv", **options)


def said(reading: Reading) -> list[tuple[str, str]]:
    """Return rule and place of each finding."""
    return [
        (finding.rule, finding.where.removeprefix("small.sssom.tsv").removeprefix(", ")) for finding in reading.findings
    ]
