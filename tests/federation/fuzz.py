"""Many random queries over random data, each answered as by the merged store: `make federation-fuzz`."""

import argparse
import sys
import time
from random import Random

from tests.federation.same_answers import difference, expected, is_valid
from tests.federation.small_worlds import query, world

from virtuales.federation.options import Options


def run(first: int, cases: int) -> int:
    """Compare so many cases, beginning with a seed, and return the exit code."""
    started = time.process_time()
    wrong = compared = telling = 0
    for seed in range(first, first + cases):
        draw = Random(seed)
        data, text = world(draw), query(draw)
        if not is_valid(text):
            continue
        compared += 1
        telling += expected(data.merged, text).total() > 2
        options = Options(parallel=1, block=draw.choice([1, 2, 500]))
        if said := difference(data, text, options):
            wrong += 1
            sys.stdout.write(f"seed {seed}: {said}\n")
    seconds = time.process_time() - started
    sys.stdout.write(
        f"{compared} queries compared, {telling} of them with solutions; {wrong} wrong; {seconds:.0f} s CPU\n"
    )
    return 1 if wrong or compared < cases * 0.9 else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    sys.exit(run(given.first, given.cases))
