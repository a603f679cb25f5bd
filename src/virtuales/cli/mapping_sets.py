"""`virtuales mappings list|show|convert|chain`: mapping sets, other forms of them, and what follows from them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from virtuales.alignment.chaining import Derived, name_of
from virtuales.alignment.curies import Contraction
from virtuales.alignment.derived_set import CHAINED, Wanted, derive
from virtuales.alignment.formats import form_of
from virtuales.alignment.json_form import write_json
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.rdf_writer import write_turtle
from virtuales.alignment.terms import BUILT_IN_PREFIXES
from virtuales.alignment.tsv_writer import CANONICAL_DIGITS, write_tsv
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.mapping_sources import Folder, Metadata, Prefixes, read_source, registry_of, show_findings
from virtuales.errors import UnknownTerm

_Source = Annotated[str, typer.Argument(help="A registered name, or a file in SSSOM/TSV, RDF or JSON.")]
_Output = Annotated[Path | None, typer.Option("--output", help="Write to this file instead of standard output.")]


class Form(StrEnum):
    """How a mapping set is written."""

    TSV = "tsv"
    RDF = "rdf"
    JSON = "json"


def list_sets(*, folder: Folder = None) -> None:
    """List the registered mapping sets."""
    registry = registry_of(folder)
    console = Console(highlight=False, soft_wrap=True)
    for name in registry.names():
        file, mapping_set = registry.file(name), registry.mapping_set(name)
        console.print(f"[bold]{escape(name)}[/] {escape(file.version)}  {escape(file.title)}")
        console.print(f"  from {escape(' to '.join(registry.models(name)))}")
        counts = {
            "positive": mapping_set.positive(),
            "negative": mapping_set.negative(),
            "without counterpart": mapping_set.unmapped(),
        }
        console.print("  mappings: " + ", ".join(f"{sum(1 for _ in found):,} {kind}" for kind, found in counts.items()))


def show_set(
    source: _Source,
    term: Annotated[str | None, typer.Argument(help="A term, as IRI or CURIE: show the mappings that name it.")] = None,
    *,
    folder: Folder = None,
    metadata: Metadata = None,
    prefixes: Prefixes = None,
) -> None:
    """Show what a mapping set says of itself, or of a term, and what was found in it.

    Ends with 1 when something in it is wrong.
    """
    reading = read_source(source, folder, metadata=metadata, prefixes=prefixes)
    show_findings(reading.findings)
    mapping_set = reading.mapping_set
    if term is None:
        _print(_about(mapping_set))
    else:
        _print_mappings(mapping_set, _naming(mapping_set, term))
    if reading.errors():
        raise typer.Exit(VIOLATIONS)


def convert(
    source: _Source,
    *,
    to: Annotated[Form | None, typer.Option("--to", help="The form; by default what the output's suffix says.")] = None,
    output: _Output = None,
    canonical: Annotated[
        bool, typer.Option("--canonical", help="Round numbers to three digits, as SSSOM's canonical form has them.")
    ] = False,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Write identifiers in full that no prefix fits, instead of refusing.")
    ] = False,
    direct: Annotated[
        bool, typer.Option("--direct", help="In RDF, state each positive mapping as one triple too.")
    ] = False,
    folder: Folder = None,
    metadata: Metadata = None,
    prefixes: Prefixes = None,
) -> None:
    """Write a mapping set in another form, or again in canonical order; nothing is lost but what is rounded.

    Nothing is written when something in it is wrong.
    """
    reading = read_source(source, folder, metadata=metadata, prefixes=prefixes)
    show_findings(each for each in reading.findings if each.severity != "error")
    mapping_set = reading.accepted()
    form = to or Form(form_of(output) if output else Form.TSV)
    if form is Form.RDF:
        text = write_turtle(mapping_set, direct=direct)
    elif form is Form.JSON:
        text = write_json(mapping_set, lenient=lenient)
    else:
        text = write_tsv(mapping_set, digits=CANONICAL_DIGITS if canonical else None, lenient=lenient)
    _write(text, output)


def chain(
    sources: Annotated[list[str], typer.Argument(help="Registered names or files of mapping sets.")],
    *,
    start: Annotated[str, typer.Option("--from", help="Only conclusions about subjects whose IRI begins so.")] = "",
    end: Annotated[str, typer.Option("--to", help="Only conclusions about objects whose IRI begins so.")] = "",
    confidence: Annotated[float, typer.Option(min=0.0, max=1.0, help="Only conclusions at least so sure.")] = 0.0,
    iri: Annotated[str, typer.Option("--as", help="The IRI of the set of conclusions.")] = CHAINED,
    output: _Output = None,
    folder: Folder = None,
    prefixes: Prefixes = None,
) -> None:
    """Write what follows from mapping sets together, by the rules that all of them declare.

    Each conclusion names the mappings that led to it. What negative mappings deny is left out and listed; then the
    command ends with 1.
    """
    sets = [read_source(source, folder, prefixes=prefixes).accepted() for source in sources]
    conclusions = derive(sets, wanted=Wanted(start, end, confidence), iri=iri)
    _write(write_tsv(conclusions.mapping_set), output)
    if conclusions.contradictions:
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        for each in conclusions.contradictions:
            console.print(f"[bold yellow]denied[/] {escape(_denial(each))}")
        raise typer.Exit(VIOLATIONS)


def _denial(denied: Derived) -> str:
    by = denied.contradicts
    premises = " ; ".join(map(name_of, denied.premises))
    line = f" (line {by.line})" if by is not None and by.line else ""
    return f"{name_of(denied.mapping)}: from {premises}; denied by {name_of(by) if by else 'nothing'}{line}"


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")


def _about(mapping_set: MappingSet) -> list[tuple[str, str]]:
    justified: dict[str, int] = {}
    for mapping in mapping_set.mappings:
        name = mapping.mapping_justification.rpartition("/")[2]
        justified[name] = justified.get(name, 0) + 1
    contraction = Contraction(mapping_set.curie_map)
    predicates: dict[str, int] = {}
    for mapping in mapping_set.mappings:
        name = ("not " if mapping.negated else "") + (contraction.find(mapping.predicate_id) or mapping.predicate_id)
        predicates[name] = predicates.get(name, 0) + 1
    return [
        ("set", mapping_set.mapping_set_id),
        ("title", mapping_set.mapping_set_title),
        ("version", mapping_set.mapping_set_version),
        ("description", mapping_set.mapping_set_description),
        ("licence", mapping_set.license),
        ("made by", ", ".join(mapping_set.creator_id or mapping_set.creator_label)),
        ("from", ", ".join(sorted({each.subject_source for each in mapping_set.mappings} - {""}))),
        ("to", ", ".join(sorted({each.object_source for each in mapping_set.mappings} - {""}))),
        ("mappings", f"{len(mapping_set.mappings):,}"),
        ("predicates", _counted(predicates)),
        ("justified by", _counted(justified)),
        ("prefixes", "\n".join(f"{name}: {iri}" for name, iri in sorted(mapping_set.curie_map.items()))),
    ]


def _counted(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered)


def _naming(mapping_set: MappingSet, term: str) -> list[Mapping]:
    prefix, _, local = term.partition(":")
    start = {**BUILT_IN_PREFIXES, **mapping_set.curie_map}.get(prefix)
    iri = start + local if start is not None else term
    found = [each for each in mapping_set.mappings if iri in (each.subject_key, each.object_key, each.predicate_id)]
    if not found:
        raise UnknownTerm(f"No mapping of the set names <{iri}>.", where=mapping_set.file or None)
    return found


def _print(rows: list[tuple[str, str]]) -> None:
    table = Table(show_header=False, box=None)
    for label, value in rows:
        if value:
            table.add_row(f"[bold]{label}[/]", escape(value))
    Console(soft_wrap=True).print(table)


def _print_mappings(mapping_set: MappingSet, mappings: list[Mapping]) -> None:
    contraction = Contraction(mapping_set.curie_map)
    console = Console(highlight=False, soft_wrap=True)
    for each in mappings:
        subject, predicate, target = (
            contraction.find(iri) or iri for iri in (each.subject_key, each.predicate_id, each.object_key)
        )
        line = f" [dim]line {each.line}[/]" if each.line else ""
        denial = "not " if each.negated else ""
        console.print(f"[bold]{escape(subject)} {denial}{escape(predicate)} {escape(target)}[/]{line}")
        sure = "" if each.confidence is None else f"confidence {each.confidence:g}"
        labels = " → ".join(label for label in (each.subject_label, each.object_label) if label)
        why = each.mapping_justification.rpartition("/")[2]
        authors = ", ".join(each.author_id or each.author_label)
        for said in (labels, ", ".join(part for part in (why, sure, authors) if part), each.comment):
            if said:
                console.print(f"  {escape(said)}")
