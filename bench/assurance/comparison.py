"""Whether engines agree: what each found by source shape and component, beside what ours found.

A difference is explained when the list of explained differences says why, and who is right; any other is an error of
the benchmark's run. The list leads to `docs/other-shacl-engines.md`, which shows an example of each.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

EXPLAINED = Path(__file__).resolve().parent / "differences.toml"


@dataclass(frozen=True)
class Difference:
    """One source shape and component of which two engines found different numbers of results.

    Args:
        what: The source shape and the component.
        ours: How many results we found.
        theirs: How many the other engine found.
    """

    what: str
    ours: int
    theirs: int

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.what}: {self.ours} by ours, {self.theirs} by the other"


@dataclass(frozen=True)
class Explanation:
    """Why an engine finds something else, and who is right.

    Args:
        peer: Name of the engine.
        page: The heading of the page that shows it.
        right: `ours`, `theirs`, or `both` where SHACL leaves it open.
        case: Pattern of the cases where it is seen.
        component: Pattern of components.
        shape: Pattern of source shapes.
        finds: Whether the other engine finds `more`, `fewer`, or `other` (either).
    """

    peer: str
    page: str
    right: str
    case: str = "*"
    component: str = "*"
    shape: str = "*"
    finds: str = "other"

    def explains(self, case: str, peer: str, difference: Difference) -> bool:
        """Tell whether this is why."""
        shape, _, component = difference.what.rpartition(" ")
        finds = "more" if difference.theirs > difference.ours else "fewer"
        return (
            self.peer == peer
            and fnmatchcase(case, self.case)
            and fnmatchcase(component, self.component)
            and fnmatchcase(shape, self.shape)
            and self.finds in {finds, "other"}
        )


@dataclass(frozen=True)
class Agreement:
    """How the results of an engine lie to ours.

    Args:
        explained: The differences of which the list says why.
        unexplained: The others.
        compared: Whether the results can be compared at all.
    """

    explained: tuple[tuple[Difference, Explanation], ...] = ()
    unexplained: tuple[Difference, ...] = ()
    compared: bool = True

    @property
    def right(self) -> bool:
        """Whether the engine gives the right answer, as far as is known."""
        return self.compared and not self.unexplained and all(why.right != "ours" for _, why in self.explained)


def read_explanations(path: Path = EXPLAINED) -> list[Explanation]:
    """Read the list of explained differences."""
    return [Explanation(**row) for row in tomllib.loads(path.read_text(encoding="utf-8")).get("difference", ())]


def differences(ours: Mapping[str, int], theirs: Mapping[str, int]) -> Iterator[Difference]:
    """Give what two engines found in different numbers."""
    for what in sorted(ours.keys() | theirs.keys()):
        if ours.get(what, 0) != theirs.get(what, 0):
            yield Difference(what, ours.get(what, 0), theirs.get(what, 0))


def judge_differences(
    case: str, peer: str, found: Sequence[Difference], *, explanations: Sequence[Explanation]
) -> Agreement:
    """Sort the differences of one engine in one case by whether they are explained."""
    explained: list[tuple[Difference, Explanation]] = []
    unexplained: list[Difference] = []
    for one in found:
        why = next((each for each in explanations if each.explains(case, peer, one)), None)
        if why is None:
            unexplained.append(one)
        else:
            explained.append((one, why))
    return Agreement(tuple(explained), tuple(unexplained))
