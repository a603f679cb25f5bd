"""Many random queries over random data, each answered as by the merged store: `make federation-fuzz`.

With `--mappings` endpoints speak several vocabularies, and the merged store has all data in the queries' one.
"""

import argparse
import sys
import time
from random import Random

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.federation import several_vocabularies
from tests.federation.same_answers import difference, expected, is_valid
from tests.federation.several_vocabularies import plain_queries, spreads
from tests.federation.small_worlds import query, world

from virtuales.federation.options import Options


def run(first: int, cases: int) -> int:
    """Compare so many cases, beginning with a seed, and return the exit code."""
    started = time.process_time()
    wrong = compared = telling = 0
    for number in range(first, first + cases):
        draw = Random(number)
        data, text = world(draw), query(draw)
        if not is_valid(text):
            continue
        compared += 1
        telling += expected(data.merged, text).total() > 2
        options = Options(parallel=1, block=draw.choice([1, 2, 500]), values=draw.choice([1, 3, 500]))
        if said := difference(data, text, options):
            wrong += 1
            sys.stdout.write(f"seed {number}: {said}\n")
    seconds = time.process_time() - started
    sys.stdout.write(
        f"{compared} queries compared, {telling} of them with solutions; {wrong} wrong; {seconds:.0f} s CPU\n"
    )
    return 1 if wrong or compared < cases * 0.9 else 0


def run_through_mappings(first: int, cases: int) -> int:
    """Compare so many cases of endpoints that speak several vocabularies, and return the exit code."""
    started = time.process_time()
    compared = 0

    @seed(first)
    @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data(), st.booleans(), st.sampled_from([1, 2, 500]))
    def compare(data: st.DataObject, facts_known: bool, block: int) -> None:
        nonlocal compared
        spread = data.draw(spreads(facts_known=facts_known))
        query = data.draw(plain_queries(facts_known=facts_known))
        said = several_vocabularies.difference(spread, query, Options(parallel=1, block=block))
        assert not said, said
        compared += 1

    compare()
    sys.stdout.write(f"{compared} queries compared; none wrong; {time.process_time() - started:.0f} s CPU\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--mappings", action="store_true", help="let endpoints speak several vocabularies")
    asked = parser.parse_args()
    sys.exit((run_through_mappings if asked.mappings else run)(asked.first, asked.cases))
