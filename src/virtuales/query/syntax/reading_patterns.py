"""Reading SPARQL: triples, paths and graph patterns (rules 53 to 106 of the grammar)."""

from typing import Final

from virtuales.query.syntax.reading_expressions import ExpressionReader
from virtuales.query.syntax.tree import (
    Bind,
    Element,
    Filter,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    MinusGraphPattern,
    OptionalGraphPattern,
    ServiceGraphPattern,
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
    VarOrIri,
    Verb,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, Literal, NamedNode

_NOT_TRIPLES: Final = ("{", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES", "}")
_AFTER_PROPERTIES: Final = (".", "}", "]", *_NOT_TRIPLES)


class PatternReader(ExpressionReader):
    """Reads the graph patterns of a query."""

    def sub_select(self) -> SubSelect:
        """Read a SubSelect."""
        raise self.unexpected("a graph pattern")

    def group_graph_pattern(self) -> GroupGraphPattern:
        """Read a GroupGraphPattern."""
        self.expect("{")
        elements: list[Element] = [*self.take_comments()]
        while not self.at("}"):
            element = self.sub_select() if self.at("SELECT") else self._element()
            elements += [*self.take_comments(passed=True), element, *self.take_comments()]
        self.expect("}")
        return GroupGraphPattern(tuple(elements))

    def _element(self) -> Element:
        if self.at("{"):
            return self._group_or_union()
        if word := self.take("OPTIONAL", "MINUS"):
            group = self._ended(self.group_graph_pattern())
            return OptionalGraphPattern(group) if word == "OPTIONAL" else MinusGraphPattern(group)
        if self.take("GRAPH"):
            return GraphGraphPattern(self.var_or_iri(), self._ended(self.group_graph_pattern()))
        if self.take("SERVICE"):
            silent = bool(self.take("SILENT"))
            return ServiceGraphPattern(self.var_or_iri(), self._ended(self.group_graph_pattern()), silent)
        return self._filter_bind_values() if self.at("FILTER", "BIND", "VALUES") else self._triples_block()

    def _filter_bind_values(self) -> Element:
        word = self.next().text
        if word == "FILTER":
            constraint = self.constraint()
            self.take(".")
            return Filter(constraint)
        if word == "VALUES":
            data = self.data_block()
            self.take(".")
            return data
        self.expect("(")
        expression = self.expression()
        self.expect("AS")
        variable = self.variable()
        self.expect(")")
        self.take(".")
        return Bind(expression, variable)

    def _ended(self, group: GroupGraphPattern) -> GroupGraphPattern:
        self.take(".")
        return group

    def _group_or_union(self) -> GroupOrUnionGraphPattern:
        groups = [self.group_graph_pattern()]
        while self.take("UNION"):
            groups.append(self.group_graph_pattern())
        self.take(".")
        return GroupOrUnionGraphPattern(tuple(groups))

    def var_or_iri(self) -> VarOrIri:
        """Read a variable or an IRI."""
        return self.variable() if self.token.kind == "variable" else self.iri()

    def data_block(self) -> InlineData:
        """Read a DataBlock."""
        if self.token.kind == "variable":
            variable = self.variable()
            self.expect("{")
            rows = []
            while not self.take("}"):
                rows.append((self._data_value(),))
            return InlineData((variable,), tuple(rows))
        self.expect("(")
        variables = []
        while not self.take(")"):
            variables.append(self.variable())
        self.expect("{")
        several = []
        while not self.take("}"):
            several.append(self._data_row())
        return InlineData(tuple(variables), tuple(several))

    def _data_row(self) -> tuple[NamedNode | Literal | None, ...]:
        self.expect("(")
        row = []
        while not self.take(")"):
            row.append(self._data_value())
        return tuple(row)

    def _data_value(self) -> NamedNode | Literal | None:
        if self.take("UNDEF"):
            return None
        return self.iri() if self.at_iri else self.literal()

    # Triples

    def _triples_block(self) -> TriplesBlock:
        triples = [self.triples_same_subject()]
        while self.take(".") and not self.at(*_NOT_TRIPLES):
            triples.append(self.triples_same_subject())
        return TriplesBlock(tuple(triples))

    def triples_template(self) -> tuple[TriplesSameSubject, ...]:
        """Read a TriplesTemplate in braces, which may be empty."""
        self.expect("{")
        triples: list[TriplesSameSubject] = []
        while not self.at("}"):
            triples.append(self.triples_same_subject())
            if not self.take("."):
                break
        self.expect("}")
        return tuple(triples)

    def triples_same_subject(self) -> TriplesSameSubject:
        """Read a TriplesSameSubjectPath."""
        described = self.at("[", "(")
        subject = self._graph_node()
        if described and subject != BlankNodePropertyList() and self.at(*_AFTER_PROPERTIES):
            return TriplesSameSubject(subject, ())
        return TriplesSameSubject(subject, self._property_list())

    def _property_list(self) -> tuple[Property, ...]:
        found = [self._property()]
        while self.take(";"):
            if not self.at(";", *_AFTER_PROPERTIES):
                found.append(self._property())
        return tuple(found)

    def _property(self) -> Property:
        verb: Verb = self.variable() if self.token.kind == "variable" else self.path()
        objects = [self._graph_node()]
        while self.take(","):
            objects.append(self._graph_node())
        return Property(verb, tuple(objects))

    def _graph_node(self) -> GraphNode:
        if self.at("[", "("):
            return self._triples_node()
        kind = self.token.kind
        if kind == "variable":
            return self.variable()
        if kind in {"iri", "name"}:
            return self.iri()
        if kind == "blank":
            return BlankNode(self.next().text[2:])
        if self.at_literal:
            return self.literal()
        raise self.unexpected("a term")

    def _triples_node(self) -> GraphNode:
        """Read what stands in brackets or parentheses."""
        if self.take("["):
            properties = () if self.at("]") else self._property_list()
            self.expect("]")
            return BlankNodePropertyList(properties)
        self.expect("(")
        items = []
        while not self.take(")"):
            items.append(self._graph_node())
        return Collection(tuple(items)) if items else RDF.nil

    # Paths

    def path(self) -> Path:
        """Read a Path."""
        found = [self._sequence()]
        while self.take("|"):
            found.append(self._sequence())
        return found[0] if len(found) == 1 else PathAlternative(tuple(found))

    def _sequence(self) -> Path:
        found = [self._elt_or_inverse()]
        while self.take("/"):
            found.append(self._elt_or_inverse())
        return found[0] if len(found) == 1 else PathSequence(tuple(found))

    def _elt_or_inverse(self) -> Path:
        return PathInverse(self._elt()) if self.take("^") else self._elt()

    def _elt(self) -> Path:
        primary = self._path_primary()
        mod = self.take("?", "*", "+")
        return PathElt(primary, mod) if mod else primary  # type: ignore[arg-type]  # one of those taken

    def _path_primary(self) -> Path:
        if self.take("a"):
            return RDF.type
        if self.take("!"):
            return PathNegatedPropertySet(self._negated())
        if self.take("("):
            found = self.path()
            self.expect(")")
            return found
        if not self.at_iri:
            raise self.unexpected("a property")
        return self.iri()

    def _negated(self) -> tuple[NamedNode | PathInverse, ...]:
        if not self.take("("):
            return (self._one_negated(),)
        found = []
        if not self.at(")"):
            found.append(self._one_negated())
            while self.take("|"):
                found.append(self._one_negated())
        self.expect(")")
        return tuple(found)

    def _one_negated(self) -> NamedNode | PathInverse:
        inverse = bool(self.take("^"))
        iri = RDF.type if self.take("a") else self.iri()
        return PathInverse(iri) if inverse else iri
