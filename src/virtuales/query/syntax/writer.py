"""Writing a syntax tree as SPARQL: what is read from the text is the tree again."""

from collections.abc import Iterator, Mapping
from typing import Final

from virtuales.query.syntax.tree import (
    Assignment,
    Bind,
    BuiltInCall,
    Comment,
    ConstructQuery,
    DescribeQuery,
    Element,
    ExistsFunc,
    Expression,
    Filter,
    FunctionCall,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    MinusGraphPattern,
    OptionalGraphPattern,
    Prologue,
    Query,
    SelectClause,
    SelectQuery,
    ServiceGraphPattern,
    SolutionModifier,
    SubSelect,
    TriplesBlock,
)
from virtuales.query.syntax.triples import (
    BlankNodePropertyList,
    Collection,
    GraphNode,
    Path,
    PathAlternative,
    PathElt,
    PathInverse,
    PathNegatedPropertySet,
    PathSequence,
    Property,
    TriplesSameSubject,
)
from virtuales.query.syntax.writing_terms import TermWriter
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Variable

_INDENT: Final = "  "


def write_query(query: Query) -> str:
    """Write a query.

    >>> from virtuales.query.syntax.parser import parse_query
    >>> print(write_query(parse_query("prefix : <urn:> select * { ?s :p/^:q 1 filter(?s!=:a)}")))
    PREFIX : <urn:>
    SELECT * WHERE {
      ?s :p/^:q 1 .
      FILTER (?s != :a)
    }
    <BLANKLINE>
    """
    return _Writer(dict(query.prologue.prefixes)).query(query)


def write_group(group: GroupGraphPattern, prefixes: Mapping[str, str] | None = None) -> str:
    """Write a group.

    Args:
        group: The group.
        prefixes: Prefixes and the IRIs that they stand for; IRIs that none fits are written in full.

    >>> from virtuales.query.syntax.parser import parse_query
    >>> print(write_group(parse_query("prefix : <urn:> ask { ?s :p 1 }").where))
    {
      ?s <urn:p> 1 .
    }
    """
    return _Writer(prefixes or {}).group(group)


