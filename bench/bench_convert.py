"""Converting a national model from CGMES 2.4.15 to CGMES 3.0 and back, by the command, with the account of both ways.

Each step is a child process, reading the zip and writing one included; times are its CPU seconds, start-up included.
The result is judged by the registered shapes of CGMES 3.0. What comes back must be the original, except for the terms
that the two accounts list. No other tool that can be installed converts editions, so there is no peer beside it.
Usage: `python bench/bench_convert.py [PACKAGE.zip]`. Ends with lines `RESULT name value unit`, and with exit code 1
where a bar is missed.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.preparation.cim.ntriples import body
from virtuales.resources import contributed

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared/data/cim/cgmes-2.4.15/RealGrid.zip"
OLD, NEW = "cgmes-2.4.15", "cgmes-3.0"
CPU_SECONDS = 60.0


def run(*arguments: str) -> tuple[float, float]:
    """Run the command as a child; return its CPU seconds and its peak memory in MB."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([sys.executable, "-m", "virtuales", *arguments], stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(
                f"`virtuales {arguments[0]}` ended with {child.returncode}: {said.read()[-2000:].decode()}"
            )
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def convert(package: Path, target: str, out: Path) -> tuple[dict[str, Any], float, float]:
    """Convert a package; return the account, the CPU seconds and the peak memory in MB."""
    report = out.with_suffix(".json")
    seconds, peak = run(
        "convert", str(package), "--to", target, "--out", str(out), "--report", str(report), "--format", "json"
    )
    account: dict[str, Any] = json.loads(report.read_text())
    return account, seconds, peak


def statements(package: Path, directory: Path) -> set[bytes]:
    """Read the statements of a package, headers left out."""
    directory.mkdir()
    registry = ModelRegistry.load(contributed("ontology"))
    found: set[bytes] = set()
    for model in CollectionReader(registry, "urn:model").read([package], directory).models:
        with model.statements.open("rb") as lines:
            found.update(body(lines, model.header))
    return found


def properties(lines: Iterable[bytes]) -> set[str]:
    """Return the property that each statement says, or the class where it says one."""
    parts = (line.split(b" ", 2) for line in lines)
    said = (rest[:-3] if predicate.endswith(b"-ns#type>") else predicate for _, predicate, rest in parts)
    return {term.decode()[1:-1] for term in said}


def listed(there: dict[str, Any], back: dict[str, Any]) -> set[str]:
    """Return the terms that the accounts list as not carried, carried by a rule, or without room."""
    entries = [one["term"] for one in (*there["entries"], *back["entries"]) if one["outcome"] == "lost"]
    by_rule = [one["term"] for one in there["entries"] if one["outcome"] == "rule"]
    unplaced = [one["term"] for one in back["made"] if not one["placed"]]
    return {*entries, *by_rule, *unplaced}


def compare(package: Path) -> bool:
    """Convert there and back, judge and compare, and print the figures; return whether the bars are met."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        there, seconds, peak = convert(package, NEW, scratch / "there.zip")
        run("validate", str(scratch / "there.zip"))
        back, seconds_back, _ = convert(scratch / "there.zip", OLD, scratch / "back.zip")
        before = statements(package, scratch / "read-before")
        after = statements(scratch / "back.zip", scratch / "read-after")
    unlisted = properties(before - after) - listed(there, back)
    bars = {
        "converted within 60 CPU seconds": seconds <= CPU_SECONDS,
        "what does not come back is listed": not unlisted,
    }
    print(f"RESULT convert-statements {there['statements']} statements")
    print(f"RESULT convert-not-carried {there['totals']['lost']} statements")
    print(f"RESULT convert-cpu {seconds:.1f} s")
    print(f"RESULT convert-peak-memory {peak:.0f} MB")
    print(f"RESULT convert-back-cpu {seconds_back:.1f} s")
    print(f"RESULT convert-round-trip-missing {len(before - after)} statements")
    for term in sorted(unlisted):
        print(f"not listed and not back: {term}")
    for bar, met in bars.items():
        print(f"{'met   ' if met else 'MISSED'} {bar}")
    return all(bars.values())


if __name__ == "__main__":
    sys.exit(not compare(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT))
