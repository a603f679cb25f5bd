"""Mapping sets: reading, validating and writing 100,000 rows beside the reference tool, and what follows from them.

Both tools read the same made file, each in a process where it is loaded already, and both are asked to find the same
planted faults. What the reference tool writes must be what we read. The closure of 100,000 mappings is that of 25,000
chains through five vocabularies, whose number of conclusions is known. The reference tool is installed into
`bench/.peers` when it is first needed. Times are CPU seconds. Usage: `python bench/bench_sssom.py [--rows ROWS]`. Ends
with lines `RESULT name value unit`, and with exit code 1 where a bar is missed or the tools do not agree.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from sssom_peer.environment import REFERENCE, python
from virtuales.alignment.chain_rules import rules
from virtuales.alignment.closure import Closure
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.alignment.validation import validate
from virtuales.errors import InputError

ROWS = 100_000
TIMES_FASTER = 10
CLOSURE_SECONDS = 5.0
VOCABULARIES = "abcde"
HEADER = """#curie_map:
#  A: https://example.org/a/
#  B: https://example.org/b/
#  orcid: https://orcid.org/
#mapping_set_id: https://example.org/set
#license: https://creativecommons.org/licenses/by/4.0/
#subject_source: A:vocabulary
#object_source: B:vocabulary
"""
NAMES = [
    *("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification"),
    *("author_id", "mapping_date", "confidence", "match_string", "comment"),
]
FAULTS = {
    "undeclared-prefix": ("subject_id", "Z:1"),
    "confidence-out-of-range": ("confidence", "1.5"),
    "no-date": ("mapping_date", "2026-02-30"),
    "unknown-modifier": ("predicate_modifier", "Never"),
    "no-object": ("object_id", ""),
    "record-id-twice": ("record_id", "A:1"),
    "review-without-reviewer": ("review_date", "2026-11-30"),
    "literal-without-label": ("object_type", "rdfs literal"),
    "one-to-none-with-an-object": ("mapping_cardinality", "1:0"),
}
"""Faults that SSSOM 1.1 forbids: a slot and what it then holds, in a set of two mappings."""

Made = TypeVar("Made")


def rows(number: int) -> Iterator[str]:
    """Give the lines of a table."""
    chance = random.Random(1)  # noqa: S311  # the same rows each time
    yield "\t".join(NAMES)
    for place in range(number):
        yield (
            f"A:{place:06}\tterm {place}\tskos:exactMatch\tB:{chance.randrange(number):06}\tlabel {place}"
            f"\tsemapv:LexicalMatching\torcid:0000-0002-1825-0097\t2026-05-0{1 + place % 9}\t{chance.random():.3f}"
            f"\tterm|label\tnothing to say of {place}"
        )


def faulty(slot: str, value: str) -> str:
    """Return a file with one planted fault."""
    names = list(dict.fromkeys([*NAMES[:6], "predicate_modifier", slot]))
    plain = {
        "subject_id": "A:1",
        "predicate_id": "skos:exactMatch",
        "object_id": "B:1",
        "mapping_justification": "semapv:LexicalMatching",
    }
    first = {**plain, slot: value}
    second = {**plain, "subject_id": "A:2", "object_id": "B:2"} | ({slot: value} if slot == "record_id" else {})
    lines = ["\t".join(row.get(name, "") for name in names) for row in (first, second)]
    version = '#sssom_version: "1.1"\n' if slot in {"record_id", "review_date"} else ""
    return version + HEADER + "\n".join(["\t".join(names), *lines]) + "\n"


def timed(made: Callable[[], Made]) -> tuple[Made, float]:
    """Return what a function makes and the CPU seconds it takes."""
    start = time.process_time()
    result = made()
    return result, time.process_time() - start


def ask(tasks: list[dict[str, object]]) -> dict[str, dict[str, float]]:
    """Have the reference tool do tasks."""
    command = [str(python()), "-W", "ignore", str(REFERENCE)]
    done = subprocess.run(command, input=json.dumps(tasks), capture_output=True, text=True, check=True)
    answer: dict[str, dict[str, float]] = json.loads(done.stdout)
    return answer


def refused(content: bytes) -> bool:
    """Tell whether we refuse a file."""
    try:
        return bool(read_tsv(content).errors())
    except InputError:
        return True


def said(mapping_set: MappingSet) -> set[Mapping]:
    """Return the mappings of a set, without their lines."""
    return {replace(mapping, line=None) for mapping in mapping_set.mappings}


def compare_speed(number: int, folder: Path) -> tuple[dict[str, float], bool]:
    """Read, validate and write the same file with both tools; return the figures and whether they agree."""
    path = folder / "rows.sssom.tsv"
    path.write_text(HEADER + "\n".join(rows(number)) + "\n", encoding="utf-8")
    reading, reads = timed(lambda: read_tsv(path))
    mapping_set = reading.accepted()
    _, validates = timed(lambda: validate(mapping_set))
    _, writes = timed(lambda: write_tsv(mapping_set))
    theirs = ask([{"name": "rows", "path": str(path), "form": "tsv", "time": True}])["rows"]
    written = read_tsv(Path(f"{path}.reference"))
    figures = {
        "ours-read-and-validate": reads,
        "ours-validate-again": validates,
        "ours-write": writes,
        "sssom-read": theirs["read"],
        "sssom-validate": theirs["validate"],
        "sssom-read-and-validate": theirs["read"] + theirs["validate"],
        "sssom-write": theirs["write"],
    }
    return figures, said(written.accepted()) == said(mapping_set)


def compare_faults(folder: Path) -> dict[str, int]:
    """Return how many planted faults each tool finds."""
    tasks: list[dict[str, object]] = []
    found = 0
    for name, (slot, value) in {"none": ("comment", "fine"), **FAULTS}.items():
        path = folder / f"{name}.sssom.tsv"
        path.write_text(faulty(slot, value), encoding="utf-8")
        tasks.append({"name": name, "path": str(path), "form": "tsv"})
        found += refused(path.read_bytes())
    answers = ask(tasks)
    theirs = [name for name, each in answers.items() if each["read"] or any(dict(each["validate"]).values())]
    if "none" in theirs or refused((folder / "none.sssom.tsv").read_bytes()):
        raise SystemExit("The file without a fault is refused, so the comparison says nothing.")
    print(f"Faults that the reference tool finds: {', '.join(theirs) or 'none'}.")
    return {"ours-faults-found": found, "sssom-faults-found": len(theirs), "faults-planted": len(FAULTS)}


def close(number: int) -> tuple[dict[str, float], bool]:
    """Work out what follows from chains; return the figures and whether the number of conclusions is right."""
    chance = random.Random(2)  # noqa: S311  # the same confidences each time
    chains = number // (len(VOCABULARIES) - 1)
    mappings = [
        Mapping(
            f"https://{one}.example/{place}",
            EXACT_MATCH,
            f"https://{other}.example/{place}",
            MANUAL_CURATION,
            confidence=chance.random(),
        )
        for place in range(chains)
        for one, other in pairwise(VOCABULARIES)
    ]
    closure, seconds = timed(lambda: Closure(mappings, rules()))
    counted, told = timed(lambda: sum(1 for _ in closure.derived()))
    size = len(VOCABULARIES)
    expected = chains * (size * (size - 1) - (size - 1))
    figures = {"closure": seconds, "closure-with-every-account": seconds + told}
    print(f"{len(mappings):,} mappings lead to {counted:,} conclusions.")
    return figures, counted == len(closure) == expected


def main() -> int:
    """Run the benchmark; return its exit code."""
    number = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else ROWS
    with tempfile.TemporaryDirectory() as place:
        speed, agreed = compare_speed(number, Path(place))
        faults = compare_faults(Path(place))
    closed, right = close(number)
    times = speed["sssom-read-and-validate"] / speed["ours-read-and-validate"]
    for name, seconds in {**speed, **closed}.items():
        print(f"RESULT sssom/{name} {seconds:.2f} s")
    print(f"RESULT sssom/times-faster {times:.1f} times")
    for name, count in faults.items():
        print(f"RESULT sssom/{name} {count} faults")
    checks = {
        "both tools say the same of the file": agreed,
        f"ours is {TIMES_FASTER} times faster": times >= TIMES_FASTER,
        "every planted fault is found": faults["ours-faults-found"] == len(FAULTS),
        "the closure has as many conclusions as it must": right,
        f"the closure takes under {CLOSURE_SECONDS:g} s": closed["closure"] < CLOSURE_SECONDS,
    }
    for check, passed in checks.items():
        print(f"{'PASS' if passed else 'FAIL'} {check}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
