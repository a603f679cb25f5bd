"""What a JSON value has to look like, as functions that give every fault with its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from virtuales.rdf.terms import is_unicode


class Fault(NamedTuple):
    """What is wrong with a value.

    Args:
        where: The place, as keys and numbers joined by dots.
        expected: What would be right there.
    """

    where: str
    expected: str


Shape = Callable[[object, str], Iterator[Fault]]
"""Gives the faults of a value that stands at a place."""


def text(value: object, where: str) -> Iterator[Fault]:
    """A text of whole characters."""
    if not isinstance(value, str) or not is_unicode(value):
        yield Fault(where, "a text")


def anything(_value: object, _where: str) -> Iterator[Fault]:
    """Whatever there is."""
    return iter(())


def text_like(pattern: Callable[[str], bool], expected: str) -> Shape:
    """A text for which a pattern holds."""

    def shape(value: object, where: str) -> Iterator[Fault]:
        if not isinstance(value, str) or not pattern(value):
            yield Fault(where, expected)

    return shape


def one_of(*words: str) -> Shape:
    """One of some words."""
    return text_like(frozenset(words).__contains__, "one of " + ", ".join(f"`{word}`" for word in words))


def array(item: Shape, *, least: int = 0) -> Shape:
    """A list with so many items at least, each of a shape."""

    def shape(value: object, where: str) -> Iterator[Fault]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            yield Fault(where, "a list")
            return
        if len(value) < least:
            yield Fault(where, f"a list with at least {least} item")
        for number, part in enumerate(value, start=1):
            yield from item(part, f"{where}.{number}")

    return shape


def kinds(*accepted: type, expected: str) -> Shape:
    """A value of one of some kinds."""

    def shape(value: object, where: str) -> Iterator[Fault]:
        if not isinstance(value, accepted):
            yield Fault(where, expected)

    return shape


@dataclass(frozen=True)
class Record:
    """An object with some keys; further keys are tolerated, as the protocol asks for.

    Args:
        required: The shapes of the keys that have to be there.
        optional: The shapes of those that may be.
        any_of: Keys of which one at least has to be there; empty asks for none.
        just_one_of: Keys of which exactly one has to be there; empty asks for none.
        without: Keys that must not be there.
    """

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]
    any_of: tuple[str, ...] = ()
    just_one_of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __call__(self, value: object, where: str) -> Iterator[Fault]:
        """Give the faults of a value."""
        if not isinstance(value, Mapping):
            yield Fault(where, "an object")
            return
        for key, shape in self.required.items():
            if key not in value:
                yield Fault(_under(where, key), "to be there")
            else:
                yield from shape(value[key], _under(where, key))
        for key, shape in self.optional.items():
            if key in value:
                yield from shape(value[key], _under(where, key))
        if self.any_of and not any(key in value for key in self.any_of):
            yield Fault(where, " or ".join(f"`{key}`" for key in self.any_of))
        if self.just_one_of and sum(key in value for key in self.just_one_of) != 1:
            yield Fault(where, "just one of " + ", ".join(f"`{key}`" for key in self.just_one_of))
        yield from (Fault(_under(where, key), "not to be there") for key in self.without if key in value)

    def extended(
        self, required: Mapping[str, Shape] | None = None, optional: Mapping[str, Shape] | None = None
    ) -> "Record":
        """Return this shape with further keys."""
        return replace(
            self, required={**self.required, **(required or {})}, optional={**self.optional, **(optional or {})}
        )


def record(required: Mapping[str, Shape] | None = None, optional: Mapping[str, Shape] | None = None) -> Record:
    """An object with keys that have to be there, and keys that may."""
    return Record(required or {}, optional or {})


def exactly_one(*shapes: Shape, expected: str) -> Shape:
    """A value that just one of several shapes fits."""

    def shape(value: object, where: str) -> Iterator[Fault]:
        if sum(next(each(value, where), None) is None for each in shapes) != 1:
            yield Fault(where, expected)

    return shape


def _under(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
