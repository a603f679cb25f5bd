"""Carrying a package of models from one model's terms into another's.

Statements are carried line by line, as written: only IRIs of terms change, so no value loses its form. What no pair of
terms can carry is made by rules (see `virtuales.alignment.rules`). Every statement ends in the account.
"""

from collections import abc
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from virtuales.alignment.rules import MappingRule
from virtuales.alignment.translation.account import Account, Ledger, Made, Outcome
from virtuales.alignment.translation.placement import Placement, Room, SourceModel, rooms
from virtuales.alignment.translation.rule_run import TYPE, Key, RuleResults, run_rules
from virtuales.alignment.translation.term_table import TermTable
from virtuales.models.facts import Model

_NO_CLASS: Final = "No mapping carries the class of its object."
_NO_OBJECT: Final = "It refers to an object whose class no mapping carries."
_NO_VALUE: Final = "Its value has no counterpart."
_NOT_THERE: Final = "The profile that has the term has no such objects."
_UNMAPPED: Final = "No mapping names the term."
_NEARBY: Final = "It is only related to {}, and no rule carries it here."


@dataclass(frozen=True)
class TranslatedModel:
    """A model in the target's terms.

    Args:
        source: The model that it was made from.
        profiles: IRIs of the target's profiles that it follows.
        statements: The file with its N-Triples, without a header.
    """

    source: SourceModel
    profiles: tuple[str, ...]
    statements: Path


@dataclass(frozen=True)
class Translated:
    """A translated package: its models in the source's order, and the account."""

    models: tuple[TranslatedModel, ...]
    account: Account


@dataclass(frozen=True)
class _Plan:
    """What is to be done with the statements of one term.

    Args:
        term: The term's IRI.
        written: The target's term in angle brackets; empty where there is none.
        keywords: Keywords of the target's profiles that have it.
        reason: Why it is not carried, unless a rule takes it over.
    """

    term: str
    written: bytes = b""
    keywords: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True)
class Translator:
    """Translates packages from one model to another.

    Args:
        source: The model that the data follows.
        target: The model that it is to follow.
        table: What the source's terms are in the target.
        rules: The rules between the two.
    """

    source: Model
    target: Model
    table: TermTable
    rules: tuple[MappingRule, ...] = ()

    def translate(self, models: abc.Sequence[SourceModel], directory: Path) -> Translated:
        """Translate the models of a package together.

        Args:
            models: The models.
            directory: An existing directory for the results.

        Raises:
            InputError: a model follows no profile that has a counterpart, or a rule cannot be answered.
        """
        space = rooms(models, self.table, self.source, self.target)
        results = run_rules(self.rules, [model.statements for model in models], self.source)
        files = [directory / f"translated{number:04}.nt" for number in range(len(models))]
        sinks = [file.open("wb") for file in files]
        try:
            account = _Run(self, space, results, sinks).run()
        finally:
            for sink in sinks:
                sink.close()
        account.check()
        made = (
            TranslatedModel(room.model, room.header_profiles, file) for room, file in zip(space, files, strict=True)
        )
        return Translated(tuple(made), account)

    def plan(self, term: str, *, is_class: bool) -> _Plan:
        """Say what is to be done with a property or a class."""
        target = self.table.terms.get(term)
        if target is None:
            return _Plan(term, reason=self._why_not(term))
        keywords = self.keywords(target, is_class=is_class)
        return _Plan(term, f"<{target}>".encode(), keywords, "" if keywords else _no_room(keywords))

    def _why_not(self, term: str) -> str:
        if term in self.table.gone:
            return f"Declared to have no counterpart. {self.table.gone[term]}".strip()
        near = self.table.nearby.get(term)
        return _NEARBY.format(", ".join(map(self.target.short, near))) if near else _UNMAPPED

    def keywords(self, term: str, *, is_class: bool) -> frozenset[str]:
        """Return keywords of the target's profiles in which data can say a term."""
        if is_class:
            fact = self.target.classes.get(term)
            return fact.concrete if fact else frozenset()
        known = self.target.properties.get(term)
        return known.profiles if known else frozenset()


