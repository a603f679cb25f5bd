# noqa: INP001  (a script, run from the checkout)
"""Fuzz the readers of CIM, difference models, zips, Turtle and SHACL shapes for a given time.

Run it from the checkout: `.venv/bin/python fuzz/fuzz_cim.py --seconds 600`. Documents are made from pieces of the
grammar and damaged; where atheris is installed, `--atheris READER` lets it steer the bytes by coverage. An input that
a reader fails on is kept in the folder named by `--keep`.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

try:
    import atheris
except ImportError:
    atheris = None

if atheris is not None and "--atheris" in sys.argv:
    atheris.instrument_imports(include=["virtuales"]).__enter__()

from tests.fuzz.readers import CANARY, READERS, Maker, judge, no_network
from tests.fuzz.test_fuzz_readers import samples


def main() -> int:
    """Fuzz until the time is over; return 1 when a reader failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "virtuales-fuzz")
    options.add_argument("--atheris", metavar="READER", help="let atheris steer this reader")
    chosen = options.parse_args()
    chosen.keep.mkdir(parents=True, exist_ok=True)
    if chosen.atheris:
        return _steered(chosen.atheris, chosen.seconds, chosen.keep)
    return _random(chosen.seconds, chosen.seed, chosen.keep)


def _random(seconds: int, seed: int, keep: Path) -> int:
    canary = keep / "canary"
    canary.write_bytes(CANARY)
    maker = Maker(seed, canary, samples())
    ends = time.monotonic() + seconds
    tried = dict.fromkeys(READERS, 0)
    failed = 0
    with no_network():
        while time.monotonic() < ends:
            for reader in READERS:
                data = maker.make(reader)
                tried[reader] += 1
                try:
                    judge(reader, data)
                except Exception as error:  # noqa: BLE001  (whatever a reader raises is what is looked for)
                    failed += 1
                    path = keep / f"{reader}-{seed}-{tried[reader]}"
                    path.write_bytes(data)
                    sys.stdout.write(f"{reader}: {type(error).__name__}: {error} ({path})\n")
    for reader, number in tried.items():
        sys.stdout.write(f"RESULT fuzz_{reader} {number} inputs\n")
    sys.stdout.write(f"RESULT fuzz_failures {failed} inputs\n")
    return 1 if failed else 0


def _steered(reader: str, seconds: int, keep: Path) -> int:
    if atheris is None:
        sys.stdout.write("atheris is not installed; without `--atheris` documents are made at random.\n")
        return 2
    corpus = keep / f"corpus-{reader}"
    corpus.mkdir(exist_ok=True)
    (keep / "canary").write_bytes(CANARY)
    maker = Maker(0, keep / "canary", samples())
    for number in range(200):
        (corpus / f"made-{number}").write_bytes(maker.make(reader))
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-artifact_prefix={keep}/",
        "-max_len=20000",
        "-timeout=60",
    ]
    arguments.append(str(corpus))
    with no_network():
        atheris.Setup(arguments, lambda data: judge(reader, data))
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
