"""`rdfs:subClassOf` answered from the facts of a model, since data does not hold the hierarchy of its classes."""

from collections import abc

from virtuales.models.facts import Model
from virtuales.query.syntax.flattening import FlatNode, Flattener, Triple, block
from virtuales.query.syntax.rebuilding import FreshVariables, rebuilt
from virtuales.query.syntax.tree import Element, GroupGraphPattern, GroupOrUnionGraphPattern, InlineData, TriplesBlock
from virtuales.query.syntax.triples import Path, PathElt, PathInverse, PathSequence, Verb
from virtuales.rdf.namespaces import RDFS
from virtuales.rdf.terms import NamedNode, Variable

SUB_CLASS_OF = RDFS.subClassOf


def speaks_of_hierarchy(verb: Verb) -> bool:
    """Tell whether a verb is `rdfs:subClassOf`, turned round or repeated."""
    if isinstance(verb, PathInverse | PathElt):
        return speaks_of_hierarchy(verb.path)
    return verb == SUB_CLASS_OF


def hierarchy_data(triple: Triple, model: Model) -> InlineData:
    """Return what a triple about the hierarchy matches, as rows.

    Args:
        triple: A triple whose verb speaks of the hierarchy.
        model: The model.
    """
    subject, verb, target = triple.subject, triple.verb, triple.object
    mod = ""
    while not isinstance(verb, NamedNode):
        if isinstance(verb, PathInverse):
            subject, verb, target = target, verb.path, subject
        elif isinstance(verb, PathElt):
            mod, verb = verb.mod, verb.path
        else:
            raise TypeError(f"not about the hierarchy: {verb!r}")
    pairs = [pair for pair in _pairs(subject, target, mod, model) if subject != target or pair[0] == pair[1]]
    columns = [(each, place) for place, each in enumerate((subject, target)) if isinstance(each, Variable)]
    names = tuple(dict.fromkeys(name for name, _ in columns))
    rows = {tuple(NamedNode(pair[place]) for _, place in columns[: len(names)]) for pair in pairs}
    return InlineData(names, tuple(sorted(rows, key=str)))


def _pairs(subject: FlatNode, target: FlatNode, mod: str, model: Model) -> list[tuple[str, str]]:
    """Give the pairs of a class and one above it that fit the ends that are given."""

    def above(iri: str) -> abc.Iterable[str]:
        fact = model.classes.get(iri)
        direct = fact.superclasses if fact else ()
        if mod in {"", "?"}:
            return (iri, *direct) if mod else direct
        found = dict.fromkeys(each for parent in direct for each in model.ancestors(parent))
        return (iri, *found) if mod == "*" else found

    if isinstance(target, NamedNode) and not isinstance(subject, NamedNode):
        below = dict.fromkeys([*model.descendants(target.value), target.value])
        return [(iri, target.value) for iri in below if target.value in above(iri)]
    starts = [subject.value] if isinstance(subject, NamedNode) else list(model.classes)
    ends = target.value if isinstance(target, NamedNode) else None
    return [(iri, each) for iri in starts for each in above(iri) if ends is None or each == ends]


def with_hierarchy(group: GroupGraphPattern, model: Model | None, fresh: FreshVariables) -> GroupGraphPattern:
    """Replace what a group asks of the hierarchy of classes by rows.

    Args:
        group: The group.
        model: The model whose hierarchy it is; without it, the data is asked.
        fresh: Makes variables between the steps of paths.
    """
    if model is None:
        return group

    def change(node: object) -> object | None:
        return _answered(node, model, fresh) if isinstance(node, TriplesBlock) else None

    return rebuilt(group, change)


def _answered(written: TriplesBlock, model: Model, fresh: FreshVariables) -> Element:
    triples = [step for each in Flattener(fresh).triples(written.triples) for step in _steps(each, fresh)]
    asked = [each for each in triples if speaks_of_hierarchy(each.verb)]
    if not asked:
        return written
    told = [each for each in triples if not speaks_of_hierarchy(each.verb)]
    elements: list[Element] = [block(told)] if told else []
    elements += [hierarchy_data(each, model) for each in asked]
    return GroupOrUnionGraphPattern((GroupGraphPattern(tuple(elements)),))


def _steps(triple: Triple, fresh: FreshVariables) -> list[Triple]:
    """Cut a sequence that speaks of the hierarchy into its steps."""
    verb = triple.verb
    if not isinstance(verb, PathSequence) or not any(map(speaks_of_hierarchy, verb.paths)):
        return [triple]
    return list(steps_of(triple.subject, verb.paths, triple.object, fresh))


def steps_of(
    subject: FlatNode, paths: abc.Sequence[Path], target: FlatNode, fresh: FreshVariables
) -> abc.Iterator[Triple]:
    """Give a sequence of paths as triples that hang together by fresh variables."""
    start = subject
    for place, path in enumerate(paths):
        end = target if place == len(paths) - 1 else fresh.make("step")
        yield Triple(start, path, end)
        start = end