class _Writer(TermWriter):
    def query(self, query: Query) -> str:
        parts = [*_prologue(query.prologue), self._form(query)]
        parts += [f"FROM {'NAMED ' * each.named}{self.term(each.iri)}" for each in query.dataset]
        if isinstance(query, ConstructQuery) and query.template is not None:
            parts[-len(query.dataset) - 1] += f" {self._braces(query.template)}"
        where = "" if query.where is None else f"WHERE {self.group(query.where)}"
        if where:
            parts[-1] += f" {where}"
        parts += [*self._modifier(query.modifier), *self._values(query.values)]
        return "\n".join(parts) + "\n"

    def _form(self, query: Query) -> str:
        if isinstance(query, SelectQuery):
            return self._select(query.select)
        if isinstance(query, ConstructQuery):
            return "CONSTRUCT"
        if isinstance(query, DescribeQuery):
            return f"DESCRIBE {' '.join(map(self.term, query.resources)) or '*'}"
        return "ASK"

    def _select(self, select: SelectClause) -> str:
        chosen = " ".join(map(self._assignable, select.variables)) or "*"
        return f"SELECT {select.modifier} {chosen}" if select.modifier else f"SELECT {chosen}"

    def _assignable(self, part: Expression | Assignment) -> str:
        if isinstance(part, Assignment):
            return f"({self.expression(part.expression)} AS {self.term(part.variable)})"
        return self.term(part) if isinstance(part, Variable) else self._constraint(part)

    def _constraint(self, expression: Expression) -> str:
        """Write an expression where brackets are left out only around calls."""
        written = self.expression(expression)
        bare = isinstance(expression, FunctionCall | BuiltInCall | ExistsFunc)
        return written if bare else f"({written})"

    def _modifier(self, modifier: SolutionModifier) -> Iterator[str]:
        if modifier.group:
            yield f"GROUP BY {' '.join(map(self._assignable, modifier.group))}"
        if modifier.having:
            yield f"HAVING {' '.join(f'({self.expression(each)})' for each in modifier.having)}"
        if modifier.order:
            directions = (("DESC" if each.descending else "ASC", each.expression) for each in modifier.order)
            yield f"ORDER BY {' '.join(f'{word}({self.expression(said)})' for word, said in directions)}"
        if modifier.limit is not None:
            yield f"LIMIT {modifier.limit}"
        if modifier.offset is not None:
            yield f"OFFSET {modifier.offset}"

    def _values(self, data: InlineData | None, depth: int = 0) -> Iterator[str]:
        if data is not None:
            margin = _INDENT * (depth + 1)
            names = " ".join(map(self.term, data.variables))
            rows = "".join(
                f"{margin}({' '.join('UNDEF' if each is None else self.term(each) for each in row)})\n"
                for row in data.rows
            )
            yield f"VALUES ({names}) {{\n{rows}{_INDENT * depth}}}"

    # Patterns

    def group(self, group: GroupGraphPattern, depth: int = 0) -> str:
        """Write a group, its elements a line each."""
        margin = _INDENT * (depth + 1)
        lines = [f"{margin}{line}\n" for each in group.elements for line in self._element(each, depth + 1)]
        return f"{{\n{''.join(lines)}{_INDENT * depth}}}" if lines else "{ }"

    def _element(self, element: Element, depth: int) -> Iterator[str]:
        match element:
            case TriplesBlock(triples):
                yield from (f"{self._triples(each)} ." for each in triples)
            case Filter(constraint):
                yield f"FILTER {self._constraint(constraint)}"
            case Bind(expression, variable):
                yield f"BIND ({self.expression(expression)} AS {self.term(variable)})"
            case InlineData():
                yield from self._values(element, depth)
            case Comment(text):
                yield text
            case SubSelect():
                yield self._sub_select(element, depth)
            case _:
                yield self._nested(element, depth)

    def _nested(self, element: Element, depth: int) -> str:
        match element:
            case GroupOrUnionGraphPattern(alternatives):
                return " UNION ".join(self.group(each, depth) for each in alternatives)
            case OptionalGraphPattern(pattern):
                return f"OPTIONAL {self.group(pattern, depth)}"
            case MinusGraphPattern(pattern):
                return f"MINUS {self.group(pattern, depth)}"
            case GraphGraphPattern(name, pattern):
                return f"GRAPH {self.term(name)} {self.group(pattern, depth)}"
            case ServiceGraphPattern(name, pattern, silent):
                return f"SERVICE {'SILENT ' * silent}{self.term(name)} {self.group(pattern, depth)}"
            case _:
                raise TypeError(f"no element of a group: {element!r}")

    def _sub_select(self, select: SubSelect, depth: int) -> str:
        parts = [f"{self._select(select.select)} WHERE {self.group(select.where, depth)}"]
        parts += [*self._modifier(select.modifier), *self._values(select.values, depth)]
        return f"\n{_INDENT * depth}".join(parts)

    # Triples

    def _braces(self, triples: tuple[TriplesSameSubject, ...]) -> str:
        lines = "".join(f"{_INDENT}{self._triples(each)} .\n" for each in triples)
        return f"{{\n{lines}}}" if lines else "{ }"

    def _triples(self, triples: TriplesSameSubject) -> str:
        return f"{self._node(triples.subject)} {self._properties(triples.properties)}".rstrip()

    def _properties(self, properties: tuple[Property, ...]) -> str:
        return " ; ".join(f"{self._verb(each.verb)} {', '.join(map(self._node, each.objects))}" for each in properties)

    def _node(self, node: GraphNode) -> str:
        if isinstance(node, BlankNodePropertyList):
            return f"[ {self._properties(node.properties)} ]" if node.properties else "[]"
        if isinstance(node, Collection):
            return f"( {' '.join(map(self._node, node.items))} )"
        return self.term(node)

    def _verb(self, verb: Variable | Path) -> str:
        return self.term(verb) if isinstance(verb, Variable) else self.path(verb)

    def path(self, path: Path) -> str:
        """Write a path."""
        if isinstance(path, PathAlternative):
            return "|".join(map(self._in_sequence, path.paths))
        return self._in_sequence(path)

    def _in_sequence(self, path: Path) -> str:
        if isinstance(path, PathSequence):
            return "/".join(map(self._elt, path.paths))
        return self._elt(path)

    def _elt(self, path: Path) -> str:
        if isinstance(path, PathInverse):
            return f"^{self._repeated(path.path)}"
        return self._repeated(path)

    def _repeated(self, path: Path) -> str:
        if isinstance(path, PathElt):
            return f"{self._primary(path.path)}{path.mod}"
        return self._primary(path)

    def _primary(self, path: Path) -> str:
        if isinstance(path, NamedNode):
            return "a" if path == RDF.type else self.term(path)
        if isinstance(path, PathNegatedPropertySet):
            return f"!({'|'.join(map(self._elt, path.properties))})"
        return f"({self.path(path)})"


def _prologue(prologue: Prologue) -> Iterator[str]:
    yield from (each.text for each in prologue.comments)
    if prologue.base is not None:
        yield f"BASE <{prologue.base}>"
    for name, iri in prologue.prefixes:
        yield f"PREFIX {name}: <{iri}>"
