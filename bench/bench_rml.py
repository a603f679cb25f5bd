"""Lifting CSV, JSON and XML by an RML mapping, beside morph-kgc 2.10 on the same files and mappings.

Each side runs alone in a child process. The rate of ours is that of the whole command (`virtuales lift`), start-up and
imports included; that of the work alone, from the mapping to the written file, is given too. The other side gets fewer
records, its statements are compared with ours on the same files, and both rates there are of whole processes. It needs
another pyoxigraph than ours, so it is installed into `bench/.peers` when it is first needed. Memory is measured at two
sizes: it does not grow with the file but for the hashes, by which a statement is written once.

Usage: `python bench/bench_rml.py [RECORDS [RECORDS_BESIDE_PEER]]`. Ends with lines `RESULT name value unit`, and
`PASS` or `FAIL` for each bar; exit code 1 when one fails or the answers differ.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

PEER = "morph-kgc==2.10.0"
ENVIRONMENT = Path(__file__).resolve().parent / ".peers" / "morph-kgc"
RECORDS, BESIDE = 400_000, 50_000
BAR = 200_000  # statements per CPU second
COLUMNS = ("id", "name", "kv", "mw", "date", "feeder")
FORMS = {
    "csv": ("CSV", "", "id"),
    "json": ("JSONPath", '; rml:iterator "$.sites[*]"', "id"),
    "xml": ("XPath", '; rml:iterator "/sites/site"', "@id"),
}
MAPPING = """@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://grid.example/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

ex:map rml:logicalSource [
    rml:source "sites.%s" ; rml:referenceFormulation rml:%s %s ] ;
  rml:subjectMap [ rml:template "http://grid.example/site/{%s}" ; rml:class ex:Site ] ;
  rml:predicateObjectMap [ rml:predicate ex:name ; rml:objectMap [ rml:reference "name" ; rml:language "en" ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:kv ; rml:objectMap [ rml:reference "kv" ; rml:datatype xsd:integer ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:mw ; rml:objectMap [ rml:reference "mw" ; rml:datatype xsd:decimal ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:date ; rml:objectMap [ rml:reference "date" ; rml:datatype xsd:date ] ] ;
  rml:predicateObjectMap [ rml:predicate ex:feeder ;
    rml:objectMap [ rml:template "http://grid.example/feeder/{feeder}" ] ] .
"""
PEER_SETTINGS = """[CONFIGURATION]
output_file: {out}
output_format: N-TRIPLES
number_of_processes: 1
logging_level: ERROR
[SITES]
mappings: {mapping}
"""


def rows(number: int) -> Iterator[tuple[str, str, int, float, str, str]]:
    """Make records of sites, always the same."""
    source = random.Random(1)  # noqa: S311 - sample data, not secrets
    for place in range(number):
        name = f"Substation {place} of {source.choice(('Leeds', 'Vale', 'Zoë', 'Kent & Sons'))}"
        date = f"2026-{source.randint(1, 12):02}-{source.randint(1, 28):02}"
        mw = round(source.uniform(0.01, 99), 2)
        yield f"S{place:07}", name, source.choice((11, 33, 132)), mw, date, f"F {place % 500}"


def write_inputs(folder: Path, number: int) -> None:
    """Write the same records as CSV, JSON and XML, with a mapping for each."""
    with (
        (folder / "sites.csv").open("w", encoding="utf-8") as table,
        (folder / "sites.json").open("w", encoding="utf-8") as document,
        (folder / "sites.xml").open("w", encoding="utf-8") as tree,
    ):
        table.write(",".join(COLUMNS) + "\n")
        document.write('{"sites": [')
        tree.write("<sites>\n")
        for place, row in enumerate(rows(number)):
            table.write(",".join(map(str, row)) + "\n")
            document.write(",\n" * bool(place) + json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False))
            inner = "".join(
                f"<{column}>{escape(str(value))}</{column}>" for column, value in zip(COLUMNS[1:], row[1:], strict=True)
            )
            tree.write(f'<site id="{row[0]}">{inner}</site>\n')
        document.write("]}")
        tree.write("</sites>\n")
    for form, (formulation, iterator, subject) in FORMS.items():
        (folder / f"{form}.rml.ttl").write_text(MAPPING % (form, formulation, iterator, subject), encoding="utf-8")


def child(command: list[str], folder: Path) -> tuple[float, str]:
    """Run a command in a folder; return its CPU seconds and the last line that it said."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"`{' '.join(command[:4])} …` failed with exit code {process.returncode}")
        out.seek(0)
        lines = out.read().decode().strip().splitlines()
    return usage.ru_utime + usage.ru_stime, lines[-1] if lines else ""


def lift_ours(mapping: str, out: str) -> None:
    """Lift as the command does, and say what the work alone took and how much memory the process held at most."""
    import time  # noqa: PLC0415  (the parent needs none of these)

    from virtuales.cli.lift import lift  # noqa: PLC0415  (the parent needs none of these)

    started = time.process_time()
    lift(Path(mapping), out=Path(out))
    work = time.process_time() - started
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"work": work, "memory": int(peak.split()[1]) / 1000}))


