"""Values that are lists: `sh:memberShape`, `sh:minListLength`, `sh:maxListLength`, `sh:uniqueMembers`.

SHACL 1.2 defines them (https://www.w3.org/TR/shacl12-core/). A value that is no well-formed list fails each of them.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from virtuales.assurance.component import Check, Component, Failures, Question, Read, of_values
from virtuales.assurance.dictionary import BoolArray, IntArray
from virtuales.assurance.paths import Values, pair_keys, ranges, spans
from virtuales.assurance.reading import NIL, RDF_NS, Node
from virtuales.assurance.shapes import SHACL, Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation, Found

_FIRST, _REST = f"<{RDF_NS}first>", f"<{RDF_NS}rest>"
_TERMS = (_FIRST, _REST, NIL)


class _Lists(NamedTuple):
    """Some nodes as lists.

    Args:
        whole: Whether each node is a well-formed list.
        members: The members of those that are: the node's row, and the member, as often as it is listed.
    """

    whole: BoolArray
    members: Values

    @property
    def lengths(self) -> IntArray:
        """The length of each list; 0 for what is none."""
        return np.bincount(self.members.rows, minlength=len(self.whole))


def _lists(run: "Evaluation", nodes: IntArray) -> _Lists:
    """Go along all lists at once, one member of each at a time.

    A cell of each list is kept in mind, at every power of two another; a list that comes back to it runs in a circle.
    """
    firsts, rests = (run.graph.pairs(run.number(term)) for term in (_FIRST, _REST))
    nil = run.number(NIL)
    whole = nodes == nil
    rows, cells = np.flatnonzero(~whole).astype(np.int32), nodes[~whole]
    known, steps = cells, 0
    found: list[Values] = []
    while len(rows):
        first, firsts_of = spans(cells, firsts.first)
        rest, rests_of = spans(cells, rests.first)
        sound = (firsts_of == 1) & (rests_of == 1)
        rows, known, cells = rows[sound], known[sound], rests.second[rest[sound]]
        found.append(Values(rows, firsts.second[first[sound]]))
        whole[rows[cells == nil]] = True
        going = (cells != nil) & (cells != known)
        rows, known, cells = rows[going], known[going], cells[going]
        steps += 1
        if steps & (steps - 1) == 0:
            known = cells
    members = (
        Values(*(np.concatenate([_NONE, *column]) for column in zip(*found, strict=True))) if found else _NO_VALUES
    )
    kept = whole[members.rows]
    order = np.argsort(members.rows[kept], kind="stable")
    return _Lists(whole, Values(members.rows[kept][order], members.nodes[kept][order]))


_NONE: IntArray = np.empty(0, np.int32)
_NO_VALUES = Values(_NONE, _NONE)


def _judged_whole(wrong: Callable[[_Lists, Constraint], BoolArray]) -> Check:
    """Report each value that is no list, or is one that a function finds wrong."""

    def check(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
        nodes, place = np.unique(asked.values.nodes, return_inverse=True)
        lists = _lists(run, nodes)
        return of_values(asked.values, (~lists.whole | wrong(lists, constraint))[place])

    return check


def _repeating(lists: _Lists, _: Constraint) -> BoolArray:
    keys, often = np.unique(pair_keys(*lists.members), return_counts=True)
    repeating = np.zeros(len(lists.whole), bool)
    repeating[keys[often > 1] >> 32] = True
    return repeating


def _member_shape(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    """Report each value that is no list, and each member that does not conform."""
    nodes, place = np.unique(asked.values.nodes, return_inverse=True)
    lists = _lists(run, nodes)
    wrong = ~run.conforms(constraint.shapes[0], lists.members.nodes)
    members = Values(lists.members.rows[wrong], lists.members.nodes[wrong])
    start, size = spans(place, members.rows)
    broken = of_values(asked.values, ~lists.whole[place])
    rows = np.concatenate([broken.rows, np.repeat(asked.values.rows, size)])
    reported = np.concatenate([broken.nodes, members.nodes[ranges(start, size)]])
    order = np.argsort(rows, kind="stable")
    return Failures(rows[order], reported[order])


def _why_member(run: "Evaluation", found: "Found") -> Iterable[tuple[str, Values]]:
    """Ask about members alone: a value that is no list was not judged by the shape."""
    focus, place = np.unique(found.focus, return_inverse=True)
    values = run.values_of(found.shape, focus)
    member = ~np.isin(pair_keys(place, found.failures.nodes), pair_keys(*values))
    rows = np.flatnonzero(member).astype(np.int32)
    return [(found.constraint.shapes[0], Values(rows, found.failures.nodes[rows]))]


def _read_length(component: str) -> Read:
    def read(node: Node, parameter: str) -> Iterable[Constraint]:
        return [Constraint(SHACL + component, terms=_TERMS, number=node.integer(parameter))]

    return read


def _read_unique(node: Node, parameter: str) -> Iterable[Constraint]:
    return [Constraint(SHACL + _UNIQUE, terms=_TERMS, flag=True)] if node.boolean(parameter) else []


def _read_member_shape(node: Node, parameter: str) -> Iterable[Constraint]:
    return [Constraint(SHACL + _MEMBER, terms=_TERMS, shapes=(shape,)) for shape in node.values(parameter)]


_MEMBER, _UNIQUE = "MemberShapeConstraintComponent", "UniqueMembersConstraintComponent"
_MIN, _MAX = "MinListLengthConstraintComponent", "MaxListLengthConstraintComponent"

COMPONENTS = (
    Component(
        _MEMBER,
        "memberShape",
        _read_member_shape,
        _member_shape,
        "No list, or a member of it that does not conform to {shapes[0]}.",
        bounded=False,
        why=_why_member,
    ),
    Component(
        _MIN,
        "minListLength",
        _read_length(_MIN),
        _judged_whole(lambda lists, constraint: lists.lengths < constraint.number),
        "No list, or one of fewer than {number} members.",
        bounded=False,
    ),
    Component(
        _MAX,
        "maxListLength",
        _read_length(_MAX),
        _judged_whole(lambda lists, constraint: lists.lengths > constraint.number),
        "No list, or one of more than {number} members.",
        bounded=False,
    ),
    Component(
        _UNIQUE,
        "uniqueMembers",
        _read_unique,
        _judged_whole(_repeating),
        "No list, or one that has a member twice.",
        bounded=False,
    ),
)
