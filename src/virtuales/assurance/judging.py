"""Judging documents: RDF files, and models read from CIM packages, each by the shapes that its profiles ask for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from virtuales.assurance.dictionary import NO_TERM
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.imports import gather
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.report import EXAMPLES, ValidationReport, plain_text
from virtuales.assurance.rules import GivenRules, Judging, Rules, Ruling
from virtuales.assurance.schema import SchemaVersion
from virtuales.assurance.validator import validate
from virtuales.errors import InputError, UnknownTerm
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, parse_file
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import MD, RDFS

_PROFILE = f"<{MD['Model.profile'].value}>"
_LABEL = f"<{RDFS['label'].value}>"


@dataclass(frozen=True)
class Judgeable:
    """One RDF document to be judged.

    Args:
        name: What people call it.
        path: The RDF file.
        profiles: IRIs of the profiles it follows; None when its own header is to be asked.
        graph: Its statements, where they were read already; then the file may be of another kind.
    """

    name: str
    path: Path
    profiles: tuple[str, ...] | None = None
    graph: ColumnarGraph | None = None


@dataclass(frozen=True)
class Judgement:
    """What judging one document gave.

    Args:
        name: What people call the document.
        profiles: IRIs of the profiles that chose the shapes; empty where the shapes were given.
        report: What was found.
        names: What the data calls the focus nodes of the first results of each rule, by their terms.
        versions: Registered versions of schemas by which it was judged; none where it was judged by files.
        remarks: What the data's producer is to know of them.
    """

    name: str
    profiles: tuple[str, ...]
    report: ValidationReport
    names: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[SchemaVersion, ...] = ()
    remarks: tuple[str, ...] = ()


Engine = Callable[[Path, Sequence[Path]], ValidationReport]
"""Another engine: judges one RDF file by some shapes files."""


def read_graph(path: Path) -> ColumnarGraph:
    """Read an RDF file into columns.

    Raises:
        UnreadableInput: it is no well-formed RDF.
    """
    if MEDIA_TYPES_BY_SUFFIX.get(path.suffix.lower()) == N_TRIPLES:
        return ColumnarGraph.from_n_triples(path)
    return ColumnarGraph.from_quads(parse_file(path))


def header_profiles(graph: ColumnarGraph, name: str) -> tuple[str, ...]:
    """Return the profiles that the model header in a graph names.

    Raises:
        UnknownTerm: it names none.
    """
    (predicate,) = graph.dictionary.lookup([_PROFILE])
    profiles = sorted(plain_text(term) for term in graph.dictionary.texts(graph.pairs(int(predicate)).second))
    if not profiles:
        raise UnknownTerm(
            "The data names no profile, so no registered shapes can be chosen.",
            where=name,
            remedy="Name the shapes to judge it by (`--shapes`), or give it a header with `md:Model.profile`.",
        )
    return tuple(profiles)


def profiles_of(document: Judgeable, graph: ColumnarGraph, rules: Rules) -> tuple[str, ...]:
    """Return the profiles by which rules choose what judges a document; none where they do not choose.

    Raises:
        UnknownTerm: neither is told of the document nor told by its header which profiles it follows.
    """
    return () if isinstance(rules, GivenRules) else document.profiles or header_profiles(graph, document.name)


def names_of(graph: ColumnarGraph, nodes: Iterable[str]) -> dict[str, str]:
    """Return what a graph calls some of its nodes: `IdentifiedObject.name` of whichever CIM, else `rdfs:label`.

    Args:
        graph: The data.
        nodes: The nodes, as terms; those without a name are left out of the answer.
    """
    wanted = list(nodes)
    numbers = graph.dictionary.lookup(wanted)
    names: dict[str, str] = {}
    for predicate in _naming(graph):
        subjects, objects = graph.pairs(predicate)
        place = np.minimum(np.searchsorted(subjects, numbers), max(len(subjects) - 1, 0))
        for row in np.flatnonzero((subjects[place] == numbers) & (numbers != NO_TERM)):
            names.setdefault(wanted[row], plain_text(graph.dictionary[int(objects[place[row]])]))
    return names


def _naming(graph: ColumnarGraph) -> list[int]:
    """Return the predicates that name things, the best first."""
    known = list(zip(graph.predicates.tolist(), graph.dictionary.texts(graph.predicates), strict=True))
    cim = [number for number, term in known if term.endswith("#IdentifiedObject.name>")]
    return cim + [number for number, term in known if term == _LABEL]


def judge(
    document: Judgeable,
    *,
    rules: Rules,
    engine: Engine | None = None,
    by: Judging = validate,
    examples: int = EXAMPLES,
) -> Judgement:
    """Judge one document by given shapes, or by those that some rules choose for its profiles.

    Args:
        document: What to judge.
        rules: The rules.
        engine: Another engine to judge with, which is given files; by default this package's own.
        by: What judges a graph with this package's own.
        examples: Results of each rule whose focus nodes are looked up by name.

    Raises:
        UnreadableInput: the document or a shapes file is no well-formed RDF.
        UnknownTerm: a profile has no registered shapes, or the document names none.
        InputError: no shape is left to judge by, or another engine is to judge by what is no file.
    """
    graph = read_graph(document.path) if document.graph is None else document.graph
    profiles = profiles_of(document, graph, rules)
    if engine is not None:
        files = _files(rules, profiles)
        gathered = gather(files, [str(file) for file in files], rules.find)
        report = engine(document.path, [part.content for part in gathered.parts if isinstance(part.content, Path)])
        ruling = Ruling(replace(report, left_out=(*report.left_out, *gathered.faults)))
    else:
        ruling = rules.judge(graph, profiles, by=by)
    report = ruling.report
    shown = dict.fromkeys(result.focus_node for result in report.first_results(examples))
    return Judgement(document.name, profiles, report, names_of(graph, shown), ruling.versions, ruling.remarks)


def _files(rules: Rules, profiles: Sequence[str]) -> list[Path]:
    if isinstance(rules, GivenRules):
        return list(rules.files)
    if not isinstance(rules, SchemaRegistry):
        raise InputError(
            "Another engine judges by files alone, and these rules are registered versions.",
            where="--engine",
            remedy="Fetch them with `virtuales schema fetch`, and name the files with `--shapes`.",
        )
    return [entry.file for entry in rules.entries_for(profiles)]
