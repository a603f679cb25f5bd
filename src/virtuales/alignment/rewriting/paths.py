"""Property paths of the query taken apart, or made paths of the data."""

from collections import abc
from dataclasses import dataclass

from virtuales.alignment.rewriting.alternative import Context
from virtuales.alignment.rewriting.hierarchy import hierarchy_data, speaks_of_hierarchy, steps_of
from virtuales.alignment.rewriting.rule_view import RuleView
from virtuales.alignment.rewriting.triples import TripleRewriter
from virtuales.errors import InputError
from virtuales.query.syntax.flattening import FlatNode, Flattener, Triple, block
from virtuales.query.syntax.rebuilding import FreshVariables, variables_of
from virtuales.query.syntax.tree import (
    Element,
    Filter,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InExpression,
    InlineData,
    TriplesBlock,
)
from virtuales.query.syntax.triples import (
    Path,
    PathAlternative,
    PathElt,
    PathInverse,
    PathNegatedPropertySet,
    PathSequence,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Variable


@dataclass(frozen=True)
class PathRewriter:
    """Rewrites triples whose verb may be a path (https://www.w3.org/TR/sparql11-query/#propertypaths).

    Args:
        triples: Rewrites those whose verb is none.
    """

    triples: TripleRewriter

    def rewrite(self, triple: Triple, context: Context, known: abc.Set[Variable]) -> tuple[Element, ...]:
        """Return what finds in the data what a triple asks of the view.

        Args:
            triple: The triple.
            context: Where it stands.
            known: Variables that other triples beside it find things for.

        Raises:
            InputError: it repeats what cannot be repeated, or may go no step between any two nodes.
        """
        subject, verb, target = triple.subject, triple.verb, triple.object
        match verb:
            case PathElt() if not speaks_of_hierarchy(verb):
                return self._repeated(triple, verb, known)
            case PathInverse(path) if not speaks_of_hierarchy(verb):
                return self.rewrite(Triple(target, path, subject), context, known)
            case PathSequence(paths):
                return self._sequence(triple, paths, context, known)
            case PathAlternative(paths):
                ways = [self.rewrite(Triple(subject, path, target), context, known) for path in paths]
                return (GroupOrUnionGraphPattern(tuple(map(GroupGraphPattern, ways))),)
            case PathNegatedPropertySet():
                return self._negated(triple, verb, context)
            case _:
                return self.triples.rewrite(triple, context)

    def _sequence(
        self, triple: Triple, paths: tuple[Path, ...], context: Context, known: abc.Set[Variable]
    ) -> tuple[Element, ...]:
        steps = list(steps_of(triple.subject, paths, triple.object, self.triples.fresh))
        context = context.narrowed(self.asked_of_hierarchy(steps))
        met = {name for step in steps if not _may_be_empty(step.verb) for name in step.variables}
        return tuple(element for step in steps for element in self.rewrite(step, context, known | met))

    def asked_of_hierarchy(self, triples: abc.Iterable[Triple]) -> list[InlineData]:
        """Return what some triples ask of the hierarchy of classes, as lists of values."""
        model = self.triples.view.query.model
        return [hierarchy_data(each, model) for each in triples if model and speaks_of_hierarchy(each.verb)]

    def _negated(self, triple: Triple, verb: PathNegatedPropertySet, context: Context) -> tuple[Element, ...]:
        forward = [each for each in verb.properties if isinstance(each, NamedNode)]
        back = [each.path for each in verb.properties if isinstance(each, PathInverse)]
        ways: list[tuple[Element, ...]] = []
        if forward or not back:
            ways.append(self._none_of(triple.subject, forward, triple.object, context))
        if back:
            properties = [each for each in back if isinstance(each, NamedNode)]
            ways.append(self._none_of(triple.object, properties, triple.subject, context))
        if len(ways) == 1:
            return ways[0]
        return (GroupOrUnionGraphPattern(tuple(map(GroupGraphPattern, ways))),)

    def _none_of(
        self, subject: FlatNode, properties: list[NamedNode], target: FlatNode, context: Context
    ) -> tuple[Element, ...]:
        name = self.triples.fresh.make("property")
        found = self.triples.rewrite(Triple(subject, name, target), context)
        return (*found, Filter(InExpression(name, tuple(properties), negated=True)))

    def _repeated(self, triple: Triple, path: PathElt, known: abc.Set[Variable]) -> tuple[Element, ...]:
        ends = [each for each in (triple.subject, triple.object) if isinstance(each, Variable)]
        if path.mod != "+" and len(ends) > 1 and not known & set(ends):
            raise InputError(
                "A path that may have no step is asked between any two nodes, which are not the same in other data.",
                where=f"the path with `{path.mod}`",
                remedy="Say more of one of its ends in the same group, or write `+`.",
            )
        making = next((each for each in self.triples.view.rules if each.rule.creates), None)
        if path.mod != "+" and len(ends) > 1 and making is not None:
            raise InputError(
                f"{making.where} makes things that the data does not have, from which a path of no step would start.",
                where=f"the path with `{path.mod}`",
                remedy="Write `+`, and what holds without a step in an alternative of its own with UNION.",
            )
        return (block([Triple(triple.subject, self._data_path(path), triple.object)]),)

    def _data_path(self, path: Path) -> Path:
        match path:
            case PathElt(inner, mod):
                return PathElt(self._data_path(inner), mod)
            case PathInverse(inner):
                return PathInverse(self._data_path(inner))
            case PathSequence(paths):
                return PathSequence(tuple(map(self._data_path, paths)))
            case PathAlternative(paths):
                return PathAlternative(tuple(map(self._data_path, paths)))
            case NamedNode():
                return self._property(path)
            case _:
                raise _unrepeatable("!(…)", "what is none of some properties is looked up one by one")

    def _property(self, term: NamedNode) -> Path:
        """Return the path of the data that a property is, so that it can be repeated."""
        view = self.triples.view
        self.triples.rewrite(Triple(Variable("s"), term, Variable("o")), Context())  # for the account
        ways: list[Path] = [term] if view.foreign(term.value) else []
        for each in view.carriers(term.value):
            if each.how != "inverse" and (
                view.values(each.term) != "as they are" or not view.conversion(each.term, term.value).identical
            ):
                raise _unrepeatable(term.value, f"values of <{each.term}> are changed")
            ways.append(PathInverse(NamedNode(each.term)) if each.how == "inverse" else NamedNode(each.term))
        for rule, head in self.triples.rules_for(term.value):
            ways.append(_chain(rule, head, term))
        if not ways:
            return term
        return ways[0] if len(ways) == 1 else PathAlternative(tuple(ways))


def _may_be_empty(verb: object) -> bool:
    match verb:
        case PathElt(inner, mod):
            return mod != "+" or _may_be_empty(inner)
        case PathInverse(inner):
            return _may_be_empty(inner)
        case PathSequence(paths):
            return all(map(_may_be_empty, paths))
        case PathAlternative(paths):
            return any(map(_may_be_empty, paths))
        case _:
            return False


def _chain(rule: RuleView, head: Triple, term: NamedNode) -> Path:
    """Return the path that a rule's body is, if it is one and nothing else."""
    body = rule.body_for(head, term)
    reason = f"{rule.where} asks for more than a path"
    (only, *more) = body.elements or (None,)
    if more or not isinstance(only, TriplesBlock) or not isinstance(head.subject, Variable):
        raise _unrepeatable(term.value, reason)
    left = list(Flattener(FreshVariables(body)).triples(only.triples))
    names = [name for each in left for name in each.variables]
    steps: list[Path] = []
    here: FlatNode = head.subject
    while left:
        fitting = [each for each in left if here in (each.subject, each.object) and here in names]
        verb = fitting[0].verb if len(fitting) == 1 else None
        if verb is None or isinstance(verb, Variable):
            raise _unrepeatable(term.value, reason)
        step = fitting[0]
        left.remove(step)
        steps.append(verb if step.subject == here else PathInverse(verb))
        here = step.object if step.subject == here else step.subject
    ends = isinstance(here, Variable) and here == head.object
    if not ends or RDF.type in steps or len(variables_of(body)) != len(steps) + 1:
        raise _unrepeatable(term.value, reason)
    return steps[0] if len(steps) == 1 else PathSequence(tuple(steps))


def _unrepeatable(term: str, reason: str) -> InputError:
    return InputError(
        f"<{term}> cannot be repeated in a path: {reason}.",
        where="a path with `?`, `*` or `+`",
        remedy="Write the steps that are wanted one after the other.",
    )
