"""Decides many random policies and compares each decision with the plain model's; ends with the first that differs.

Usage: `python -m tests.policy.fuzz [--cases N] [--seed FIRST]`; prints how many were decided, allowed and denied.
"""

import argparse
import sys
import time

from tests.policy.plain_model import PlainModel
from tests.policy.whole_policies import Maker

from virtuales.policy.duties import DutyMode
from virtuales.policy.evaluate import evaluate


def decide(seed: int) -> tuple[int, int]:
    """Decide one policy in both modes; return how many decisions allowed, and how many of them opened a door.

    Raises:
        AssertionError: a decision differs from the plain model's, or has no reason.
    """
    maker = Maker(seed)
    policy, request = maker.policy(), maker.request()
    world = maker.world(policy)
    allowed = opened = 0
    for mode in DutyMode:
        decision = evaluate(policy, request, world, mode=mode)
        plain = PlainModel(request, world, eventual=mode is DutyMode.EVENTUALLY)
        assert decision.reasons
        assert decision.allowed is plain.allows(policy), f"seed {seed}, mode {mode.value}: {decision}"
        allowed += decision.allowed
    if evaluate(policy, request, world).allowed:
        known = maker.completed(request)
        opened = not evaluate(policy, known, maker.filled(world, known)).allowed
    return allowed, opened


def main() -> int:
    """Decide them all; return 1 when a decision opened a door that more knowledge would have closed."""
    parser = argparse.ArgumentParser(description="Compare decisions about random policies with the plain model's.")
    parser.add_argument("--cases", type=int, default=100_000, help="how many policies are decided")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first")
    options = parser.parse_args()
    start, allowed, opened = time.process_time(), 0, 0
    for seed in range(options.seed, options.seed + options.cases):
        more, open_doors = decide(seed)
        allowed += more
        opened += open_doors
    sys.stdout.write(
        f"{options.cases} policies, {2 * options.cases} decisions: {allowed} allowed, the same as the plain model's.\n"
    )
    sys.stdout.write(
        f"{opened} of those allowed were denied once more was known. {time.process_time() - start:.0f} s of CPU.\n"
    )
    return 1 if opened else 0


if __name__ == "__main__":
    sys.exit(main())
