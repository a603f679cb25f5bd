"""The bars of the benchmark: each can fail, and what was not measured is open, not passed."""

import pytest

from assurance.bars import Measured, bars
from assurance.children import Outcome
from assurance.comparison import Agreement, Difference, Explanation, judge_differences

RIGHT = Agreement()
WRONG = judge_differences("case", "shacl", [Difference("shape Component", 1, 0)], explanations=[])


def done(seconds: float, *, work: float | None = None, memory: float = 100) -> Outcome:
    return Outcome("done", cpu=seconds, work=seconds if work is None else work, memory=memory)


def ours(outcome: Outcome, kind: str = "core") -> Measured:
    return Measured(outcome, RIGHT, kind, ours=True)


def other(outcome: Outcome, beside: float, agreement: Agreement = RIGHT, kind: str = "core") -> Measured:
    return Measured(outcome, agreement, kind, ours=False, beside=done(beside))


def verdicts(table: dict[tuple[str, str], Measured], words: str) -> list[str]:
    found = [bar.verdict for bar in bars(table) if words in bar.words]
    assert found, "no bar is called so"
    return found


def test_leaves_every_bar_open_of_which_nothing_was_measured() -> None:
    assert {bar.verdict for bar in bars({})} == {"OPEN"}
    assert len(list(bars({}))) == 11


@pytest.mark.parametrize(("theirs", "verdict"), [(done(299), "FAIL"), (done(300), "PASS")])
def test_asks_for_a_multiple_of_the_slowest_engine(theirs: Outcome, verdict: str) -> None:
    assert verdicts({("realgrid_eq", "pyshacl"): other(theirs, 2)}, "150 times pyshacl") == [verdict]


@pytest.mark.parametrize(("seconds", "verdict"), [(299, "OPEN"), (301, "PASS")])
def test_an_engine_that_was_stopped_proves_no_more_than_it_used(seconds: float, verdict: str) -> None:
    stopped = Outcome("over", f"{seconds} s", cpu=seconds)
    assert verdicts({("realgrid_eq", "pyshacl"): other(stopped, 2)}, "150 times pyshacl") == [verdict]


@pytest.mark.parametrize(
    ("theirs", "agreement", "verdict"),
    [(0.9, RIGHT, "FAIL"), (1.1, RIGHT, "PASS"), (0.9, WRONG, "OPEN"), (0.9, Agreement(compared=False), "OPEN")],
)
def test_is_never_slower_than_an_engine_with_the_right_answer(
    theirs: float, agreement: Agreement, verdict: str
) -> None:
    table = {("case", "shacl"): other(done(theirs), 1, agreement)}
    assert verdicts(table, "never slower") == [verdict, verdict]


def test_counts_an_engine_as_right_where_shacl_leaves_it_open() -> None:
    found = [Difference("shape Component", 1, 0)]
    open_, wrong = (Explanation("shacl", "page", right) for right in ("both", "ours"))
    assert judge_differences("case", "shacl", found, explanations=[open_]).right
    assert not judge_differences("case", "shacl", found, explanations=[wrong]).right


def test_asks_for_more_where_there_are_queries() -> None:
    table = {("case", "shacl"): other(done(10), 1, kind="sparql")}
    assert verdicts(table, "20 times shacl") == ["FAIL", "FAIL"]
    assert verdicts(table, "1.5 times shacl") == ["OPEN", "OPEN"]


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [(done(6, memory=700), "PASS"), (done(6.1, memory=700), "FAIL"), (done(6, memory=701), "FAIL")],
)
def test_holds_ours_to_limits_of_time_and_memory(outcome: Outcome, verdict: str) -> None:
    assert verdicts({("realgrid_four", "virtuales-command"): ours(outcome)}, "realgrid_four") == [verdict]


@pytest.mark.parametrize(("large", "verdict"), [(12.5, "PASS"), (12.6, "FAIL")])
def test_growth_is_linear(large: float, verdict: str) -> None:
    table = {("synthetic_1000000", "virtuales"): ours(done(1)), ("synthetic_10000000", "virtuales"): ours(done(large))}
    assert verdicts(table, "ten times the work") == [verdict]
