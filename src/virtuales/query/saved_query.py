"""Saved queries: a question with a name, typed parameters, and the words that say what it is for.

A parameter is a variable of the query that begins with `_`; the end of its name says its type, as in grlc
(https://grlc.io/): `?_substation_iri` is an IRI that users give as `substation`. A parameter that begins with `__` may
be left out, and is then a variable like any other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from virtuales.errors import InputError
from virtuales.query.request import tokens
from virtuales.rdf import terms
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import NamedNode

Form = Literal["select", "ask", "construct"]
"""What a query answers: rows, yes or no, statements."""
Asks = Literal["catalogue", "data", "audit"]
"""What a query is about: the catalogue, the models of a dataset version, or the audit trail."""

_VARIABLE: Final = re.compile(r"[?$](_\w+)")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved query.

    Args:
        variable: The variable, without its question mark.
        name: What users call it.
        datatype: What its values are.
        optional: Whether it may be left out.
        description: What to give.
        default: The value that is used when none is given.
        choices: The values that it may have; empty when it may have any.
    """

    variable: str
    name: str
    datatype: str
    optional: bool = False
    description: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()

    def term(self, value: str) -> NamedNode | terms.Literal:
        """Return the RDF term of a value.

        Raises:
            InputError: the value is not of the parameter's type, or none of its choices.
        """
        if self.choices and value not in self.choices:
            raise InputError(
                f"`{value}` is none of the values of `{self.name}`.",
                where=self.name,
                remedy="Give one of " + ", ".join(f"`{one}`" for one in self.choices) + ".",
            )
        try:
            return _TERMS[self.datatype](value)
        except (ValueError, InvalidOperation):
            raise InputError(
                f"`{value}` is no {self.datatype}.",
                where=self.name,
                remedy=f"Give a value like `{_LIKE[self.datatype]}`.",
            ) from None


@dataclass(frozen=True)
class SavedQuery:
    """A saved query.

    Args:
        name: The file's name without its ending.
        summary: The question, in one line.
        description: What the answer holds, and how it is found.
        tags: Who and what it is for.
        asks: What it is about.
        models: Registered names of the models in whose terms it asks; none for the catalogue's.
        form: What it answers.
        text: The query.
        parameters: Its parameters, in the order in which they stand in the text.
        example: Values of an example, by the parameters' names.
        file: The file.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    asks: Asks
    models: tuple[str, ...]
    form: Form
    text: str
    parameters: tuple[Parameter, ...]
    example: Mapping[str, str]
    file: Path

    def bound(self, values: Mapping[str, str]) -> str:
        """Return the query with the values of its parameters in it.

        Args:
            values: The values, by the parameters' names.

        Raises:
            InputError: a parameter is not known, has no value, or a value does not fit.
        """
        names = [one.name for one in self.parameters]
        for name in values:
            if name not in names:
                raise InputError(
                    f"The query `{self.name}` has no parameter `{name}`.",
                    where=name,
                    remedy="It has " + (", ".join(f"`{one}`" for one in names) or "none") + ".",
                )
        found = {one.variable: self._value(one, values.get(one.name)) for one in self.parameters}
        return bind(self.text, {name: str(term) for name, term in found.items() if term is not None})

    def _value(self, parameter: Parameter, given: str | None) -> NamedNode | terms.Literal | None:
        value = parameter.default if given is None else given
        if value is not None:
            return parameter.term(value)
        if parameter.optional:
            return None
        raise InputError(
            f"The query `{self.name}` needs a value for `{parameter.name}`.",
            where=parameter.name,
            remedy=f"Give {parameter.datatype}: {parameter.description}" if parameter.description else None,
        )


def parameter_variables(text: str) -> list[str]:
    """Return the variables of a query that are parameters, in the order in which they first stand.

    >>> parameter_variables('SELECT * { ?s ?p ?_name, "?_no" } # ?_neither')
    ['_name']
    """
    found = (_VARIABLE.fullmatch(token) for token in tokens(text))
    return list(dict.fromkeys(match[1] for match in found if match))


def bind(text: str, values: Mapping[str, str]) -> str:
    """Put terms, written as in N-Triples, in place of variables.

    >>> bind('SELECT * { ?s ?p ?_name, "?_name" }', {"_name": '"Vale"'})
    'SELECT * { ?s ?p "Vale", "?_name" }'
    """
    written = []
    for token in tokens(text):
        match = _VARIABLE.fullmatch(token)
        written.append(values.get(match[1], token) if match else token)
    return "".join(written)


def parameter(variable: str) -> Parameter:
    """Make the parameter that a variable stands for.

    >>> parameter("__since_date").name, parameter("__since_date").datatype, parameter("__since_date").optional
    ('since', 'date', True)
    >>> parameter("_part_of_name").name
    'part_of_name'
    """
    optional = variable.startswith("__")
    bare = variable.lstrip("_")
    name, _, ending = bare.rpartition("_")
    if name and ending in _TERMS:
        return Parameter(variable, name, ending, optional)
    return Parameter(variable, bare, "string", optional)


def _iri(value: str) -> NamedNode:
    if not _ABSOLUTE.match(value):
        raise ValueError(value)
    return NamedNode(value)


def _typed(datatype: NamedNode, check: Callable[[str], object]) -> Callable[[str], terms.Literal]:
    def term(value: str) -> terms.Literal:
        check(value)
        return terms.Literal(value, datatype=datatype)

    return term


def _matching(pattern: str) -> Callable[[str], object]:
    whole = re.compile(pattern)

    def check(value: str) -> None:
        if not whole.fullmatch(value):
            raise ValueError(value)

    return check


def _date(value: str) -> None:
    _matching(r"\d{4}-\d\d-\d\d")(value)
    date.fromisoformat(value)


def _date_time(value: str) -> None:
    _matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")(value)
    datetime.fromisoformat(value)


def _decimal(value: str) -> None:
    _matching(r"[+-]?(\d+(\.\d*)?|\.\d+)")(value)
    Decimal(value)


_TERMS: Final[Mapping[str, Callable[[str], NamedNode | terms.Literal]]] = MappingProxyType(
    {
        "string": terms.Literal,
        "iri": _iri,
        "integer": _typed(XSD.integer, _matching(r"[+-]?\d+")),
        "decimal": _typed(XSD.decimal, _decimal),
        "double": _typed(XSD.double, _matching(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")),
        "boolean": _typed(XSD.boolean, _matching("true|false")),
        "date": _typed(XSD.date, _date),
        "dateTime": _typed(XSD.dateTime, _date_time),
    }
)
_LIKE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string": "text",
        "iri": "https://example.org/thing",
        "integer": "3",
        "decimal": "0.5",
        "double": "1.5e3",
        "boolean": "true",
        "date": "2026-04-01",
        "dateTime": "2026-04-01T12:00:00Z",
    }
)
DATATYPES: Final = tuple(_LIKE)
"""What the values of parameters can be."""
SAMPLES: Final[Mapping[str, str]] = _LIKE
"""A value of each datatype."""
