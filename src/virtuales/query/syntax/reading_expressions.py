"""Reading SPARQL: expressions (rules 107 to 127 of the grammar)."""

from abc import ABC, abstractmethod
from typing import Final

from virtuales.query.syntax.reading_terms import TermReader
from virtuales.query.syntax.tree import (
    AdditiveExpression,
    Aggregate,
    BuiltInCall,
    ConditionalAndExpression,
    ConditionalOrExpression,
    ExistsFunc,
    Expression,
    FunctionCall,
    GroupGraphPattern,
    InExpression,
    MultiplicativeExpression,
    RelationalExpression,
    UnaryExpression,
)
from virtuales.rdf.terms import NamedNode

AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_COMPARISONS: Final = ("=", "!=", "<", ">", "<=", ">=")


class ExpressionReader(TermReader, ABC):
    """Reads the expressions of a query."""

    @abstractmethod
    def group_graph_pattern(self) -> GroupGraphPattern:
        """Read the group of an EXISTS."""

    def expression(self) -> Expression:
        """Read an Expression."""
        operands = [self._conjunction()]
        while self.take("||"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else ConditionalOrExpression(tuple(operands))

    def _conjunction(self) -> Expression:
        operands = [self._relation()]
        while self.take("&&"):
            operands.append(self._relation())
        return operands[0] if len(operands) == 1 else ConditionalAndExpression(tuple(operands))

    def _relation(self) -> Expression:
        left = self._sum()
        operator = self.take(*_COMPARISONS)
        if operator:
            return RelationalExpression(left, operator, self._sum())  # type: ignore[arg-type]  # one of those taken
        if self.take("IN"):
            return InExpression(left, self.expression_list())
        if self.at("NOT") and self.after().text == "IN":
            self.next()
            self.next()
            return InExpression(left, self.expression_list(), negated=True)
        return left

    def _sum(self) -> Expression:
        """Read an AdditiveExpression; `1 -2` is read as `1 - 2`, which is the same."""
        left = self._product()
        while operator := self.take("+", "-"):
            left = AdditiveExpression(left, operator, self._product())  # type: ignore[arg-type]  # one of those taken
        return left

    def _product(self) -> Expression:
        left = self._unary()
        while operator := self.take("*", "/"):
            left = MultiplicativeExpression(left, operator, self._unary())  # type: ignore[arg-type]  # one of those taken
        return left

    def _unary(self) -> Expression:
        if self.at("!", "+", "-") and not self.at_signed:
            operator = self.next().text
            return UnaryExpression(operator, self._primary())  # type: ignore[arg-type]  # one of those looked for
        return self._primary()

    def _primary(self) -> Expression:
        kind = self.token.kind
        if kind == "variable":
            return self.variable()
        if kind in {"iri", "name"}:
            function = self.iri()
            return self._function_call(function) if self.at("(") else function
        if self.at("("):
            return self.bracketted()
        if self.at_literal:
            return self.literal()
        return self._built_in_call()

    def bracketted(self) -> Expression:
        """Read a BrackettedExpression."""
        self.expect("(")
        found = self.expression()
        self.expect(")")
        return found

    def expression_list(self) -> tuple[Expression, ...]:
        """Read an ExpressionList."""
        self.expect("(")
        found: list[Expression] = []
        if not self.at(")"):
            found.append(self.expression())
            while self.take(","):
                found.append(self.expression())
        self.expect(")")
        return tuple(found)

    def constraint(self) -> Expression:
        """Read a Constraint: an expression in brackets, or a call."""
        if self.at("("):
            return self.bracketted()
        if self.at_iri:
            return self._function_call(self.iri())
        return self._built_in_call()

    def _function_call(self, function: NamedNode) -> FunctionCall:
        self.expect("(")
        distinct = bool(self.take("DISTINCT"))
        found: list[Expression] = []
        if not self.at(")"):
            found.append(self.expression())
            while self.take(","):
                found.append(self.expression())
        self.expect(")")
        return FunctionCall(function, tuple(found), distinct)

    def _built_in_call(self) -> Expression:
        if self.token.kind != "word":
            raise self.unexpected("an expression")
        if self.at("NOT") or self.at("EXISTS"):
            negated = bool(self.take("NOT"))
            self.expect("EXISTS")
            return ExistsFunc(self.group_graph_pattern(), negated)
        if self.after().text != "(":
            raise self.unexpected("an expression")
        name = self.next().text
        return self._aggregate(name) if name in AGGREGATES else BuiltInCall(name, self.expression_list())

    def _aggregate(self, name: str) -> Aggregate:
        self.expect("(")
        distinct = bool(self.take("DISTINCT"))
        expression = None if name == "COUNT" and self.take("*") else self.expression()
        separator = None
        if name == "GROUP_CONCAT" and self.take(";"):
            self.expect("SEPARATOR")
            self.expect("=")
            separator = self.string()
        self.expect(")")
        return Aggregate(name, expression, distinct, separator)
