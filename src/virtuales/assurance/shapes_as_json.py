"""Compiled shapes as JSON and back: data alone, so that reading them runs nothing that stands in them.

An object holds the fields of one dataclass that differ from its defaults, and under `is` the dataclass's name. Equal
ones are written once, under the number `as`; where they occur again, `at` names that number. Tuples are arrays.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from virtuales.assurance import expressions, paths
from virtuales.assurance.shapes import (
    Constraint,
    Fault,
    InferenceRule,
    Parameter,
    Shape,
    ShapesGraph,
    SparqlFunction,
    SparqlQuery,
    Targets,
)

_SHAPES = (Shape, Targets, Constraint, SparqlQuery, InferenceRule, SparqlFunction, Parameter, Fault)
_PATHS = (paths.Predicate, paths.Inverse, paths.Sequence, paths.Alternative, paths.Repeated)
_EXPRESSIONS = (
    expressions.This,
    expressions.Constant,
    expressions.Along,
    expressions.Conforming,
    expressions.Union,
    expressions.Intersection,
    expressions.Difference,
    expressions.Measure,
    expressions.Choice,
    expressions.Call,
)
_CLASSES: Mapping[str, type[Any]] = MappingProxyType({one.__name__: one for one in (*_SHAPES, *_PATHS, *_EXPRESSIONS)})
_UNIQUE = frozenset((Shape, Fault, SparqlFunction))
"""What never occurs twice."""


def to_json(graph: ShapesGraph) -> str:
    """Write a shapes graph.

    Raises:
        TypeError: it holds what cannot be written.
    """
    whole = {
        "shapes": tuple(graph.shapes.values()),
        "faults": graph.faults,
        "sources": graph.sources,
        "document": graph.document.decode(),
        "functions": tuple(graph.functions.values()),
        "entails": graph.entails,
    }
    return json.dumps(whole, default=_Writer().plain, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> ShapesGraph:
    """Read a shapes graph as `to_json` wrote it.

    Raises:
        ValueError: the text is nothing of the kind.
    """
    try:
        whole = json.loads(text, object_hook=_Reader().object)
        return ShapesGraph(
            shapes={one.id: one for one in whole["shapes"]},
            faults=tuple(whole["faults"]),
            sources=tuple(whole["sources"]),
            document=whole["document"].encode(),
            functions={one.name: one for one in whole["functions"]},
            entails=whole["entails"],
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"This is no shapes graph: {error!r}") from error


class _Writer:
    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def plain(self, value: object) -> dict[str, object]:
        """Return what JSON has for an object of one of the classes."""
        if isinstance(value, Decimal):
            return {"is": "Decimal", "text": str(value)}
        kind = type(value)
        if _CLASSES.get(kind.__name__) is not kind:
            raise TypeError(f"{kind.__name__} cannot be written")
        said: dict[str, object] = {"is": kind.__name__}
        if kind not in _UNIQUE:
            if value in self._numbers:
                return {"at": self._numbers[value]}
            said["as"] = self._numbers[value] = len(self._numbers)
        for name, default in _DEFAULTS[kind.__name__].items():
            given = getattr(value, name)
            if given != default:
                said[name] = given
        return said


class _Reader:
    def __init__(self) -> None:
        self._numbered: dict[int, object] = {}

    def object(self, said: dict[str, Any]) -> Any:  # noqa: ANN401  # an object of one of the classes
        """Return the object that some fields make; called for inner ones first."""
        if "at" in said:
            return self._numbered[said["at"]]
        kind = said.pop("is", None)
        if kind is None:
            return said
        if kind == "Decimal":
            return Decimal(said["text"])
        number = said.pop("as", None)
        for name, value in said.items():
            if type(value) is list:
                said[name] = _tuple(value)
        made = _CLASSES[kind](**said)
        if number is not None:
            self._numbered[number] = made
        return made


def _tuple(values: list[Any]) -> tuple[Any, ...]:
    return tuple([_tuple(one) if type(one) is list else one for one in values])


def _default(field: "Field[Any]") -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


_DEFAULTS = {name: {one.name: _default(one) for one in fields(kind)} for name, kind in _CLASSES.items()}
