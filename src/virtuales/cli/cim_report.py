"""What `virtuales cim inspect` and `virtuales cim check` tell, for people and as JSON."""

from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from virtuales.preparation.cim.dependencies import DependencyReport, Finding
from virtuales.preparation.cim.families import FAMILIES
from virtuales.preparation.cim.inspection import InspectedModel, Inspection

_TOP = 8
_SHOWN = 10


def as_data(inspection: Inspection) -> dict[str, object]:
    """Return an inspection as data for JSON."""
    return {
        "readable": inspection.readable,
        "models": [_model_data(model, inspection.dependencies) for model in inspection.models],
        "findings": [{**asdict(finding), "error": finding.is_error} for finding in inspection.dependencies.findings],
    }


def _model_data(model: InspectedModel, dependencies: DependencyReport) -> dict[str, object]:
    data: dict[str, object] = {
        "file": model.name,
        "bytes": model.bytes,
        "namespaces": {prefix: {"iri": iri, "family": FAMILIES.get(iri)} for prefix, iri in model.namespaces.items()},
        "header": asdict(model.header) if model.header is not None else None,
        "assumedProfile": model.assumed_profile,
        "fault": None,
    }
    if model.fault is not None:
        data["fault"] = {"what": model.fault.what, "where": model.fault.where, "remedy": model.fault.remedy}
    if model.difference is not None:
        change = model.difference
        data["difference"] = {
            "preconditions": len(change.preconditions),
            "reverse": len(change.reverse),
            "forward": len(change.forward),
        }
    if model.reading is not None:
        reading = model.reading
        data |= {
            "model": reading.vocabulary,
            "profiles": list(reading.short_profiles),
            "triples": reading.triples,
            "objects": dict(sorted(reading.objects.items(), key=lambda one: (-one[1], one[0]))),
            "dependencies": [asdict(one) for one in dependencies.named.get(model.name, ())],
            "skippedNumber": reading.skipped_number,
            "skipped": [asdict(one) for one in reading.skipped],
            "untyped": [asdict(one) for one in reading.untyped],
        }
    return data


def show(inspection: Inspection, console: Console) -> None:
    """Print an inspection."""
    for model in inspection.models:
        _show_model(model, inspection.dependencies, console)
    show_findings(inspection.dependencies.findings, console)


def _show_model(model: InspectedModel, dependencies: DependencyReport, console: Console) -> None:
    console.print(f"[bold]{escape(model.name)}[/]  {_kind(model)}, {model.bytes:,} bytes")
    families = [
        f"{escape(prefix or 'default')}: {FAMILIES[iri]}" for prefix, iri in model.namespaces.items() if iri in FAMILIES
    ]
    rows: list[tuple[str, str | None]] = [("namespaces", ", ".join(families))]
    if model.header is not None:
        head = model.header
        rows += [
            ("model", f"<{head.iri}>"),
            ("version", head.version),
            ("created", head.created),
            ("scenario time", head.scenario_time),
            ("authority", head.modelling_authority_set),
            ("supersedes", ", ".join(f"<{iri}>" for iri in head.supersedes)),
        ]
    rows += [("depends on", f"<{one.iri}> {one.name or 'absent'}") for one in dependencies.named.get(model.name, ())]
    for label, value in rows:
        if value:
            console.print(f"  {label + ':':15}{escape(value)}")
    if model.fault is not None:
        fault = model.fault
        console.print(f"  [red]unreadable:[/]    {escape(fault.what)} ({escape(fault.where or '')})")
        console.print(f"  {'remedy:':15}{escape(fault.remedy or '')}")
    if model.difference is not None:
        change = model.difference
        console.print(
            f"  {'statements:':15}{len(change.reverse):,} end, {len(change.forward):,} begin, "
            f"{len(change.preconditions):,} must hold"
        )
    _show_reading(model, console)


def _kind(model: InspectedModel) -> str:
    if model.difference is not None:
        short = [model.difference.vocabulary.profiles[one] for one in model.difference.header.profiles]
        return f"difference model of {'+'.join(short)} ({model.difference.vocabulary.name})"
    if model.reading is not None:
        assumed = ", profile assumed" if model.assumed_profile else ""
        return f"{'+'.join(model.reading.short_profiles)} ({model.reading.vocabulary}{assumed})"
    return "unreadable"


def _show_reading(model: InspectedModel, console: Console) -> None:
    if model.reading is None:
        return
    reading = model.reading
    most = sorted(reading.objects.items(), key=lambda one: (-one[1], one[0]))
    listed = ", ".join(f"{iri.rpartition('#')[2]} {number:,}" for iri, number in most[:_TOP])
    more = f" and {len(most) - _TOP} more classes" if len(most) > _TOP else ""
    console.print(f"  {'holds:':15}{reading.triples:,} statements, {sum(reading.objects.values()):,} objects")
    console.print(f"  {'':15}{escape(listed)}{more}")
    if reading.untyped:
        console.print(
            f"  [yellow]kept untyped:[/]  {len(reading.untyped):,} terms that {reading.vocabulary} does not know"
        )
    for term in reading.untyped[:_SHOWN]:
        console.print(f"      {term.number:,} times {term.kind} <{escape(term.iri)}>, first on line {term.line}")
    if len(reading.untyped) > _SHOWN:
        console.print(f"      … and {len(reading.untyped) - _SHOWN:,} more; `--json` lists all.")
    if reading.skipped_number:
        console.print(f"  [red]left out:[/]      {reading.skipped_number:,} elements")
    for one in reading.skipped[:_SHOWN]:
        console.print(f"      line {one.line}, element {escape(one.element)}: {escape(one.reason)}")
    if reading.skipped_number > _SHOWN:
        console.print(f"      … and {reading.skipped_number - _SHOWN:,} more; `--json` lists more.")


def show_findings(findings: Iterable[Finding], console: Console) -> None:
    """Print what is amiss with the dependencies of a package."""
    for finding in findings:
        colour = "red" if finding.is_error else "yellow"
        number = f" ({finding.number:,} objects)" if finding.number else ""
        console.print(f"[{colour}]{finding.kind}[/] {escape(finding.name)}: {escape(finding.what)}{number}")
        for place in finding.places:
            console.print(f"      {escape(place)}")
