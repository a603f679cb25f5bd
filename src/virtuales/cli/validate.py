"""`virtuales validate`: judge models and RDF files by registered or given shapes; made for a terminal and for CI."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.assurance.costs import Costs, Unmeasured, measuring
from virtuales.assurance.judging import Engine, Judgeable, Judgement, judge
from virtuales.assurance.reports.shown import Shown
from virtuales.cli.client.rules import rules_of
from virtuales.cli.validation_costs import print_costs
from virtuales.cli.validation_report import Format, write_report
from virtuales.errors import InputError, UnreadableInput, VirtualesError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import PackagedModel, read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX
from virtuales.rdf.media import RDF_XML
from virtuales.resources import contributed
from virtuales.workflow.locate import lines_of_results

CONFORMS, VIOLATIONS, UNUSABLE = 0, 1, 2


class EngineName(StrEnum):
    """Which engine judges."""

    VIRTUALES = "virtuales"
    PYSHACL = "pyshacl"


def validate(  # one argument for each option of the command
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files, zips of them, or RDF files (.ttl, .nt, …).")],
    *,
    shapes: Annotated[list[Path] | None, typer.Option(help="Judge by these shapes instead of the registered.")] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="URL", help="Judge by what is in force at this node, not by the release.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file instead.")] = None,
    engine: Annotated[EngineName, typer.Option(help="Which engine judges.")] = EngineName.VIRTUALES,
    cim_profile: Annotated[
        list[str] | None, typer.Option(help="IRI of a profile, for CIM files whose header names none.")
    ] = None,
    details: Annotated[bool, typer.Option("--details", help="Say why a value does not conform to a shape.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say what each rule cost, in CPU time.")] = False,
    base: Annotated[str, typer.Option(help="The IRI under which CIM identifiers that are no UUID fall.")] = "urn:model",
) -> None:
    """Judge each model by the shapes of its profiles.

    Ends with 0 when nothing of severity Violation was found, with 1 when something was, and with 2 when the input
    cannot be used.
    """
    if shapes and registry:
        raise typer.BadParameter("Name a registry or shapes, not both.", param_hint="--registry")
    try:
        _refuse_unknown_to_pyshacl(engine, {"--details": details, "--profile": profile})
        with rules_of(registry) as chosen, _documents(files, base, cim_profile) as documents:
            _warn(chosen.warning)
            other = _other(engine)
            judged: list[Shown] = []
            for document in documents:
                with measuring(Costs() if profile else Unmeasured()) as costs:
                    judgement = judge(
                        document.judgeable,
                        rules=chosen.rules,
                        shapes=shapes or (),
                        engine=other,
                        examples=form.examples,
                        details=form.details(details),
                    )
                judged.append(document.shown(judgement, form.examples, costs))
        write_report(judged, form, output)
        if profile and form is not Format.JSON:
            print_costs(judged)
    except VirtualesError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"[bold red]Unusable:[/] {escape(str(error))}")
        raise typer.Exit(UNUSABLE) from None
    raise typer.Exit(CONFORMS if all(one.judgement.report.acceptable for one in judged) else VIOLATIONS)


def _other(engine: EngineName) -> Engine | None:
    """Return the engine that judges in place of our own; its libraries are loaded only for who asks for it."""
    if engine is EngineName.VIRTUALES:
        return None
    from virtuales.assurance.second_engine import judge_with_pyshacl  # noqa: PLC0415  # see above

    return judge_with_pyshacl


def _refuse_unknown_to_pyshacl(engine: EngineName, options: Mapping[str, bool]) -> None:
    unknown = next((name for name, wanted in options.items() if wanted), None)
    if engine is EngineName.PYSHACL and unknown:
        raise InputError(f"`{unknown}` is not for the engine pySHACL.", remedy="Leave `--engine` out.")


def _warn(warning: str | None) -> None:
    if warning:
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        console.print(f"[bold yellow]Warning:[/] {escape(warning)}")


@dataclass(frozen=True)
class _Document:
    """One document to be judged, and the model it was read as where it is CIM."""

    judgeable: Judgeable
    file: str
    model: PackagedModel | None = None

    def shown(self, judgement: Judgement, examples: int, costs: Costs | Unmeasured) -> Shown:
        """Join what judging it gave with the lines of its objects and with what it cost."""
        lines = lines_of_results(judgement.report, self.model, examples=examples) if self.model else {}
        return Shown(judgement, self.file, lines, costs.slowest_first())


@contextmanager
def _documents(files: Sequence[Path], base: str, profiles: Sequence[str] | None) -> Iterator[list[_Document]]:
    """Give the RDF files themselves, and each model of the CIM files as N-Triples for as long as it is needed."""
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UnreadableInput("There is no such file.", where=str(missing))
    rdf = [file for file in files if MEDIA_TYPES_BY_SUFFIX.get(file.suffix.lower(), RDF_XML) != RDF_XML]
    cim = [file for file in files if file not in rdf]
    with tempfile.TemporaryDirectory(prefix="virtuales-") as directory:
        documents = [_Document(Judgeable(str(file), file), str(file)) for file in rdf]
        if cim:
            reader = CimReader(ModelRegistry.load(contributed("ontology")), base)
            package = read_package(cim, Path(directory), reader=reader, profiles=profiles)
            documents += [_of_model(model) for model in package.models]
        yield documents


def _of_model(model: PackagedModel) -> _Document:
    member = model.member
    file = str(member.source.path) if member.inner is None else f"{member.source.path}/{member.inner}"
    return _Document(Judgeable(member.name, model.statements, model.reading.profiles), file, model)
