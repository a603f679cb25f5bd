"""Class expressions and data ranges of OWL 2, as far as the checks of mappings reason with them.

A class or a datatype that has a name is that name, a text; all else is one of the records below. They follow the
[structural specification](https://www.w3.org/TR/owl2-syntax/) with short names: `Some` is `ObjectSomeValuesFrom` and
`DataSomeValuesFrom`, `AtLeast` both minimum cardinalities. What can be said with others has no record of its own: an
exact cardinality is `AtLeast` and `AtMost` together, `hasValue` is `Some` of a `OneOf`.
"""

from dataclasses import dataclass
from typing import Final, Union

from virtuales.rdf.namespaces import OWL

THING: Final = OWL.Thing.value
NOTHING: Final = OWL.Nothing.value


@dataclass(frozen=True, order=True)
class Role:
    """A property, or the inverse of one.

    Args:
        iri: The property.
        inverted: Whether its inverse is meant.

    >>> Role("http://a.example/partOf").inverse.inverse
    Role(iri='http://a.example/partOf', inverted=False)
    """

    iri: str
    inverted: bool = False

    @property
    def inverse(self) -> "Role":
        """The same property seen from the other end."""
        return Role(self.iri, not self.inverted)


@dataclass(frozen=True)
class Not:
    """Everything that is not so."""

    operand: "Expression"


@dataclass(frozen=True)
class AllOf:
    """What is all of these at once (an intersection)."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True)
class AnyOf:
    """What is at least one of these (a union)."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True)
class Some:
    """What has at least one value of a property that is so."""

    role: Role
    filler: "Expression" = THING


@dataclass(frozen=True)
class Only:
    """What has no value of a property that is not so."""

    role: Role
    filler: "Expression"


@dataclass(frozen=True)
class AtLeast:
    """What has at least so many values of a property that are so."""

    number: int
    role: Role
    filler: "Expression" = THING


@dataclass(frozen=True)
class AtMost:
    """What has at most so many values of a property that are so."""

    number: int
    role: Role
    filler: "Expression" = THING


@dataclass(frozen=True, order=True)
class Value:
    """An individual, or a literal.

    Args:
        text: The individual's IRI, or the literal's lexical form.
        datatype: The literal's datatype; empty for an individual.
    """

    text: str
    datatype: str = ""


@dataclass(frozen=True)
class OneOf:
    """What is one of these values."""

    values: tuple[Value, ...]


Expression = Union[str, Not, AllOf, AnyOf, Some, Only, AtLeast, AtMost, OneOf]  # noqa: UP007  # it names itself
