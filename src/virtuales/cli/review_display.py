"""What a reviewer sees of a suggestion: both terms with names, meaning and neighbours, and why they were paired."""

from collections.abc import Callable, Iterable, Iterator

from rich.console import Console
from rich.markup import escape

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.suggestions.as_set import SURE
from virtuales.models.facts import ClassFact, Model, PropertyFact, local_name

Models = Callable[[str], Model | None]
"""Finds a model by the IRI that mapping sets name it by."""
_MOST = 8
"""Neighbours of one kind that are shown."""


def show(suggestion: Mapping, models: Models, console: Console, *, title: str) -> None:
    """Print a suggestion.

    Args:
        suggestion: The suggestion.
        models: Finds a model by the IRI that sets name it by; a term of an unknown one is shown by its label alone.
        console: Where to print.
        title: What stands above: which of how many it is, and what it is called.
    """
    mark = " [green]sure[/]" if suggestion.extensions.get(SURE) else ""
    sure = f"{suggestion.confidence:.2f}" if suggestion.confidence is not None else "not said"
    console.print(f"\n[bold]{escape(title)}[/]{mark}  confidence {sure}")
    for iri, label, source in (
        (suggestion.subject_id, suggestion.subject_label, suggestion.subject_source),
        (suggestion.object_id, suggestion.object_label, suggestion.object_source),
    ):
        console.print(f"  [bold]{escape(label or iri)}[/] [dim]{escape(iri)}[/]")
        model = models(source)
        for name, said in _lines(iri, model) if model else [("model", f"<{source}> is not known here")]:
            console.print(f"    {name}: {escape(said)}")
    console.print(f"  why: {escape(suggestion.comment or 'not said')}")


def _lines(iri: str, model: Model) -> Iterator[tuple[str, str]]:
    """Give what a model says of a term, line by line."""
    fact = model.classes.get(iri) or model.properties.get(iri)
    if fact is None:
        if iri in model.values:
            yield "value of", local_name(model.values[iri])
        return
    if fact.synonyms:
        yield "also called", ", ".join(fact.synonyms)
    if fact.definition:
        yield "means", fact.definition
    found = _of_class(fact, model) if isinstance(fact, ClassFact) else _of_property(fact)
    for name, terms in found:
        if shown := [local_name(each) for each in terms]:
            more = f" and {len(shown) - _MOST} more" if len(shown) > _MOST else ""
            yield name, ", ".join(shown[:_MOST]) + more


def _of_class(fact: ClassFact, model: Model) -> Iterator[tuple[str, Iterable[str]]]:
    yield "under", fact.superclasses
    yield "above", model.subclasses.get(fact.iri, ())
    yield "has", sorted(each.iri for each in model.properties.values() if fact.iri in each.domains)
    yield "values", fact.members


def _of_property(fact: PropertyFact) -> Iterator[tuple[str, Iterable[str]]]:
    yield "of", fact.domains
    yield "gives", fact.ranges or ((fact.datatype,) if fact.datatype else ())
    yield "in", (fact.unit,) if fact.unit else ()
    yield "other way round", (fact.inverse,) if fact.inverse else ()
