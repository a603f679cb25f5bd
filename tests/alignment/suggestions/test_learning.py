"""What decisions teach: weights move towards them, the less the firmer the given ones are believed."""

from tests.alignment.suggestions.small_models import GROUPS, LEFT, RIGHT, A, B

from virtuales.alignment.suggestions.combination import Weights
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.learning import Lessons, learnt, lessons
from virtuales.alignment.suggestions.matching import Weighing
from virtuales.alignment.suggestions.sides import Sides

GIVEN = Weights(-2.0, {"names": 3.0, "place": 1.0})
MISLEADING = [({"names": 1.0}, False)] * 10


def test_nothing_decided_leaves_the_weights() -> None:
    assert GIVEN.learnt([]) is GIVEN
    assert learnt(Weighing(), Lessons()) == Weighing()


def test_rejections_make_such_pairs_less_likely() -> None:
    before, after = GIVEN.likelihood({"names": 1.0}), GIVEN.learnt(MISLEADING).likelihood({"names": 1.0})
    assert after < before - 0.2


def test_acceptances_make_such_pairs_likelier() -> None:
    accepted = [({"place": 1.0}, True)] * 10
    assert GIVEN.learnt(accepted).likelihood({"place": 1.0}) > GIVEN.likelihood({"place": 1.0}) + 0.2


def test_what_is_believed_firmly_moves_less() -> None:
    loose, firm = (GIVEN.learnt(MISLEADING, firmness=each).by_evidence["names"] for each in (1.0, 100.0))
    assert loose < firm < 3.0


def test_a_mapped_pair_teaches_that_others_of_its_terms_are_wrong() -> None:
    decided = Decisions(mapped=frozenset({(A + "Meter", B + "Meter")}), taught=frozenset({(A + "Meter", B + "Meter")}))
    found = lessons(Sides.of(LEFT, RIGHT, groups=GROUPS), decided)
    assert [right for _, right in found.classes].count(True) == 1
    assert len(found.classes) > 2, "SmartMeter, Smart_Meter and MeterReading are no partners of a meter"


def test_what_a_tool_matched_teaches_nothing() -> None:
    decided = Decisions(mapped=frozenset({(A + "Meter", B + "Meter")}))
    assert lessons(Sides.of(LEFT, RIGHT), decided) == Lessons()
