"""Axioms as clauses over numbered atoms: the form in which they are searched.

An *atom* is a named class, a datatype, a value, or a part of an expression that got a number of its own. Each clause
says what follows for a node of the searched graph that has some atoms, as in the hypertableau calculus of Motik,
Shearer and Horrocks: atoms on one side, a disjunction of atoms on the other, and what a node's neighbours must be.
A property and its inverse are the even number and the odd one after it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import Final

from virtuales.models.axioms import Axioms
from virtuales.models.expressions import (
    NOTHING,
    THING,
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Expression,
    Not,
    OneOf,
    Only,
    Role,
    Some,
    Value,
)
from virtuales.models.value_spaces import ANY_LITERAL, is_datatype, share_no_value, wider

ANYTHING: Final = 0
"""The atom that every thing has that is no literal."""
LITERAL: Final = 1
"""The atom that every literal has."""
EVERY: Final = -1
"""In place of an atom, where no atom is asked for."""


@dataclass
class Clauses:
    """What follows from what, by atom and by property.

    Args:
        names: Atom to what it stands for; None for a part of an expression.
        implied: Atom to the atoms that follow from it.
        joint: Atom to the clauses that ask for others beside it: those others, and the disjunction that follows.
        chosen: Atom to the disjunctions that follow from it.
        apart: Atom to the atoms that exclude it, as a bit mask.
        needs: Atom to the neighbours it asks for: how many, by which property, with which atom.
        onwards: Atom to what follows for neighbours: by which property, which atom.
        caps: Atom to how many neighbours it allows, by which property, with which atom.
        at_source: Property to the atoms that follow for whatever has it.
        above: Property to the properties right above it.
        apart_roles: Property to those that never relate the same two things.
        single: Properties of which nothing has two values.
        transitive: Properties that reach on.
    """

    names: list[Hashable | None] = field(default_factory=list)
    implied: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    joint: dict[int, list[tuple[frozenset[int], tuple[int, ...]]]] = field(default_factory=lambda: defaultdict(list))
    chosen: dict[int, list[tuple[int, ...]]] = field(default_factory=lambda: defaultdict(list))
    apart: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    needs: dict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    onwards: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    caps: dict[int, list[tuple[int, int, int]]] = field(default_factory=lambda: defaultdict(list))
    at_source: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    above: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    apart_roles: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    single: set[int] = field(default_factory=set)
    transitive: set[int] = field(default_factory=set)
    atoms: dict[Hashable, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    properties: list[str] = field(default_factory=list)

    def atom(self, key: Hashable) -> int:
        """Return the number of what has a name, a new one at first."""
        if key not in self.atoms:
            self.atoms[key] = self.fresh(key)
        return self.atoms[key]

    def fresh(self, name: Hashable | None = None) -> int:
        """Return a new number."""
        self.names.append(name)
        return len(self.names) - 1

    def role(self, role: Role) -> int:
        """Return the number of a property or an inverse."""
        if role.iri not in self.roles:
            self.roles[role.iri] = 2 * len(self.properties)
            self.properties.append(role.iri)
        return self.roles[role.iri] + role.inverted

    def exclude(self, one: int, two: int) -> None:
        """Take in that nothing has both atoms."""
        self.apart[one] |= 1 << two
        self.apart[two] |= 1 << one

    def include(self, body: Iterable[int], head: tuple[int, ...]) -> None:
        """Take in a clause: what has all atoms of the body has one of the head; of an empty head, it cannot be."""
        asked = sorted(set(body))
        if set(asked) & set(head):
            return
        if len(asked) > 1 and ANYTHING in asked:
            asked.remove(ANYTHING)
        if not head and len(asked) <= 2:  # noqa: PLR2004  # a pair that excludes each other
            self.exclude(asked[0], asked[-1])
        elif len(asked) == 1:
            if len(head) == 1:
                self.implied[asked[0]].append(head[0])
            else:
                self.chosen[asked[0]].append(head)
        else:
            for each in asked:
                self.joint[each].append((frozenset(asked) - {each}, head))


@dataclass(frozen=True)
class Additions:
    """What mappings add to clauses.

    Args:
        implied: Atom to the atoms that follow from it, each with the bit of the mapping that says so.
        above: Property to the properties above it, likewise.
        active: The mappings that count, as a bit mask.
        decisions: The number of the lowest bit that no mapping uses.
    """

    implied: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    above: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    active: int = 0
    decisions: int = 0


def mask_of(numbers: Iterable[int]) -> int:
    """Return numbers as a bit mask.

    >>> mask_of([0, 3])
    9
    """
    mask = 0
    for each in numbers:
        mask |= 1 << each
    return mask


def clauses_of(models: Iterable[Axioms]) -> Clauses:
    """Return the clauses of some models together; terms with the same IRI are the same."""
    writer = _Writer()
    for model in models:
        writer.add(model)
    return writer.finished()


class _Writer:
    """Turns axioms into clauses; a part of an expression gets an atom, one for asking and another for concluding."""

    def __init__(self) -> None:
        self._clauses = Clauses()
        self._asked: dict[Expression, int] = {}
        self._concluded: dict[Expression, int] = {}
        self._clauses.atom(THING)
        self._clauses.atom(ANY_LITERAL)
        self._distinct: set[tuple[str, str]] = set()
        self._clauses.exclude(ANYTHING, LITERAL)
        self._clauses.exclude(self._named(NOTHING), self._named(NOTHING))

    def add(self, model: Axioms) -> None:
        """Take in the axioms of a model."""
        clauses = self._clauses
        for name in sorted(model.classes):
            clauses.exclude(self._named(name), LITERAL)
        for name, kind in model.properties.items():
            role = clauses.role(Role(name))
            if kind != "any":
                clauses.at_source[role].append(ANYTHING)
                clauses.at_source[role ^ 1].append(LITERAL if kind == "data" else ANYTHING)
        for narrower, broader in model.subproperties:
            one, two = clauses.role(narrower), clauses.role(broader)
            clauses.above[one].append(two)
            clauses.above[one ^ 1].append(two ^ 1)
        for first, second in model.disjoint_properties:
            one, two = clauses.role(first), clauses.role(second)
            for left, right in ((one, two), (two, one), (one ^ 1, two ^ 1), (two ^ 1, one ^ 1)):
                clauses.apart_roles[left].add(right)
        for iri in model.transitive:
            role = clauses.role(Role(iri))
            clauses.transitive |= {role, role ^ 1}
        self._distinct |= set(model.distinct)
        for part, whole in model.inclusions:
            self._include(part, whole)

    def finished(self) -> Clauses:
        """Return the clauses, with what follows about datatypes and values."""
        clauses = self._clauses
        values = [key for key in clauses.atoms if isinstance(key, Value)]
        for value in values:
            if value.datatype:
                clauses.implied[clauses.atom(value)].append(self._named(value.datatype))
        for number, one in enumerate(values):
            for two in values[:number]:
                named = {(one.text, two.text), (two.text, one.text)} & self._distinct
                if (one.datatype and two.datatype) or named:
                    clauses.exclude(clauses.atom(one), clauses.atom(two))
        self._datatypes()
        return clauses

    def _datatypes(self) -> None:
        names = [key for key in self._clauses.atoms if isinstance(key, str) and is_datatype(key)]
        atoms = self._clauses.atoms
        for number, one in enumerate(names):
            if one != ANY_LITERAL:
                self._clauses.implied[atoms[one]].append(LITERAL)
            self._clauses.implied[atoms[one]] += [atoms[each] for each in wider(one) if each in atoms]
            for two in names[:number]:
                if share_no_value(one, two):
                    self._clauses.exclude(atoms[one], atoms[two])

    def _named(self, name: str) -> int:
        return self._clauses.atom(name)

    def _include(self, part: Expression, whole: Expression) -> None:
        """Take in that everything of one expression is of another."""
        if isinstance(part, AnyOf):
            for each in part.operands:
                self._include(each, whole)
        elif isinstance(whole, AllOf):
            for each in whole.operands:
                self._include(part, each)
        elif isinstance(part, Some) and part.filler == THING:
            self._at_source(self._clauses.role(part.role), whole)
        elif part == THING and isinstance(whole, Only):
            self._at_source(self._clauses.role(whole.role) ^ 1, whole.filler)
        elif part == THING and isinstance(whole, AtMost) and (whole.number, whole.filler) == (1, THING):
            self._clauses.single.add(self._clauses.role(whole.role))
        elif part != NOTHING and whole != THING:
            self._clause(part, whole)

    def _at_source(self, role: int, whole: Expression) -> None:
        if whole != THING:
            self._clauses.at_source[role].append(self._conclude(whole))

    def _clause(self, part: Expression, whole: Expression) -> None:
        body: list[Expression] = []
        head: list[Expression] = []
        for each in part.operands if isinstance(part, AllOf) else (part,):
            (head if isinstance(each, Not) else body).append(each.operand if isinstance(each, Not) else each)
        for each in whole.operands if isinstance(whole, AnyOf) else (whole,):
            (body if isinstance(each, Not) else head).append(each.operand if isinstance(each, Not) else each)
        if THING in head or NOTHING in body:
            return
        head = [each for each in head if each != NOTHING]
        asked = [self._ask(each) for each in body if each != THING] or [ANYTHING]
        if len(asked) == 1 and len(head) == 1 and not isinstance(head[0], str):
            self._attach(head[0], asked[0])
        else:
            self._clauses.include(asked, tuple(map(self._conclude, head)))

    def _ask(self, expression: Expression) -> int:
        """Return an atom that everything of an expression has."""
        if isinstance(expression, str):
            return self._named(expression)
        if expression not in self._asked:
            self._asked[expression] = atom = self._clauses.fresh()
            self._define(expression, atom)
        return self._asked[expression]

    def _conclude(self, expression: Expression) -> int:
        """Return an atom such that everything that has it is of an expression."""
        if isinstance(expression, str):
            return self._named(expression)
        if expression not in self._concluded:
            self._concluded[expression] = atom = self._clauses.fresh()
            self._attach(expression, atom)
        return self._concluded[expression]

    @singledispatchmethod
    def _define(self, expression: Expression, atom: int) -> None:
        """Make an atom follow from an expression that has no form of its own to ask for: one of both must hold."""
        self._clauses.include([ANYTHING], (atom, self._conclude(_complement(expression))))

    @_define.register
    def _(self, expression: AllOf, atom: int) -> None:
        self._clause_to(expression, atom)

    @_define.register
    def _(self, expression: AnyOf, atom: int) -> None:
        for each in expression.operands:
            self._clause_to(each, atom)

    @_define.register
    def _(self, expression: Some, atom: int) -> None:
        role = self._clauses.role(expression.role)
        if expression.filler == THING:
            self._clauses.at_source[role].append(atom)
        else:
            self._clauses.onwards[self._ask(expression.filler)].append((role ^ 1, atom))

    @_define.register
    def _(self, expression: AtLeast, atom: int) -> None:
        if expression.number == 1:
            self._define(Some(expression.role, expression.filler), atom)
        elif expression.number < 1:
            self._clauses.include([ANYTHING], (atom,))
        else:
            self._clauses.include([ANYTHING], (atom, self._conclude(_complement(expression))))

    @_define.register
    def _(self, expression: OneOf, atom: int) -> None:
        for each in expression.values:
            self._clauses.implied[self._clauses.atom(each)].append(atom)

    def _clause_to(self, part: Expression, atom: int) -> None:
        operands = part.operands if isinstance(part, AllOf) else (part,)
        denied = tuple(self._conclude(each.operand) for each in operands if isinstance(each, Not))
        asked = [self._ask(each) for each in operands if not isinstance(each, Not) and each != THING]
        self._clauses.include(asked or [ANYTHING], (atom, *denied))

    @singledispatchmethod
    def _attach(self, expression: Expression, atom: int) -> None:
        """Make an expression follow from an atom."""
        raise TypeError(f"no clause for {expression!r} to follow from atom {atom}")

    @_attach.register
    def _(self, expression: str, atom: int) -> None:
        if expression == NOTHING:
            self._clauses.exclude(atom, atom)
        elif expression != THING:
            self._clauses.implied[atom].append(self._named(expression))

    @_attach.register
    def _(self, expression: Not, atom: int) -> None:
        self._clauses.exclude(atom, self._ask(expression.operand))

    @_attach.register
    def _(self, expression: AllOf, atom: int) -> None:
        for each in expression.operands:
            self._attach(each, atom)

    @_attach.register
    def _(self, expression: AnyOf, atom: int) -> None:
        if THING not in expression.operands:
            possible = [each for each in expression.operands if each != NOTHING]
            self._clauses.include([atom], tuple(map(self._conclude, possible)))

    @_attach.register
    def _(self, expression: OneOf, atom: int) -> None:
        self._clauses.include([atom], tuple(map(self._clauses.atom, expression.values)))

    @_attach.register
    def _(self, expression: Some, atom: int) -> None:
        self._attach(AtLeast(1, expression.role, expression.filler), atom)

    @_attach.register
    def _(self, expression: Only, atom: int) -> None:
        if expression.filler == THING:
            return
        self._clauses.onwards[atom].append((self._clauses.role(expression.role), self._conclude(expression.filler)))

    @_attach.register
    def _(self, expression: AtLeast, atom: int) -> None:
        if expression.number > 0:
            filler = EVERY if expression.filler == THING else self._conclude(expression.filler)
            self._clauses.needs[atom].append((expression.number, self._clauses.role(expression.role), filler))

    @_attach.register
    def _(self, expression: AtMost, atom: int) -> None:
        if expression.number == 0:
            none = NOTHING if expression.filler == THING else Not(expression.filler)
            self._attach(Only(expression.role, none), atom)
            return
        filler = EVERY if expression.filler == THING else self._ask(expression.filler)
        self._clauses.caps[atom].append((expression.number, self._clauses.role(expression.role), filler))


def _complement(expression: Expression) -> Expression:
    """Return what is not of an expression that cannot be asked for by itself."""
    match expression:
        case Not():
            return expression.operand
        case Only():
            return Some(expression.role, Not(expression.filler))
        case AtLeast():
            return AtMost(expression.number - 1, expression.role, expression.filler)
        case AtMost():
            return AtLeast(expression.number + 1, expression.role, expression.filler)
        case _:
            raise TypeError(f"no complement of {expression!r}")
