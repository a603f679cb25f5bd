"""Triples of the query found with the terms of the data that mappings name."""

from collections import abc
from dataclasses import dataclass, field, replace

from virtuales.alignment.rewriting.alternative import (
    Alternative,
    bound,
    cells,
    in_namespaces,
    negated,
    same_term,
)
from virtuales.alignment.rewriting.term_view import Carrier
from virtuales.alignment.rewriting.view import View
from virtuales.alignment.units import Conversion
from virtuales.query.syntax.flattening import Triple, block
from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.tree import (
    AdditiveExpression,
    Bind,
    BuiltInCall,
    ConditionalOrExpression,
    Element,
    Expression,
    Filter,
    FunctionCall,
    GroupGraphPattern,
    InlineData,
    MultiplicativeExpression,
    OptionalGraphPattern,
)
from virtuales.rdf.namespaces import RDF, XSD
from virtuales.rdf.terms import Literal, NamedNode, Variable

_NUMBERS = frozenset(each.value for each in (XSD.float, XSD.double, XSD.decimal))


@dataclass(frozen=True)
class ByTerms:
    """Finds triples with the terms that mappings name.

    Args:
        view: The data as the query sees it.
        fresh: Makes variables.
        candidates: For variables of which it is known, the only terms that they can be.
    """

    view: View
    fresh: FreshVariables
    candidates: abc.Mapping[Variable, frozenset[str]] = field(default_factory=dict)

    def property(self, triple: Triple, carrier: Carrier, term: str) -> abc.Iterator[Alternative]:
        """Find a triple with a property of the data that carries its own.

        Args:
            triple: The triple; its verb is not looked at.
            carrier: What carries its property.
            term: Its property.
        """
        verb = NamedNode(carrier.term)
        if carrier.how == "inverse":
            yield from self._inverse(triple, verb)
        elif not (conversion := self.view.conversion(carrier.term, term)).identical:
            yield self._converted(triple, verb, conversion, self.view.datatype(term))
        else:
            yield from self._valued(triple, verb)

    def _inverse(self, triple: Triple, verb: NamedNode) -> abc.Iterator[Alternative]:
        if isinstance(triple.object, Literal):
            return
        elements: list[Element] = [block([Triple(triple.object, verb, triple.subject)])]
        fact = self.view.data.property_fact(verb.value)
        if isinstance(triple.subject, Variable) and not (fact and fact.ranges):
            elements.append(Filter(negated(BuiltInCall("ISLITERAL", (triple.subject,)))))
        yield Alternative(tuple(elements))

    def _valued(self, triple: Triple, verb: NamedNode) -> abc.Iterator[Alternative]:
        subject, target = triple.subject, triple.object
        if isinstance(target, Literal):
            yield Alternative((block([Triple(subject, verb, target)]),))
        elif isinstance(target, NamedNode):
            for value in self.values_for(target):
                yield Alternative((block([Triple(subject, verb, value)]),))
        else:
            kind = self.view.values(verb.value)
            if kind == "as they are":
                yield Alternative((block([Triple(subject, verb, target)]),))
            elif kind == "of an enumeration":
                rows = self.view.members(verb.value)
                member = self.fresh.make(target.value)
                found = block([Triple(subject, verb, member)])
                yield Alternative((found, InlineData((member, target), cells(rows))), unique=_injective(rows))
            else:
                yield self.looked_up(Triple(subject, verb, target), target, self.view.pairs)

    def values_for(self, target: NamedNode) -> list[NamedNode]:
        """Return what stands in the data for a term or a thing that is the object of a triple."""
        carriers = [NamedNode(each.term) for each in self.view.carriers(target.value) if each.how != "inverse"]
        owned = self.view.query.owns(target.value) or self.view.data.owns(target.value)
        return carriers if carriers or (owned and not self.view.foreign(target.value)) else [target]

    def looked_up(self, triple: Triple, target: Variable, rows: abc.Sequence[tuple[str, str]]) -> Alternative:
        """Find a triple whose object may be a term: then it is what it becomes, and else what it is.

        Args:
            triple: The triple as the data has it.
            target: Its object.
            rows: The terms that it may be, each with what it becomes.
        """
        value, becomes = self.fresh.make(target.value), self.fresh.make(target.value)
        elements: list[Element] = [block([replace(triple, object=value)])]
        known: list[Expression] = []
        if rows:
            table = InlineData((value, becomes), cells(rows))
            elements.append(OptionalGraphPattern(GroupGraphPattern((table,))))
            known = [bound(becomes)]
        if self.view.namespaces:
            thing = negated(in_namespaces(value, self.view.namespaces))
            elements.append(Filter(ConditionalOrExpression((*known, thing)) if known else thing))
        elements.append(Bind(BuiltInCall("COALESCE", (becomes, value)) if rows else value, target))
        return Alternative(tuple(elements), frozenset({target}), unique=_injective(rows))

    def _converted(self, triple: Triple, verb: NamedNode, conversion: Conversion, datatype: str) -> Alternative:
        """Find a value in another unit and convert it."""
        value = self.fresh.make("value")
        expression = converted(value, conversion, datatype)
        elements: list[Element] = [block([Triple(triple.subject, verb, value)])]
        target = triple.object
        if isinstance(target, Variable):
            elements += [Bind(expression, target), Filter(bound(target))]
            return Alternative(tuple(elements), frozenset({target}), unique=False)
        return Alternative((*elements, Filter(same_term(expression, target))), unique=False)

    def class_of(self, triple: Triple) -> abc.Iterator[Alternative]:
        """Find a triple that says a class."""
        target = triple.object
        if isinstance(target, Variable):
            known = self.candidates.get(target)
            if known is None or not all(map(self.view.query.owns, known)):
                yield self.looked_up(replace(triple, verb=RDF.type), target, self.view.class_pairs)
                return
            rows = [pair for pair in self.view.class_pairs if pair[1] in known]
            value = self.fresh.make(target.value)
            table = InlineData((value, target), cells(rows))
            yield Alternative((block([Triple(triple.subject, RDF.type, value)]), table), unique=_injective(rows))
        elif isinstance(target, NamedNode):
            for each in self.values_for(target):
                yield Alternative((block([Triple(triple.subject, RDF.type, each)]),))

    def any_property(self, triple: Triple) -> abc.Iterator[Alternative]:
        """Find a triple whose verb is a variable, by every property but `rdf:type`."""
        name = triple.verb
        if not isinstance(name, Variable):
            raise TypeError("a variable is expected as verb")
        rows: list[tuple[str, str]] = []
        known = self.candidates.get(name)
        for term in sorted(self.view.terms.carriers if known is None else known):
            carriers = self.view.terms.carriers.get(term, ())
            for each in carriers:
                if not self._is_property(each.term, term) or self.view.convertible(each.term, term):
                    continue
                if each.how == "inverse" or not self.view.conversion(each.term, term).identical:
                    for found in self.property(triple, each, term):
                        assigned = found.assigned | {name}
                        yield replace(found, elements=(*found.elements, Bind(NamedNode(term), name)), assigned=assigned)
                else:
                    rows.append((each.term, term))
        verb = self.fresh.make(name.value)
        table = InlineData((verb, name), cells(rows))
        for found in self._any_value(Triple(triple.subject, verb, triple.object)):
            yield replace(found, elements=(found.elements[0], table, *found.elements[1:]), unique=_injective(rows))
        if known is None or not all(map(self.view.query.owns, known)):
            yield self._foreign(triple, name)

    def _is_property(self, term: str, wanted: str) -> bool:
        models = self.view.data.model, self.view.query.model
        return all(model is None or iri in model.properties for model, iri in zip(models, (term, wanted), strict=True))

    def _any_value(self, triple: Triple) -> abc.Iterator[Alternative]:
        target = triple.object
        if isinstance(target, Variable):
            yield self.looked_up(triple, target, self.view.pairs)
        elif isinstance(target, NamedNode):
            for each in self.values_for(target):
                yield Alternative((block([replace(triple, object=each)]),))
        else:
            yield Alternative((block([triple]),))

    def _foreign(self, triple: Triple, name: Variable) -> Alternative:
        elements: list[Element] = [block([triple]), Filter(negated(same_term(name, RDF.type)))]
        if self.view.namespaces:
            elements.append(Filter(negated(in_namespaces(name, self.view.namespaces))))
        return Alternative(tuple(elements))


def converted(value: Variable, conversion: Conversion, datatype: str) -> Expression:
    """Return the expression that converts a value, in the arithmetic of its datatype."""
    wanted = NamedNode(datatype if datatype in _NUMBERS else XSD.double.value)
    exact = wanted == XSD.decimal
    number = FunctionCall(wanted if exact else XSD.double, (BuiltInCall("STR", (value,)),))
    factor, addend = conversion.factor, conversion.addend
    found: Expression = MultiplicativeExpression(number, "*", _number(factor.numerator, exact=exact))
    if factor.denominator != 1:
        found = MultiplicativeExpression(found, "/", _number(factor.denominator, exact=exact))
    if addend:
        share = MultiplicativeExpression(
            _number(addend.numerator, exact=exact), "/", _number(addend.denominator, exact=exact)
        )
        found = AdditiveExpression(found, "+", share)
    return FunctionCall(wanted, (found,)) if wanted == XSD.float else found


def _number(number: int, *, exact: bool) -> Literal:
    return Literal(f"{number}.0", datatype=XSD.decimal) if exact else Literal(f"{number}e0", datatype=XSD.double)


def _injective(rows: abc.Collection[tuple[str, str]]) -> bool:
    return len({become for _, become in rows}) == len(rows)
