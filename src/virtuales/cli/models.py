"""`virtuales models`: import published vocabularies, list what is registered, find terms and show them."""

from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from virtuales.cli.known_models import models_in
from virtuales.cli.models_comparison import diff
from virtuales.errors import ConfigurationError, InputError
from virtuales.models.facts import ClassFact, Model, PropertyFact, Restriction, check_name
from virtuales.models.importing import Publication, read_files, store_facts
from virtuales.models.registry import ModelRegistry
from virtuales.models.shapes import store_shapes
from virtuales.models.term_index import TermQuestion
from virtuales.models.term_sheet import RESTRICTED
from virtuales.models.terms import TERM_KINDS, Term
from virtuales.resources import checkout_root, contributed

app = typer.Typer(help="Vocabularies and profiles: import, list, look up, compare.", no_args_is_help=True)
app.command("diff")(diff)

_Into = Annotated[
    Path | None, typer.Option("--into", help="A directory for `ontology/` and `shapes/`; by default the checkout's.")
]


@app.command("import")
def import_files(  # one argument for each option of the command
    files: Annotated[list[Path], typer.Argument(help="Published files: RDFS profiles, or a vocabulary in any RDF.")],
    *,
    name: Annotated[str, typer.Option("--as", help="The name to register the model under, such as `cgmes-3.0`.")],
    title: Annotated[str, typer.Option(help="A name for people; by default the registered name.")] = "",
    version: Annotated[str, typer.Option(help="The publisher's version; by default what the files say.")] = "",
    source: Annotated[str, typer.Option(help="Where the files come from; by default their names.")] = "",
    licence: Annotated[str, typer.Option(help="The files' licence, an IRI or an SPDX identifier.")] = "",
    shapes: Annotated[bool, typer.Option("--shapes/--no-shapes", help="Also make SHACL shapes.")] = True,
    namespace: Annotated[
        list[str] | None,
        typer.Option(
            help="A namespace whose terms are the vocabulary's own; by default each with a tenth of its terms."
        ),
    ] = None,
    definitions: Annotated[
        bool, typer.Option("--definitions", help="Keep the publisher's definitions; the licence has to allow it.")
    ] = False,
    into: _Into = None,
) -> None:
    """State the facts of published files in our own words, and make shapes from them.

    The same files give the same bytes each time. Nothing is written unless all files can be read. The publisher's
    sentences are left out unless `--definitions` is given.
    """
    check_name(name)
    if not licence:
        raise InputError(
            "The import does not say under which licence the files are published.",
            where="--licence",
            remedy="Give `--licence` with an IRI or an SPDX identifier.",
        )
    place = into or _checkout()
    publication = Publication(title, version, source or ", ".join(sorted(file.name for file in files)), licence)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Reading {len(files)} files", total=3)
        model = read_files(files, name, publication, namespaces=namespace or ())
        progress.update(task, advance=1, description="Writing facts")
        (place / "ontology").mkdir(parents=True, exist_ok=True)
        written = [store_facts(model, place / "ontology", definitions=definitions)]
        progress.update(task, advance=1, description="Writing shapes")
        if shapes and model.profiles:
            written += store_shapes(model, place / "shapes")
        progress.update(task, advance=1)
    _say_counts(model, written)


@app.command("list")
def list_models(*, into: _Into = None) -> None:
    """List the registered models."""
    registry = models_in(_ontology(into))
    table = Table("name", "title", "version")
    table.add_column("licence", overflow="fold")
    table.add_column("profiles", justify="right")
    for one in registry.versions():
        table.add_row(one.name, escape(one.title), one.version, one.licence, str(len(one.profiles) or ""))
    Console().print(table)


@app.command("show")
def show_model(
    name: Annotated[str, typer.Argument(help="The registered name, or `NAME@VERSION`.")],
    term: Annotated[str | None, typer.Argument(help="A term: its IRI, prefixed name or local name.")] = None,
    *,
    into: _Into = None,
) -> None:
    """Show what is known of a model, or of one of its terms."""
    model = models_in(_ontology(into)).model(name)
    if term is None:
        _show(_of_model(model))
        return
    fact = model.term(term)
    _show(_of_class(model, fact) if isinstance(fact, ClassFact) else _of_property(model, fact))


