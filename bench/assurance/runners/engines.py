"""Runs one engine of Python on files, in whichever environment it lives, and prints one line of JSON about it.

The line says what the work took in CPU seconds, from the first byte read to the counted results, and the peak memory
of this process; or why the engine refused. Usage: `engines.py ENGINE DATA[:DATA…] SHAPES[:SHAPES…]`.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

KEPT = Path(__file__).resolve().parents[2] / ".peers" / "virtuales-kept"
BASE = "http://grid.example/model"
SH = "http://www.w3.org/ns/shacl#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
Counts = dict[str, int]
Work = Callable[[Sequence[str], Sequence[str]], Counts]


class Graph(Protocol):
    """What is used of a graph of rdflib."""

    def subject_objects(self, predicate: object) -> Iterable[tuple[object, object]]:
        """Give the subjects and objects of a predicate's statements."""

    def objects(self, subject: object, predicate: object) -> Iterable[object]:
        """Give the objects of a predicate's statements."""


def counted(results: Iterable[tuple[object, object]]) -> Counts:
    """Count results by source shape and component; blank nodes, which each engine names anew, count as one shape."""
    counts: Counter[str] = Counter()
    for shape, component in results:
        name = str(shape).strip("<>")
        named = name if ":" in name and not name.startswith("_:") else "_:"
        counts[f"{named} {str(component).strip('<>').removeprefix(SH)}"] += 1
    return counts


def of_report(report: Graph) -> Counts:
    """Count the results of a report that is a graph of rdflib."""
    from rdflib import URIRef  # noqa: PLC0415  (only where the engine has it)

    shapes = dict(report.subject_objects(URIRef(f"{SH}sourceShape")))
    components = report.subject_objects(URIRef(f"{SH}sourceConstraintComponent"))
    top = set(report.objects(None, URIRef(f"{SH}result")))
    return counted((shapes.get(one, ""), component) for one, component in components if one in top)


def virtuales() -> Work:
    """Judge with this package's own engine."""
    from virtuales.assurance.compiler import compile_shapes  # noqa: PLC0415
    from virtuales.assurance.graph import ColumnarGraph  # noqa: PLC0415
    from virtuales.assurance.validator import validate  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        report = validate(ColumnarGraph.from_n_triples(Path(data[0])), compile_shapes([Path(shapes[0])]))
        return of_groups(report.groups)

    return work


def virtuales_kept() -> Work:
    """Judge with this package's own engine by shapes that it compiled before."""
    from virtuales.assurance.graph import ColumnarGraph  # noqa: PLC0415
    from virtuales.assurance.kept_shapes import KeptShapes  # noqa: PLC0415
    from virtuales.assurance.validator import validate  # noqa: PLC0415
    from virtuales.kept_files import KeptFiles  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        compiled = KeptShapes(KeptFiles(KEPT))([Path(shapes[0])])
        return of_groups(validate(ColumnarGraph.from_n_triples(Path(data[0])), compiled).groups)

    return work


def of_groups(groups: Iterable[Any]) -> Counts:
    """Count the results of our reports."""
    return counted((group.source_shape, group.component) for group in groups for _ in range(len(group)))


def virtuales_xml() -> Work:
    """Read CIM/XML with this package, and judge each model by the shapes file of the same place."""
    import tempfile  # noqa: PLC0415

    from virtuales.assurance.compiler import compile_shapes  # noqa: PLC0415
    from virtuales.assurance.validator import validate  # noqa: PLC0415
    from virtuales.models.registry import ModelRegistry  # noqa: PLC0415
    from virtuales.preparation.cim.reader import CimReader  # noqa: PLC0415
    from virtuales.resources import contributed  # noqa: PLC0415
    from virtuales.workflow.models_to_judge import read_models_to_judge  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        counts: Counter[str] = Counter()
        with tempfile.TemporaryDirectory() as place:
            reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
            models = read_models_to_judge([Path(one) for one in data], Path(place), reader=reader)
            for model, one in zip_longest(models, shapes):
                graph = model.graph
                if one:
                    counts.update(of_groups(validate(graph, compile_shapes([Path(one)])).groups))
                    continue
                (type_,) = graph.dictionary.lookup([f"<{RDF_TYPE}>"])
                classes = graph.dictionary.texts(graph.pairs(int(type_)).second)
                counts.update(one.strip("<>").rpartition("#")[2] for one in classes)
        return counts

    return work


def virtuales_command() -> Work:
    """Read CIM/XML and judge every model by the registered shapes, as `virtuales validate` does."""
    from typer import Exit  # noqa: PLC0415

    from virtuales.cli.validate import validate  # noqa: PLC0415

    def work(data: Sequence[str], _: Sequence[str]) -> Counts:
        try:
            validate([Path(one) for one in data], base=BASE)
        except Exit as end:
            return {"exit code": int(end.exit_code)}
        return {}

    return work


def shacl() -> Work:
    """Judge with the package `shacl`."""
    import shacl as engine  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        report = engine.validate(data[0], shapes[0])
        return counted((one.source_shape, one.component_iri) for one in report.results)

    return work


def pyshacl() -> Work:
    """Judge with pySHACL; SPARQL-based targets, which some published shapes have, are among its advanced features."""
    import pyshacl as engine  # noqa: PLC0415
    from rdflib import Graph  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        graph = Graph().parse(data[0], format="nt")
        shapes_graph = Graph().parse(shapes[0], format="turtle")
        _, report, words = engine.validate(graph, shacl_graph=shapes_graph, inplace=True, advanced=True)
        return of_report(given(report, words))

    return work


def given(report: object, words: str) -> Graph:
    """Return a report that is a graph.

    Raises:
        ValueError: the engine returned its fault instead.
    """
    if not hasattr(report, "subject_objects"):
        raise ValueError(words)
    return report


