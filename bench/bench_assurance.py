"""Judging data by shapes, beside other SHACL engines on the same files.

Each engine runs in a child process on N-Triples and Turtle files, alone; user and system CPU time and peak memory are
the child's, start-up, imports and parsing included. The counts of results per shape and component must agree, or the
run ends with an error. Usage: `python bench/bench_assurance.py [--synthetic TRIPLES]`. Ends with lines
`RESULT name value unit`.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CIM = ROOT.parent / "shared/data/cim"
EQUIPMENT_SHAPES = CIM / "profiles/cgmes-2.4.15/SHACL/EquipmentProfile.ttl"
REAL_GRID = CIM / "cgmes-2.4.15/RealGrid.zip"
MINI_GRID = CIM / (
    "cgmes-2.4.15/MiniGrid/NodeBreaker/CGMES_v2.4.15_MiniGridTestConfiguration_BaseCase_Complete_v3/"
    "MiniGridTestConfiguration_BC_EQ_v3.0.0.xml"
)
BASE = "http://grid.example/model"
SYNTHETIC_SHAPES = """
@prefix : <http://grid.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Line a sh:NodeShape ; sh:targetClass :ACLine ; sh:property :Name, :Length, :End, :Kind .
:Name a sh:PropertyShape ; sh:path :name ; sh:minCount 1 ; sh:maxCount 1 ; sh:maxLength 9 ; sh:pattern "^L[0-9]+$" .
:Length a sh:PropertyShape ; sh:path :length ; sh:datatype xsd:decimal ; sh:minInclusive 0.5 .
:End a sh:PropertyShape ; sh:path :end ; sh:class :Bus ; sh:minCount 2 ; sh:maxCount 2 .
:Kind a sh:PropertyShape ; sh:path :kind ; sh:in ( :overhead :cable ) .
"""
COUNTED = "counted"
Counts = dict[str, int]


class Run(NamedTuple):
    """What a child process used and found."""

    seconds: float
    megabytes: float
    counts: Counts


def count_with_virtuales(data: str, shapes: Sequence[str]) -> Counts:
    """Judge with this package's own engine."""
    from virtuales.assurance.compiler import compile_shapes  # noqa: PLC0415  (another side must not pay for it)
    from virtuales.assurance.graph import ColumnarGraph  # noqa: PLC0415  (another side must not pay for it)
    from virtuales.assurance.validator import validate  # noqa: PLC0415  (another side must not pay for it)

    report = validate(ColumnarGraph.from_n_triples(Path(data)), compile_shapes([Path(one) for one in shapes]))
    counts: Counter[str] = Counter()
    for group in report.groups:
        counts[f"{group.source_shape.strip('<>')} {group.component}"] += len(group)
    return counts


def count_with_shacl(data: str, shapes: Sequence[str]) -> Counts:
    """Judge with the compiled engine of the package `shacl`."""
    import shacl  # noqa: PLC0415  (another side must not pay for it)

    report = shacl.validate(data, shapes[0])
    return Counter(f"{str(one.source_shape).strip('<>')} {one.component_iri}" for one in report.results)


def count_with_pyshacl(data: str, shapes: Sequence[str]) -> Counts:
    """Judge with pySHACL."""
    import pyshacl  # noqa: PLC0415  (another side must not pay for it)
    from rdflib import RDF, Graph, Namespace  # noqa: PLC0415  (another side must not pay for it)

    sh = Namespace("http://www.w3.org/ns/shacl#")
    graph = Graph().parse(data, format="nt")
    _, report, _ = pyshacl.validate(graph, shacl_graph=Graph().parse(shapes[0]), inplace=True)
    return Counter(
        f"{report.value(one, sh.sourceShape)} {report.value(one, sh.sourceConstraintComponent)}"
        for one in report.subjects(RDF.type, sh.ValidationResult)
    )


def count_with_command(data: str, _: Sequence[str]) -> Counts:
    """Read a package of CIM/XML and judge every model by the registered shapes, as `virtuales validate` does."""
    from typer import Exit  # noqa: PLC0415  (another side must not pay for it)

    from virtuales.cli.validate import Format, validate  # noqa: PLC0415  (another side must not pay for it)

    try:
        validate([Path(data)], form=Format.TEXT, base=BASE)
    except Exit as end:
        return {"exit code": int(end.exit_code)}
    return {}


ENGINES: dict[str, Callable[[str, Sequence[str]], Counts]] = {
    "virtuales": count_with_virtuales,
    "shacl": count_with_shacl,
    "pyshacl": count_with_pyshacl,
    "command": count_with_command,
}


