"""The conference track's ontologies and reference alignments, as the benchmark and the tests read them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from virtuales.alignment.suggestions.scoring import Pair
from virtuales.models.facts import Model
from virtuales.models.owl_vocabulary import read_model

Name = tuple[str, str]
"""The names of the two ontologies of an alignment."""
SUITE = "suites/alignment/oaei-conference"


def ontologies(folder: Path) -> dict[str, Model]:
    """Return the ontologies by name."""
    return {file.stem: read_model([file], file.stem.lower()) for file in sorted((folder / "ontologies").glob("*.owl"))}


def references(folder: Path) -> dict[Name, frozenset[Pair]]:
    """Return for each two ontologies the pairs that the reference gives; all of them are equivalences."""
    found = {}
    for file in sorted((folder / "reference").glob("*.rdf")):
        left, _, right = file.stem.partition("-")
        cells = [cell for cell in ET.parse(file).iter() if _local(cell.tag) == "Cell"]  # noqa: S314  # a local suite
        found[left, right] = frozenset(map(_pair, cells))
        if len(found[left, right]) != len(cells):
            raise ValueError(f"{file} has a cell twice")
    return found


def measures(found: Mapping[Name, Iterable[Pair]], right: Mapping[Name, frozenset[Pair]]) -> dict[str, float]:
    """Return precision, recall and F1 over all alignments together, and the mean of their F1."""
    per = {name: _measured(frozenset(found[name]), right[name]) for name in right}
    hits, given, wanted = (sum(counts[at] for counts in per.values()) for at in range(3))
    each = [2 * hit / (made + due) for hit, made, due in per.values()]
    return {
        "precision": hits / given,
        "recall": hits / wanted,
        "f1": 2 * hits / (given + wanted),
        "macro_f1": sum(each) / len(each),
    }


def _measured(found: frozenset[Pair], right: frozenset[Pair]) -> tuple[int, int, int]:
    return len(found & right), len(found), len(right)


def _pair(cell: ET.Element) -> Pair:
    said = {_local(part.tag): part for part in cell}
    if (said["relation"].text or "").strip() != "=":
        raise ValueError("The alignment has a relation that is no equivalence.")
    left, right = (next(iter(said[name].attrib.values())) for name in ("entity1", "entity2"))
    return left, right


def _local(name: str) -> str:
    return name.rpartition("}")[2]
