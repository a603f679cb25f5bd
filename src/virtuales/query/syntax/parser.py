"""Reading a SPARQL query into its syntax tree."""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from virtuales.errors import InputError
from virtuales.query.syntax.reading_patterns import PatternReader
from virtuales.query.syntax.tree import (
    AskQuery,
    Assignment,
    Comment,
    ConstructQuery,
    DatasetClause,
    DescribeQuery,
    Expression,
    GroupGraphPattern,
    InlineData,
    OrderCondition,
    Prologue,
    Query,
    SelectClause,
    SelectQuery,
    SolutionModifier,
    SubSelect,
    TriplesBlock,
)
from virtuales.query.syntax.validity import complaint_about

if TYPE_CHECKING:
    from collections.abc import Callable

    from virtuales.rdf.terms import Variable

_AFTER_CONDITIONS: Final = ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}")


@lru_cache(maxsize=1024)
def parse_query(text: str, base: str | None = None) -> Query:
    """Read a query.

    Args:
        text: The query.
        base: The IRI that relative IRIs are resolved against, unless the query declares one.

    Raises:
        InputError: it is not valid SPARQL 1.1; says where.

    >>> parse_query("ASK { ?s a <http://e.org/C> }").where.elements[0].triples[0].subject
    <Variable value=s>
    """
    reader = _QueryReader(text, base)
    query = reader.query()
    complaint = complaint_about(text, reader.services, base)
    if complaint:
        raise InputError(f"The query is not valid SPARQL: {complaint}.", remedy="Correct the query.")
    return query


class _QueryReader(PatternReader):
    """Reads a whole query."""

    def __init__(self, text: str, base: str | None) -> None:
        super().__init__(text, base)
        self._declared: str | None = None
        self._before: list[Comment] = []

    @property
    def services(self) -> tuple[int, ...]:
        """Where each SERVICE stands."""
        return tuple(token.start for token in self._tokens if token.text == "SERVICE" and token.kind == "word")

    def query(self) -> Query:
        """Read a Query."""
        self.read_prologue()
        read: dict[str, Callable[[], Query]] = {
            "SELECT": self._select,
            "CONSTRUCT": self._construct,
            "DESCRIBE": self._describe,
            "ASK": self._ask,
        }
        form = self.take(*read)
        if not form:
            raise self.unexpected("SELECT, CONSTRUCT, DESCRIBE or ASK")
        found = read[form]()
        if self.token.kind != "end":
            raise self.unexpected("the end")
        return found

    def read_prologue(self) -> None:
        """Read the declarations of base and prefixes."""
        while word := self.take("BASE", "PREFIX"):
            if word == "BASE":
                self.base = self._declared = self.whole_iri()
                continue
            name = self.next()
            if name.kind != "name" or not name.text.endswith(":"):
                raise self.unexpected("a prefix that ends with `:`")
            self.prefixes[name.text[:-1]] = self.whole_iri()
        self._before = self.take_comments()

    @property
    def prologue(self) -> Prologue:
        """The prologue that was read, with the comments outside groups that were met up to now."""
        return Prologue(self._declared, tuple(self.prefixes.items()), (*self._before, *self.take_comments()))

    def _select(self) -> SelectQuery:
        select = self._select_clause()
        dataset = self._dataset()
        where, modifier, values = self._where(), self._modifier(), self._values()
        return SelectQuery(select, where, modifier, values, dataset, self.prologue)

    def _construct(self) -> ConstructQuery:
        if self.at("{"):
            template = self.triples_template()
            dataset = self._dataset()
            where, modifier, values = self._where(), self._modifier(), self._values()
            return ConstructQuery(template, where, modifier, values, dataset, self.prologue)
        dataset = self._dataset()
        self.expect("WHERE")
        triples = self.triples_template()
        where = GroupGraphPattern((TriplesBlock(triples),) if triples else ())
        return ConstructQuery(None, where, self._modifier(), self._values(), dataset, self.prologue)

    def _describe(self) -> DescribeQuery:
        resources = []
        if not self.take("*"):
            while self.at_iri or self.token.kind == "variable":
                resources.append(self.var_or_iri())
        dataset = self._dataset()
        where = self._where() if self.at("WHERE", "{") else None
        modifier, values = self._modifier(), self._values()
        return DescribeQuery(tuple(resources), where, modifier, values, dataset, self.prologue)

    def _ask(self) -> AskQuery:
        dataset = self._dataset()
        where, modifier, values = self._where(), self._modifier(), self._values()
        return AskQuery(where, modifier, values, dataset, self.prologue)

    def sub_select(self) -> SubSelect:
        """Read a SubSelect."""
        self.expect("SELECT")
        select = self._select_clause()
        return SubSelect(select, self._where(), self._modifier(), self._values())

    def _select_clause(self) -> SelectClause:
        modifier = self.take("DISTINCT", "REDUCED")
        found: list[Variable | Assignment] = []
        if not self.take("*"):
            while self.token.kind == "variable" or self.at("("):
                found.append(self._assignment() if self.take("(") else self.variable())
            if not found:
                raise self.unexpected("`*` or what to select")
        return SelectClause(tuple(found), modifier)  # type: ignore[arg-type]  # one of those taken, or empty

    def _assignment(self) -> Assignment:
        expression = self.expression()
        self.expect("AS")
        variable = self.variable()
        self.expect(")")
        return Assignment(expression, variable)

    def _dataset(self) -> tuple[DatasetClause, ...]:
        found = []
        while self.take("FROM"):
            named = bool(self.take("NAMED"))
            found.append(DatasetClause(self.iri(), named))
        return tuple(found)

    def _where(self) -> GroupGraphPattern:
        self.take("WHERE")
        return self.group_graph_pattern()

    def _values(self) -> InlineData | None:
        return self.data_block() if self.take("VALUES") else None

    def _modifier(self) -> SolutionModifier:
        group: list[Expression | Assignment] = []
        having: list[Expression] = []
        order: list[OrderCondition] = []
        if self.take("GROUP"):
            self.expect("BY")
            while not group or not self._conditions_end:
                group.append(self._group_condition())
        if self.take("HAVING"):
            while not having or not self._conditions_end:
                having.append(self.constraint())
        if self.take("ORDER"):
            self.expect("BY")
            while not order or not self._conditions_end:
                order.append(self._order_condition())
        limits: dict[str, int] = {}
        while word := self.take("LIMIT", "OFFSET"):
            limits[word] = self.integer()
        return SolutionModifier(tuple(group), tuple(having), tuple(order), limits.get("LIMIT"), limits.get("OFFSET"))

    @property
    def _conditions_end(self) -> bool:
        return self.token.kind == "end" or self.at(*_AFTER_CONDITIONS)

    def _group_condition(self) -> Expression | Assignment:
        if self.token.kind == "variable":
            return self.variable()
        if not self.take("("):
            return self.constraint()
        expression = self.expression()
        variable = self.variable() if self.take("AS") else None
        self.expect(")")
        return expression if variable is None else Assignment(expression, variable)

    def _order_condition(self) -> OrderCondition:
        direction = self.take("ASC", "DESC")
        if direction:
            return OrderCondition(self.bracketted(), direction == "DESC")
        return OrderCondition(self.variable() if self.token.kind == "variable" else self.constraint())