class _Run:
    """One translation on its way."""

    def __init__(
        self, translator: Translator, space: abc.Sequence[Room], results: RuleResults, sinks: abc.Sequence[BinaryIO]
    ) -> None:
        self._translator = translator
        self._table = translator.table
        self._space = space
        self._results = results
        self._sinks = sinks
        self._placement = Placement(space)
        self._ledger = Ledger()
        self._plans: dict[Key, _Plan] = {}
        self._homes: dict[bytes, tuple[int, bytes]] = {}
        self._lost: set[bytes] = set()
        self._values: dict[bytes, bytes | None] = {}
        self._typed: list[set[bytes]] = [set() for _ in space]
        self._spoken: list[set[bytes]] = [set() for _ in space]
        self._own = tuple(f"<{iri}".encode() for iri in translator.source.namespaces.values())

    def run(self) -> Account:
        statements = sum(self._find_homes(number) for number in range(len(self._space)))
        self._lost -= self._homes.keys()
        for number in range(len(self._space)):
            self._carry(number)
        made = [each for rule, lines in self._results.made.items() for each in self._place_made(rule, lines)]
        added = sum(self._say_classes(number) for number in range(len(self._space)))
        return Account(statements, tuple(self._ledger.entries()), tuple(made), added)

    def _lines(self, number: int) -> abc.Iterator[tuple[bytes, bytes, bytes]]:
        """Give a model's statements, those of its header left out: subject, predicate, object with the full stop."""
        model = self._space[number].model
        header = f"<{model.iri}> ".encode() if model.iri else None
        with model.statements.open("rb") as lines:
            for line in lines:
                if header is None or not line.startswith(header):
                    subject, predicate, rest = line.split(b" ", 2)
                    yield subject, predicate, rest

    def _find_homes(self, number: int) -> int:
        """Learn which model introduces which object with which class of the target; count the statements."""
        count = 0
        for subject, predicate, rest in self._lines(number):
            count += 1
            if predicate == TYPE:
                plan = self._plan(TYPE, rest)
                if plan.keywords:
                    self._settle(subject, number, plan.written)
                else:
                    self._lost.add(subject)
        return count

    def _settle(self, subject: bytes, number: int, class_: bytes) -> None:
        """Note an object's home: the first model that says its class, or that says a narrower one."""
        known = self._homes.get(subject)
        if known is None:
            self._homes[subject] = (number, class_)
        elif known[1] != class_:
            above = self._translator.target.ancestors(class_[1:-1].decode())
            if known[1][1:-1].decode() in above:
                self._homes[subject] = (number, class_)

    def _plan(self, predicate: bytes, rest: bytes) -> _Plan:
        is_class = predicate == TYPE
        key = (predicate, rest[:-3] if is_class else b"")
        if key not in self._plans:
            term = key[1] if is_class else predicate
            self._plans[key] = self._translator.plan(term[1:-1].decode(), is_class=is_class)
        return self._plans[key]

    def _carry(self, number: int) -> None:
        """Carry the statements of one model."""
        name = self._space[number].model.name
        counted: dict[tuple[str, str, Outcome, str], int] = {}
        for subject, predicate, rest in self._lines(number):
            plan = self._plan(predicate, rest)
            reason = self._carried(number, subject, predicate, rest, plan)
            if not reason:
                key: tuple[str, str, Outcome, str] = (name, plan.term, "mapped", plan.written[1:-1].decode())
                counted[key] = counted.get(key, 0) + 1
                continue
            kind = (predicate, rest[:-3] if predicate == TYPE else b"")
            rule = self._results.carried.get(kind, {}).get(subject)
            if rule is not None:
                self._ledger.note((name, plan.term, "rule", rule), subject)
            else:
                self._ledger.note((name, plan.term, "lost", reason), subject)
        for key, count in counted.items():
            self._ledger.count(key, count)

    def _carried(self, number: int, subject: bytes, predicate: bytes, rest: bytes, plan: _Plan) -> str:
        """Carry one statement; return why not, or nothing."""
        reason = plan.reason or (_NO_CLASS if subject in self._lost else "")
        if reason:
            return reason
        if predicate == TYPE:
            return self._carry_class(number, subject, plan)
        if rest[:1] == b"<":
            value = self._value(rest)
            if value is None:
                return _NO_OBJECT if rest[:-3] in self._lost else _NO_VALUE
            rest = value
        place = self._placement.place(number, plan.keywords)
        if place is None:
            return _no_room(plan.keywords)
        if place != number and not self._sayable(place, subject):
            return _NOT_THERE
        self._write(place, subject, plan.written, rest, plan.keywords)
        return ""

    def _sayable(self, number: int, subject: bytes) -> bool:
        """Tell whether data of a model's profiles can say an object's class, or one above it."""
        if subject not in self._homes:
            return True  # a structured value, which has its class from its property
        class_ = self._homes[subject][1][1:-1].decode()
        return self._nearest_class(number, class_) is not None

    def _carry_class(self, number: int, subject: bytes, plan: _Plan) -> str:
        """Say an object's class in its own model, or leave it to where the class can be said."""
        if plan.keywords & self._space[number].keywords:
            if subject not in self._typed[number]:
                self._typed[number].add(subject)
                self._write(number, subject, TYPE, plan.written + b" .\n", plan.keywords)
            return ""
        place = self._placement.place(number, plan.keywords)
        if place is None:
            return _no_room(plan.keywords)
        self._spoken[place].add(subject)
        return ""

    def _value(self, rest: bytes) -> bytes | None:
        """Return what an object becomes: another term for a term, itself for a thing; None where it becomes nothing."""
        known = self._values.get(rest)
        if known is not None:
            return known
        term = rest[:-3]
        if term in self._lost:
            return None
        target = self._table.terms.get(term[1:-1].decode())
        if target is not None:
            self._values[rest] = known = f"<{target}> .\n".encode()
            return known
        return None if term.startswith(self._own) else rest

    def _write(self, place: int, subject: bytes, predicate: bytes, rest: bytes, keywords: frozenset[str]) -> None:
        self._space[place].take(keywords)
        self._spoken[place].add(subject)
        self._sinks[place].write(b"%b %b %b" % (subject, predicate, rest))

    def _place_made(self, rule: str, lines: abc.Iterable[bytes]) -> abc.Iterator[Made]:
        """Put what a rule made where it belongs."""
        counts: dict[tuple[str, bool], int] = {}
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            is_class = predicate == TYPE
            term = (rest[:-3] if is_class else predicate)[1:-1].decode()
            keywords = self._translator.keywords(term, is_class=is_class)
            start = self._start(subject)
            place = self._placement.place(start, keywords) if keywords and start is not None else None
            if place is not None:
                if is_class:
                    self._typed[place].add(subject)
                    self._homes.setdefault(subject, (place, rest[:-3]))
                self._write(place, subject, predicate, rest, keywords)
            counts[term, place is not None] = counts.get((term, place is not None), 0) + 1
        for (term, placed), count in sorted(counts.items()):
            yield Made(rule, term, count, placed)

    def _start(self, subject: bytes) -> int | None:
        """Return the model to look for room from: an object's own, or that of the one it was created beside.

        None where neither is carried: then nothing that a rule says of the object has a place.
        """
        seen: set[bytes] = set()
        while subject not in self._homes and subject in self._results.created and subject not in seen:
            seen.add(subject)
            subject = self._results.created[subject]
        return self._homes[subject][0] if subject in self._homes else None

    def _say_classes(self, number: int) -> int:
        """Say the class of each object that a model speaks of without having said it."""
        added = 0
        for subject in sorted(self._spoken[number] - self._typed[number]):
            if subject not in self._homes:
                continue  # a structured value, which has its class from its property
            self._typed[number].add(subject)
            self._sinks[number].write(
                b"%b %b %b .\n" % (subject, TYPE, self._class_in(number, self._homes[subject][1]))
            )
            added += 1
        return added

    def _class_in(self, number: int, class_: bytes) -> bytes:
        """Return the nearest class from an object's own upwards that a model can say; its own where it can say none."""
        nearest = self._nearest_class(number, class_[1:-1].decode())
        return class_ if nearest is None else f"<{nearest}>".encode()

    def _nearest_class(self, number: int, class_: str) -> str | None:
        room = self._space[number].keywords
        above = self._translator.target.ancestors(class_)
        return next((name for name in above if self._translator.keywords(name, is_class=True) & room), None)


def _no_room(keywords: frozenset[str]) -> str:
    if not keywords:
        return "No profile of the target lets data say it."
    return f"The package has no model of the profile {' or '.join(sorted(keywords))} for it."
