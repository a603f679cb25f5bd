"""Reading a SPARQL 1.1 query into its parts (https://www.w3.org/TR/sparql11-query/#grammar).

The syntax is known to be right when it comes here; what is met that SPARQL 1.1 does not have, is refused.
"""

from functools import lru_cache

from virtuales.assurance.query_parts import (
    ANY,
    Call,
    Constant,
    Expression,
    Pattern,
    QueryParts,
    Route,
    Selection,
    Step,
    Variable,
)
from virtuales.assurance.query_terms import QueryTerms
from virtuales.assurance.reading import RDF_NS

_ENDS = frozenset({")", ",", ";", "AS", "}", ""})
_NO_LITERAL = frozenset({"ISIRI", "ISURI", "ISBLANK"})
_OPERATORS = frozenset({"||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "!", "IN", "NOT"})
_MODIFIERS = frozenset({"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}", ""})
_AFTER_TRIPLES = frozenset(
    {"OPTIONAL", "MINUS", "{", "}", "GRAPH", "FILTER", "BIND", "VALUES", "SERVICE", ".", "]", ""}
)


@lru_cache(maxsize=4096)
def read_parts(text: str) -> QueryParts:
    """Read a query.

    Args:
        text: A SELECT or ASK query of right syntax.

    Raises:
        Malformed: it holds what SPARQL 1.1 does not have.
    """
    return _Reader(text).query()


class _Reader(QueryTerms):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._parts = QueryParts()
        self._depth = 0
        self._has_optional = False

    def query(self) -> QueryParts:
        self.prologue()
        if self.take("ASK"):
            self.take("WHERE")
            self._group()
            self._modifiers(frozenset())
        else:
            self._select(outer=True)
        if len(self._parts.selections) > 1 or self._has_optional:
            self._parts.nodes.clear()  # in a nested SELECT the name may be another's; what is optional may get it later
        if self.token.kind != "end":
            raise self.unknown()
        return self._parts

    def _select(self, *, outer: bool) -> None:
        self.expect("SELECT")
        distinct = self.take("DISTINCT", "REDUCED")
        projected: set[str] | None = None if self.take("*") else set()
        while not self.take("WHERE") and self.word != "{":
            name = self._assignment() if self.take("(") else self.variable()
            if projected is not None:
                projected.add(name)
        self._group()
        grouped = self._modifiers(frozenset())
        chosen = None if projected is None else frozenset(projected)
        self._parts.selections.append(Selection(outer, distinct, chosen, grouped))

    def _assignment(self) -> str:
        """Read what stands in `(expression AS ?variable)` behind the parenthesis."""
        expression = self._expression()
        self.expect("AS")
        name = self.variable()
        self.expect(")")
        self._parts.assigned.append((name, expression))
        return name

    def _modifiers(self, grouped: frozenset[str]) -> frozenset[str]:
        if self.take("GROUP"):
            self.expect("BY")
            while self.word not in _MODIFIERS:
                grouped |= self._grouping()
        if self.take("HAVING"):
            while self.word not in _MODIFIERS:
                self._parts.conditions.append(self._valued(self._operand()))
        if self.take("ORDER"):
            self.expect("BY")
            while self.word not in _MODIFIERS:
                self.take("ASC", "DESC")
                self._parts.conditions.append(self._valued(self._operand()))
        while self.take("LIMIT", "OFFSET"):
            self.next()
        if self.take("VALUES"):
            self._listed()
        return grouped

    def _grouping(self) -> frozenset[str]:
        if self.token.variable:
            return frozenset({self.variable()})
        if not self.take("("):
            self._parts.conditions.append(Expression([self._operand()]))
            return frozenset()
        expression = self._expression()
        if self.take("AS"):
            name = self.variable()
            self._parts.assigned.append((name, expression))
            self.expect(")")
            return frozenset({name})
        self.expect(")")
        if isinstance(expression.sole, Variable):
            return frozenset({expression.sole.name})
        self._parts.conditions.append(expression)
        return frozenset()

    @staticmethod
    def _valued(operand: Variable | Constant | Call | Expression) -> Expression:
        """Make an expression of which only the value counts."""
        return Expression([operand], operates=True)

    def _group(self) -> None:
        self.expect("{")
        self._depth += 1
        if self.word == "SELECT":
            self._select(outer=False)
        while not self.take("}"):
            self._part()
        self._depth -= 1

    def _part(self) -> None:
        word = self.word
        if word == "{" or self.take("OPTIONAL", "MINUS", "UNION"):
            self._has_optional |= word == "OPTIONAL"
            self._group()
        elif self.take("GRAPH"):
            token = self.next()
            self._parts.graphs.add(ANY if token.variable else self.iri(token))
            if token.variable:
                self._parts.verbs.append(Variable(token.variable, token.start, token.start + len(token.text)))
            self._group()
        elif self.take("FILTER"):
            self._condition()
        elif self.take("BIND"):
            self.expect("(")
            self._assignment()
        elif self.take("VALUES"):
            self._listed()
        elif not self.take("."):
            self._triples()

    def _condition(self) -> None:
        operand = self._operand()
        sole = operand.sole if isinstance(operand, Expression) else operand
        if isinstance(sole, Call) and sole.name in _NO_LITERAL and sole.arguments:
            about = sole.arguments[0].sole
            if isinstance(about, Variable) and self._depth == 1:
                self._parts.nodes.add(about.name)
        self._parts.conditions.append(self._valued(operand))

    def _listed(self) -> None:
        """Read the variables and rows of VALUES."""
        names: list[str] = []
        if self.take("("):
            while not self.take(")"):
                names.append(self.variable())
        else:
            names.append(self.variable())
        self.expect("{")
        place = 0
        self._parts.listed += [(name, None) for name in names]
        while not self.take("}"):
            if self.take("(", ")"):
                place = 0
                continue
            constant = self.literal()
            if constant is None:
                self.next()
            else:
                self._parts.listed.append((names[place % len(names)], constant))
            place += 1

    # Expressions

    def _expression(self) -> Expression:
        found = Expression()
        expecting = True
        while self.word not in _ENDS:
            exists = self.word == "EXISTS" or (self.word == "NOT" and self.after().word == "EXISTS")
            signed = self.token.text in {"+", "-"} and self.after().kind == "number"
            if self.word in _OPERATORS and not exists and not (expecting and signed):
                found.operates = True
                expecting = True
                self.next()
            elif expecting:
                found.operands.append(self._operand())
                expecting = False
            else:
                raise self.unknown()
        return found

    def _operand(self) -> Variable | Constant | Call | Expression:
        """Read one operand: a variable, a literal, a call, the list of IN, or an expression in parentheses."""
        token = self.token
        if token.variable:
            return Variable(self.variable(), token.start, token.start + len(token.text))
        constant = self.literal()
        if constant is not None:
            return constant
        if token.word == "(":
            return self._in_parentheses()
        if self.take("EXISTS") or (token.word == "NOT" and self.after().word == "EXISTS" and self._skip(2)):
            self._group()
            return Expression()
        return self._call()

    def _skip(self, count: int) -> bool:
        for _ in range(count):
            self.next()
        return True

    def _in_parentheses(self) -> Expression:
        """Read an expression in parentheses, or the several of IN."""
        self.expect("(")
        if self.take(")"):
            return Expression()
        several = [self._expression()]
        while self.take(","):
            several.append(self._expression())
        self.expect(")")
        return several[0] if len(several) == 1 else Expression([*several])

    def _call(self) -> Call | Expression:
        token = self.next()
        named = token.kind == "iri" or ":" in token.text
        if self.word != "(":
            if not named:
                raise self.unknown()
            return Expression()  # an IRI by itself
        if not named and not token.text.isidentifier():
            raise self.unknown()
        name = f"<{self.iri(token)}>" if named else token.word
        call = Call(name, token.start, token.start + len(token.text))
        self.expect("(")
        if self.word == "DISTINCT":
            call.distinct = self.next().start
        if self.take("*"):
            self._parts.counts_distinct |= bool(call.distinct)
        elif self.word != ")":
            call.arguments.append(self._expression())
            while self.take(","):
                call.arguments.append(self._expression())
            if self.take(";"):
                self._skip(3)  # SEPARATOR = "…"
        self.expect(")")
        return call

    # Patterns

    def _triples(self) -> None:
        """Read one subject with all that is said of it."""
        described = self.word in {"[", "("}
        subject = self._node()
        if not described or self.word not in _AFTER_TRIPLES:
            self._said_of(subject)

    def _node(self) -> Variable | Constant | None:
        token = self.token
        if token.variable:
            return Variable(self.variable(), token.start, token.start + len(token.text))
        if token.text.startswith("_:"):
            self.next()
            return Variable(token.text, token.start, token.start + len(token.text))
        if self.take("["):
            if not self.take("]"):
                self._said_of(None)
                self.expect("]")
            return None
        if self.take("("):
            while not self.take(")"):
                self._parts.patterns.append(Pattern(None, Route((Step(f"{RDF_NS}first"),)), self._node()))
                self._parts.patterns.append(Pattern(None, Route((Step(f"{RDF_NS}rest"),)), None))
            return None
        if self.at_iri:
            self.next()
            return None
        constant = self.literal()
        if constant is None:
            raise self.unknown()
        return constant

    def _said_of(self, subject: Variable | Constant | None) -> None:
        while True:
            route = self._verb()
            if isinstance(subject, Variable) and self._depth == 1 and all(step.plain for step in route.steps):
                self._parts.nodes.add(subject.name)
            self._parts.patterns.append(Pattern(subject, route, self._node()))
            while self.take(","):
                self._parts.patterns.append(Pattern(subject, route, self._node()))
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if self.word in _AFTER_TRIPLES:
                return

    def _verb(self) -> Route:
        token = self.token
        if token.variable:
            self._parts.verbs.append(Variable(self.variable(), token.start, token.start + len(token.text)))
            return Route((Step(ANY),))
        return self._alternatives()

    def _alternatives(self) -> Route:
        steps, may_be_empty = self._sequence()
        while self.take("|"):
            other = self._sequence()
            steps, may_be_empty = steps + other.steps, may_be_empty or other.may_be_empty
        return Route(steps, may_be_empty)

    def _sequence(self) -> Route:
        found = self._element()
        while self.take("/"):
            before = tuple(step._replace(last=False) for step in found.steps)
            further = self._element()
            found = Route(before + further.steps, found.may_be_empty and further.may_be_empty)
        return found

    def _element(self) -> Route:
        inverse = self.take("^")
        steps, may_be_empty = self._primary()
        optional = self.take("*", "?")
        bent = inverse or optional or self.take("+")
        return Route(tuple(step._replace(plain=step.plain and not bent) for step in steps), may_be_empty or optional)

    def _primary(self) -> Route:
        if self.take("("):
            route = self._alternatives()
            self.expect(")")
            return route
        if self.take("!"):
            if self.take("("):
                while not self.take(")"):
                    self.next()
            else:
                self.take("^")
                self.next()
            return Route((Step(ANY, plain=False),))
        token = self.next()
        if token.text == "a":
            return Route((Step(f"{RDF_NS}type"),))
        if token.kind != "iri" and ":" not in token.text:
            raise self.unknown()
        return Route((Step(self.iri(token)),))