def ours(folder: Path, form: str) -> tuple[float, float, float, int]:
    """Lift one file; return CPU seconds of the process and of the work alone, peak megabytes and statements."""
    cpu, said = child([sys.executable, __file__, "--ours", f"{form}.rml.ttl", f"{form}.nt"], folder)
    told = json.loads(said)
    with (folder / f"{form}.nt").open("rb") as file:
        return cpu, told["work"], told["memory"], sum(1 for _ in file)


def peer_python() -> str | None:
    """Return the Python of the peer's environment, made where it is not there; None, said aloud, where it cannot be."""
    python, uv = ENVIRONMENT / "bin" / "python", Path(sys.executable).with_name("uv")
    if python.exists():
        return str(python)
    try:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, ENVIRONMENT], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", python, PEER], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"NOT COMPARED: {PEER} cannot be installed here: {error}")
        return None
    return str(python)


def beside_peer(folder: Path, form: str, python: str) -> tuple[float, float]:
    """Lift one file with both; return the CPU seconds of each, once their statements are the same."""
    mine = ours(folder, form)[0]
    settings = folder / f"{form}.ini"
    settings.write_text(PEER_SETTINGS.format(out=f"{form}.peer.nt", mapping=f"{form}.rml.ttl"), encoding="utf-8")
    theirs, _ = child([python, "-m", "morph_kgc", settings.name], folder)
    sets = [set((folder / name).read_bytes().splitlines()) for name in (f"{form}.nt", f"{form}.peer.nt")]
    if sets[0] != sets[1]:
        examples = sorted(sets[0] ^ sets[1])[:4]
        raise SystemExit(f"{form}: the statements differ, {len(sets[0] ^ sets[1])} of them, such as {examples}")
    print(f"{form}: both made the same {len(sets[0]):,} statements")
    return mine, theirs


def compare(records: int, beside: int) -> int:
    """Measure ours at two sizes and beside the peer; return the exit code."""
    results, failed = [], False
    with tempfile.TemporaryDirectory() as scratch:
        large, small = Path(scratch) / "large", Path(scratch) / "small"
        for folder, number in ((large, records), (small, beside)):
            folder.mkdir()
            write_inputs(folder, number)
        python = peer_python()
        for form in FORMS:
            cpu, work, memory, statements = ours(large, form)
            _, _, before, fewer = ours(small, form)
            results += [
                (f"rml_{form}_statements", f"{statements}", "statements"),
                (f"rml_{form}_rate", f"{statements / cpu:.0f}", "statements/CPUs"),
                (f"rml_{form}_rate_of_work", f"{statements / work:.0f}", "statements/CPUs"),
                (f"rml_{form}_peak_memory", f"{memory:.0f}", "MB"),
                (f"rml_{form}_memory_growth", f"{(memory - before) * 1e6 / (statements - fewer):.0f}", "B/statement"),
            ]
            passed = statements / cpu >= BAR
            failed |= not passed
            print(
                f"{'PASS' if passed else 'FAIL'} {form}: {statements / cpu:,.0f} statements a CPU second, bar {BAR:,}"
            )
            if python is not None:
                mine, theirs = beside_peer(small, form, python)
                results.append((f"rml_{form}_times_morph_kgc", f"{theirs / mine:.1f}", "times"))
                results.append((f"rml_{form}_morph_kgc_rate", f"{fewer / theirs:.0f}", "statements/CPUs"))
    for name, value, unit in results:
        print(f"RESULT {name} {value} {unit}")
    return int(failed)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--ours"]:
        lift_ours(*arguments[1:])
        return 0
    sizes = [int(each) for each in arguments]
    return compare(*(sizes + [RECORDS, BESIDE][len(sizes) :]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