@app.command("search")
def search_terms(
    text: Annotated[str, typer.Argument(help="Words that all have to be found; small slips of spelling are forgiven.")],
    *,
    model: Annotated[str | None, typer.Option(help="A model's name, or `NAME@VERSION`; by default all.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"What the term has to be: {', '.join(TERM_KINDS)}.")] = None,
    unit: Annotated[str | None, typer.Option(help="Symbol of the unit, such as `MW` or `W`.")] = None,
    profile: Annotated[str | None, typer.Option(help="Short name of a profile that has it, such as `EQ`.")] = None,
    limit: Annotated[int, typer.Option(help="The most terms to list.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    into: _Into = None,
) -> None:
    """Find terms by name, other names, unit, type of value and definition, the best first."""
    registry = models_in(_ontology(into))
    question = TermQuestion(text, registry.references(model), kind, unit, profile=profile, limit=limit)
    page = registry.terms().search(question)
    if json:
        typer.echo(dumps({"total": page.total, "terms": [_as_json(registry, each) for each in page.terms]}, indent=2))
        return
    table = Table("model", "kind")
    table.add_column("term", overflow="fold")
    table.add_column("value", overflow="fold")
    table.add_column("unit")
    for each in page.terms:
        value = escape(each.value_type or each.datatype)
        name = registry.model(each.reference).told(each.iri)
        table.add_row(each.reference.partition("@")[0], each.kind, escape(name), value, each.unit)
    Console().print(table)
    Console().print(f"{len(page.terms)} of {page.total:,} terms")


def _as_json(registry: ModelRegistry, term: Term) -> dict[str, object]:
    said = {name: value for name, value in asdict(term).items() if value and name not in {"synonyms", "stated"}}
    return {**said, "profiles": sorted(term.profiles), "found_by": list(registry.terms().called(term))}


def _checkout() -> Path:
    root = checkout_root()
    if root is None:
        raise ConfigurationError(
            "This installation is no checkout, so an import has no place of its own.",
            remedy="Say with `--into` where to write.",
        )
    return root


def _ontology(into: Path | None) -> Path:
    return into / "ontology" if into else contributed("ontology")


def _say_counts(model: Model, written: list[Path]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    parts = (f"{len(model.classes):,} classes and other terms", f"{len(model.properties):,} properties")
    console.print(f"[bold]{escape(model.name)}[/]: {', '.join(parts)}, {len(model.profiles)} profiles")
    for path in written:
        console.print(f"  {escape(str(path))}")


def _show(rows: list[tuple[str, str]]) -> None:
    table = Table(show_header=False, box=None)
    for label, value in rows:
        if value:
            table.add_row(f"[bold]{label}[/]", escape(value))
    Console(soft_wrap=True).print(table)


def _of_model(model: Model) -> list[tuple[str, str]]:
    profiles = [f"{p.keyword}: {p.label} {' '.join(p.versions)}".strip() for p in model.profiles.values()]
    return [
        ("name", model.name),
        ("title", model.title),
        ("version", model.version),
        ("source", model.source),
        ("licence", model.licence),
        ("namespaces", "\n".join(f"{prefix}: {iri}" for prefix, iri in model.namespaces.items())),
        ("classes", f"{len(model.classes):,}"),
        ("properties", f"{len(model.properties):,}"),
        ("profiles", "\n".join(profiles)),
    ]


def _of_class(model: Model, fact: ClassFact) -> list[tuple[str, str]]:
    own = [each for each in model.properties.values() if fact.iri in each.domains]
    return [
        (fact.kind, model.short(fact.iri)),
        ("iri", fact.iri),
        ("label", fact.label),
        ("also called", ", ".join(fact.synonyms)),
        ("definition", f"{fact.definition} ({model.title})" if fact.definition else ""),
        ("above", " < ".join(model.told(each) for each in model.ancestors(fact.iri)[1:])),
        ("below", ", ".join(model.told(each) for each in model.subclasses.get(fact.iri, ()))),
        ("members", ", ".join(model.told(each) for each in fact.members)),
        ("in profiles", ", ".join(sorted(fact.profiles))),
        ("concrete in", ", ".join(sorted(fact.concrete))),
        ("properties", "\n".join(_summary(model, each) for each in own)),
        ("restricts", "\n".join(_restriction(model, each) for each in fact.restrictions)),
        ("deprecated", "yes" if fact.deprecated else ""),
    ]


def _of_property(model: Model, fact: PropertyFact) -> list[tuple[str, str]]:
    unit = " ".join(part for part in (fact.multiplier, fact.unit) if part and part != "none")
    return [
        ("property", model.short(fact.iri)),
        ("iri", fact.iri),
        ("label", fact.label),
        ("also called", ", ".join(fact.synonyms)),
        ("definition", f"{fact.definition} ({model.title})" if fact.definition else ""),
        ("domain", ", ".join(model.told(each) for each in fact.domains)),
        ("range", ", ".join(model.told(each) for each in fact.ranges) or fact.datatype or ""),
        ("value type", model.short(fact.value_type) if fact.value_type else ""),
        ("unit", unit),
        ("occurs", ", ".join(f"{keyword} {often}" for keyword, often in fact.multiplicities.items())),
        ("inverse", model.short(fact.inverse) if fact.inverse else ""),
        ("stated at this end", {None: "", True: "yes", False: "no"}[fact.used]),
        ("above", ", ".join(model.told(each) for each in fact.superproperties)),
        ("deprecated", "yes" if fact.deprecated else ""),
    ]


def _restriction(model: Model, restriction: Restriction) -> str:
    count = "" if restriction.count is None else str(restriction.count)
    parts = (model.told(restriction.on), RESTRICTED[restriction.kind], count, model.told(restriction.filler))
    return " ".join(part for part in parts if part)


def _summary(model: Model, fact: PropertyFact) -> str:
    value = " or ".join(model.short(each) for each in fact.ranges) or (fact.datatype or "").rpartition("#")[2]
    often = ", ".join(f"{keyword} {each}" for keyword, each in fact.multiplicities.items())
    return f"{model.short(fact.iri)}  {value}  {often}"