def pyshacl_turbo() -> Work:
    """Judge with pyshacl-turbo; SPARQL-based targets are among its advanced features."""
    import pyshacl_turbo as engine  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        formats = {"data_graph_format": "nt", "shacl_graph_format": "turtle"}
        _, report, words = engine.validate(data[0], shacl_graph=shapes[0], advanced=True, **formats)
        return of_report(given(report, words))

    return work


def pyshifty() -> Work:
    """Judge with pyshifty, the data graph alone and no rules applied; its report is read as lines."""
    from shifty._shifty import PreparedValidator  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        prepared = PreparedValidator(None, shapes[0], "turtle", None)
        result = prepared.validate_w3c(data_path=data[0], data_format="ntriples", graph_mode="data", run_infer=False)
        found: dict[str, dict[str, str]] = {}
        for line in result._report_ntriples.splitlines():  # noqa: SLF001  (its public form is Turtle, slower to read)
            subject, predicate, value = line[:-2].split(" ", 2)
            found.setdefault(subject, {})[predicate] = value
        shape, component = f"<{SH}sourceShape>", f"<{SH}sourceConstraintComponent>"
        return counted((one.get(shape, ""), one[component]) for one in found.values() if component in one)

    return work


def pyrudof() -> Work:
    """Judge with rudof."""
    import pyrudof as engine  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        rudof = engine.Rudof(engine.RudofConfig())
        rudof.read_data(data[0], engine.RDFFormat.NTriples)
        rudof.read_shacl(shapes[0], engine.ShaclFormat.Turtle)
        return counted((one.source_shape, one.constraint_component) for one in rudof.validate_shacl().violations)

    return work


def shacl_rust() -> Work:
    """Judge with shacl-rust."""
    import shacl_rust as engine  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        report = engine.validate_file(data[0], shapes[0], data_format="nt", shapes_format="turtle")
        return counted((one.get("sourceShape", ""), one["sourceConstraintComponent"]) for one in report["results"])

    return work


def maplib() -> Work:
    """Judge with maplib."""
    from maplib import Model  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        model = Model()
        model.read(data[0], graph="urn:data", format="ntriples")
        model.read(shapes[0], graph="urn:shapes", format="turtle")
        report = model.validate("urn:shapes", "urn:data").results()
        return counted(zip(report["source_shape"], report["source_constraint_component"], strict=True))

    return work


def triplets() -> Work:
    """Read CIM/XML with triplets, and judge each file by the shapes file of the same place.

    What it finds beyond SHACL, about how numbers are written, is left out.
    """
    import triplets as reader  # noqa: PLC0415
    import triplets.validation as engine  # noqa: PLC0415

    def work(data: Sequence[str], shapes: Sequence[str]) -> Counts:
        counts: Counter[str] = Counter()
        if not shapes:
            frame = reader.parse(list(data), return_type="polars")
            counts.update(frame.filter(frame["KEY"] == "Type")["VALUE"].to_list())
            for its_own in ("Distribution", "NamespaceMap"):  # statements about each file, which are not in it
                del counts[its_own]
        for one, by in zip(data, shapes, strict=False):
            report = engine.validate(reader.parse([one], return_type="polars"), by, engine="polars", lexical=False)
            found = zip(report["SOURCE_SHAPE"], report["VIOLATION_TYPE"], strict=True)
            named = ((shape, kind.removeprefix("sh:")) for shape, kind in found if kind.startswith("sh:"))
            counts.update(counted((shape, f"{kind[:1].upper()}{kind[1:]}ConstraintComponent") for shape, kind in named))
        return counts

    return work


def cimoxide() -> Work:
    """Read CIM/XML files with cimoxide, or judge those of a zip by the rules that are built into it."""
    import tempfile  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    import cimoxide as engine  # noqa: PLC0415

    def work(data: Sequence[str], _: Sequence[str]) -> Counts:
        if data[0].endswith(".xml"):
            models = [engine.decode_file(one) for one in data]
            return sum((Counter({name: len(of) for name, of in one.by_type().items()}) for one in models), Counter())
        with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(data[0]) as archive:
            archive.extractall(place)
            found = engine.validate_files([str(path) for path in sorted(Path(place).rglob("*.xml"))])
        return Counter(f"{one.name} {one.severity}" for one in found)

    return work


ENGINES: dict[str, Callable[[], Work]] = {
    "virtuales": virtuales,
    "virtuales-kept": virtuales_kept,
    "virtuales-xml": virtuales_xml,
    "virtuales-command": virtuales_command,
    "shacl": shacl,
    "pyshacl": pyshacl,
    "pyshacl-turbo": pyshacl_turbo,
    "pyshifty": pyshifty,
    "pyrudof": pyrudof,
    "shacl-rust": shacl_rust,
    "maplib": maplib,
    "triplets": triplets,
    "cimoxide": cimoxide,
}


def cpu_seconds() -> float:
    """Return the CPU seconds of this process, its threads and its children so far."""
    return sum(os.times()[:4])


def peak_megabytes() -> float:
    """Return the peak memory of this process by the system's account of itself alone."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not say how much memory this process used at most")


def main(engine: str, data: str, shapes: str) -> None:
    try:
        work = ENGINES[engine]()
        before = cpu_seconds()
        counts = work(data.split(os.pathsep), [one for one in shapes.split(os.pathsep) if one])
        said = {"work": cpu_seconds() - before, "memory": peak_megabytes(), "counts": counts}
    except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever an engine cannot do is told, not hidden)
        said = {"refused": f"{type(error).__name__}: {error}"}
    except BaseException as error:  # noqa: BLE001  (a panic of compiled code is none of the above)
        said = {"refused": f"{type(error).__name__}: {error}"}
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:4])
