"""Writing SPARQL: terms and expressions."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from virtuales.query.syntax.tree import (
    AdditiveExpression,
    Aggregate,
    BuiltInCall,
    ConditionalAndExpression,
    ConditionalOrExpression,
    ExistsFunc,
    Expression,
    FunctionCall,
    InExpression,
    MultiplicativeExpression,
    RelationalExpression,
    UnaryExpression,
)
from virtuales.rdf.namespaces import RDF, XSD
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Variable

if TYPE_CHECKING:
    from virtuales.query.syntax.tree import GroupGraphPattern

_LOCAL: Final = re.compile(r"(?:[A-Za-z0-9_](?:[\w.-]*[\w-])?)?", re.ASCII)
_SHORT: Final[Mapping[str, re.Pattern[str]]] = {
    XSD.integer.value: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal.value: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.double.value: re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    XSD.boolean.value: re.compile(r"true|false"),
}
"""Datatypes whose literals can be written without marks, and how those must look."""
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_PLAIN: Final = frozenset({XSD.string.value, RDF.langString.value})
_OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _PRIMARY = range(7)
"""How strongly the parts of an expression hold together."""
_STRENGTH: Final[Mapping[type, int]] = {
    ConditionalOrExpression: _OR,
    ConditionalAndExpression: _AND,
    RelationalExpression: _RELATION,
    InExpression: _RELATION,
    AdditiveExpression: _SUM,
    MultiplicativeExpression: _PRODUCT,
    UnaryExpression: _UNARY,
}


class TermWriter:
    """Writes terms and expressions.

    Args:
        prefixes: Prefixes and the IRIs that they stand for.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self._iris: dict[str, str] = {}

    def term(self, term: Variable | NamedNode | Literal | BlankNode) -> str:
        """Write a term."""
        if isinstance(term, Variable):
            return f"?{term.value}"
        if isinstance(term, NamedNode):
            return self.iri(term.value)
        if isinstance(term, Literal):
            return self.literal(term)
        return f"_:{term.value}"

    def iri(self, iri: str) -> str:
        """Write an IRI, with a prefix if one fits."""
        known = self._iris.get(iri)
        if known is None:
            self._iris[iri] = known = self._contracted(iri)
        return known

    def _contracted(self, iri: str) -> str:
        for name, start in self._prefixes:
            if start and iri.startswith(start) and _LOCAL.fullmatch(iri, len(start)):
                return f"{name}:{iri[len(start) :]}"
        return f"<{iri}>"

    def literal(self, literal: Literal) -> str:
        """Write a literal; numbers and truth values without marks where they can be."""
        datatype = literal.datatype.value
        short = _SHORT.get(datatype)
        if short is not None and short.fullmatch(literal.value):
            return literal.value
        written = self.string(literal.value)
        if literal.language:
            return f"{written}@{literal.language}"
        return written if datatype in _PLAIN else f"{written}^^{self.iri(datatype)}"

    @staticmethod
    def string(text: str) -> str:
        """Write a string."""
        return f'"{text.translate(_ESCAPES)}"'

    def group(self, group: "GroupGraphPattern", depth: int = 0) -> str:
        """Write a group; see `virtuales.query.syntax.writer`."""
        raise TypeError(f"a writer of terms does not write groups: {group} at {depth}")

    def expression(self, expression: Expression, least: int = _OR) -> str:
        """Write an expression, in brackets if it holds together less strongly than is asked for."""
        strength = _STRENGTH.get(type(expression), _PRIMARY)
        written = self._unbracketted(expression)
        return f"({written})" if strength < least else written

    def _unbracketted(self, expression: Expression) -> str:
        match expression:
            case Variable() | NamedNode() | Literal():
                written = self.term(expression)
            case ConditionalOrExpression(operands):
                written = " || ".join(self.expression(each, _AND) for each in operands)
            case ConditionalAndExpression(operands):
                written = " && ".join(self.expression(each, _RELATION) for each in operands)
            case RelationalExpression(left, operator, right):
                written = f"{self.expression(left, _SUM)} {operator} {self.expression(right, _SUM)}"
            case AdditiveExpression(left, operator, right):
                written = f"{self.expression(left, _SUM)} {operator} {self.expression(right, _PRODUCT)}"
            case MultiplicativeExpression(left, operator, right):
                written = f"{self.expression(left, _PRODUCT)} {operator} {self.expression(right, _UNARY)}"
            case UnaryExpression(operator, operand):
                written = self.expression(operand, _PRIMARY)
                written = f"{operator}({written})" if isinstance(operand, Literal) else f"{operator}{written}"
            case InExpression(operand, choices, negated):
                written = f"{self.expression(operand, _SUM)} {'NOT ' * negated}IN ({self._listed(choices)})"
            case _:
                written = self._call(expression)
        return written

    def _call(self, expression: Expression) -> str:
        match expression:
            case FunctionCall(function, arguments, distinct):
                return f"{self.term(function)}({'DISTINCT ' * distinct}{self._listed(arguments)})"
            case BuiltInCall(name, arguments):
                return f"{name}({self._listed(arguments)})"
            case ExistsFunc(pattern, negated):
                return f"{'NOT ' * negated}EXISTS {self.group(pattern)}"
            case Aggregate(name, inner, distinct, separator):
                said = "*" if inner is None else self.expression(inner)
                end = "" if separator is None else f" ; SEPARATOR = {self.string(separator)}"
                return f"{name}({'DISTINCT ' * distinct}{said}{end})"
            case _:
                raise TypeError(f"no expression: {expression!r}")

    def _listed(self, expressions: tuple[Expression, ...]) -> str:
        return ", ".join(map(self.expression, expressions))