def in_child(engine: str, data: Path, shapes: Sequence[Path]) -> Run:
    """Run one engine in a process of its own, and read what it used from the system."""
    command = [sys.executable, __file__, COUNTED, engine, str(data), *map(str, shapes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        written = child.stdout.read() if child.stdout else ""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{engine} failed on {data.name}")
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(written.splitlines()[-1]))


def to_n_triples(source: Path, directory: Path) -> Path:
    """Read one CIM/XML model into N-Triples; not part of what is measured."""
    from virtuales.models.registry import ModelRegistry  # noqa: PLC0415  (the children import for themselves)
    from virtuales.preparation.cim.package import read_package  # noqa: PLC0415  (the children import for themselves)
    from virtuales.preparation.cim.reader import CimReader  # noqa: PLC0415  (the children import for themselves)
    from virtuales.resources import contributed  # noqa: PLC0415  (the children import for themselves)

    directory.mkdir()
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    return read_package(source, directory, reader=reader).models[0].statements


def equipment_of(package: Path, directory: Path) -> Path:
    """Take the equipment model out of a package."""
    with zipfile.ZipFile(package) as archive:
        (name,) = (one for one in archive.namelist() if "_EQ_" in one)
        return Path(archive.extract(name, directory))


def synthetic(triples: int, directory: Path) -> tuple[Path, Path]:
    """Write lines and buses: six statements a line, one line in a hundred in error."""
    data, shapes = directory / "synthetic.nt", directory / "synthetic.ttl"
    shapes.write_text(SYNTHETIC_SHAPES)
    e, type_, xsd = (
        BASE.rpartition("/")[0],
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/2001/XMLSchema#",
    )
    with data.open("w") as file:
        for number in range(triples // 7):
            line, bus, wrong = f"<{e}/line/{number}>", f"<{e}/bus/{number}>", number % 100 == 0
            length = "-1.0" if wrong else f"{number % 50 + 1}.5"
            file.write(
                f"{line} <{type_}> <{e}/ACLine> .\n{bus} <{type_}> <{e}/Bus> .\n"
                f'{line} <{e}/name> "L{number}" .\n{line} <{e}/length> "{length}"^^<{xsd}decimal> .\n'
                f"{line} <{e}/end> {bus} .\n{line} <{e}/end> <{e}/bus/{number // 2}> .\n"
                f"{line} <{e}/kind> <{e}/{'rail' if wrong else 'cable'}> .\n"
            )
    return data, shapes


def compare(name: str, data: Path, shapes: Path, engines: Sequence[str]) -> None:
    """Run several engines on the same files, and refuse to report where they disagree."""
    runs = {engine: in_child(engine, data, [shapes]) for engine in engines}
    ours = runs["virtuales"]
    for engine, run in runs.items():
        if run.counts != ours.counts:
            raise SystemExit(f"{engine} disagrees with virtuales on {name}")
        print(f"RESULT assurance.{name}.{engine}.cpu {run.seconds:.2f} s")
        print(f"RESULT assurance.{name}.{engine}.memory {run.megabytes:.0f} MB")
    print(f"RESULT assurance.{name}.results {sum(ours.counts.values())} results")
    for engine, run in runs.items():
        if engine != "virtuales":
            print(f"RESULT assurance.{name}.times_{engine} {run.seconds / ours.seconds:.2f} ratio")


def main(arguments: Sequence[str]) -> None:
    """Run all comparisons."""
    triples = int(arguments[1]) if arguments[:1] == ["--synthetic"] else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        small = to_n_triples(MINI_GRID, directory / "mini")
        compare("minigrid_eq", small, EQUIPMENT_SHAPES, ["virtuales", "shacl", "pyshacl"])
        large = to_n_triples(equipment_of(REAL_GRID, directory), directory / "real")
        compare("realgrid_eq", large, EQUIPMENT_SHAPES, ["virtuales", "shacl"])
        data, shapes = synthetic(triples, directory)
        compare(f"synthetic_{triples}", data, shapes, ["virtuales", "shacl"])
    whole = in_child("command", REAL_GRID, [])
    print(f"RESULT assurance.realgrid_four_profiles_from_xml.cpu {whole.seconds:.2f} s")
    print(f"RESULT assurance.realgrid_four_profiles_from_xml.memory {whole.megabytes:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == [COUNTED]:
        print(json.dumps(ENGINES[sys.argv[2]](sys.argv[3], sys.argv[4:])))
    else:
        main(sys.argv[1:])
