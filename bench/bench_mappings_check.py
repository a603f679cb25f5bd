"""What an editor waits for: checking every file of mappings that ships, and one after a line of it was changed.

The command runs as an editor runs it, in a process of its own, once to fill the cache and then as often as is asked; a
row of the set is changed before each run. Times are of the fastest run: CPU seconds of the process, and seconds on the
clock. Usage: `python bench/bench_mappings_check.py [--runs NUMBER]`. Ends with lines `RESULT name value unit`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from virtuales.resources import CACHE_DIR_VARIABLE, contributed

CHANGED = "cgmes-3.0--oeo-2.10.0.sssom.tsv"
LARGEST = "cgmes-2.4.15--cgmes-3.0.sssom.tsv"


def main(runs: int) -> None:
    """Measure and print."""
    with TemporaryDirectory(prefix="virtuales-bench-") as place:
        folder = Path(place) / "mappings"
        shutil.copytree(contributed("mappings"), folder)
        environment = {**os.environ, CACHE_DIR_VARIABLE: str(Path(place) / "cache")}
        first = check([], folder, environment)
        print(f"all files, nothing kept yet: {first[0]:.2f} CPU s, {first[1]:.2f} s")
        tell("all_files", min(check([], folder, environment) for _ in range(runs)))
        for name in (CHANGED, LARGEST):
            changed = min(after_a_change(folder / name, folder, environment, run) for run in range(runs))
            tell(f"one_line_of_{name.partition('.sssom')[0]}", changed)


def after_a_change(file: Path, folder: Path, environment: dict[str, str], run: int) -> tuple[float, float]:
    """Change the comment of a set's last row and check the set; return the times."""
    lines = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    header = next(line for line in lines if not line.startswith("#")).split("\t")
    cells = lines[-1].split("\t")
    cells[header.index("comment")] = f"Looked at again, for the {run + 1}. time."
    file.write_text("\n".join([*lines[:-1], "\t".join(cells)]) + "\n", encoding="utf-8")
    return check([file], folder, environment)


def check(files: Sequence[Path], folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Run the command; return its CPU seconds and its seconds on the clock."""
    command = [sys.executable, "-m", "virtuales", "mappings", "check", *map(str, files), "--folder", str(folder)]
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    after, ended = os.times(), time.perf_counter()
    if done.returncode != 0:
        sys.exit(f"The command ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, ended - started


def tell(name: str, times: tuple[float, float]) -> None:
    """Print the times of one case."""
    print(f"RESULT {name}_cpu {times[0]:.2f} s")
    print(f"RESULT {name}_clock {times[1]:.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    main(parser.parse_args().runs)
