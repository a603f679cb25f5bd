"""Judging what was downloaded before it is kept: by the schemas in force at the receiver's own registry."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from virtuales.assurance.report import join_reports
from virtuales.assurance.reports.shown import Shown
from virtuales.cli.client.output import say
from virtuales.cli.client.progress import waiting
from virtuales.cli.client.rules import rules_of
from virtuales.cli.validation_report import Format, write_report
from virtuales.errors import NonConforming, PeerFailure
from virtuales.workflow.reading import Origin
from virtuales.workflow.receive import judge_received


def judge_downloads(files: Sequence[Path], entry: Mapping[str, Any], *, registry: str, whole: bool) -> None:
    """Judge the files of a dataset version and show the report.

    Args:
        files: The files under the names that the entry gives them.
        entry: What the catalogue says of the version.
        registry: Base URL of the node whose registry says what is in force.
        whole: Whether they are all files of the version.

    Raises:
        NonConforming: they violate the schemas in force; the error carries the report.
        InputError: there is nothing that could be judged, or a file is not what it claims to be.
        PeerFailure: the schemas are not to be had.
    """
    with rules_of(registry) as chosen, waiting("Judging"):
        received = judge_received(
            {file: encoding_of(entry, file.name) for file in files},
            origin=origin_of(entry, registry),
            models=chosen.models,
            rules=chosen.rules,
            whole=whole,
        )
    write_report([Shown(one, one.name) for one in received.judgements], Format.TEXT, None)
    for remark in (*([chosen.warning] if chosen.warning else []), *received.remarks):
        say("remark:", remark, style="yellow")
    if not received.acceptable:
        report = join_reports(one.report for one in received.judgements)
        raise NonConforming(
            f"The data violates the schemas in force in {report.counts_by_severity()['Violation']} places.",
            report=report.to_json(),
            where=str(entry["iri"]),
            remedy="Nothing was kept. Tell the provider; without --validate the files are kept as they are.",
        )


def encoding_of(entry: Mapping[str, Any], name: str) -> str | None:
    """Return the encoding that the entry states of a file; a node of an earlier release states none."""
    stated = [each.get("encoding") for each in entry["files"] if each["name"] == name]
    return next((str(one) for one in stated if one), None)


def origin_of(entry: Mapping[str, Any], registry: str) -> Origin:
    """Return whose data a catalogue entry is about.

    Raises:
        PeerFailure: the entry does not say so.
    """
    dataset, publisher, profiles = entry.get("dataset"), entry.get("publisher"), entry.get("profiles")
    known = isinstance(dataset, str) and isinstance(publisher, str) and isinstance(profiles, list)
    if not known or not all(isinstance(iri, str) for iri in profiles or ()):
        raise PeerFailure("The catalogue entry does not say whose data it is, and of which profiles.", where=registry)
    return Origin(str(dataset), str(publisher), tuple(map(str, profiles or ())))
