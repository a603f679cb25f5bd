"""A report as one HTML page that needs nothing else: no network, no server, no script."""

from itertools import pairwise

from virtuales.alignment.gaps.cell import STATUSES, Row
from virtuales.alignment.gaps.reports.plain import Account
from virtuales.alignment.use_cases.record import changes


def to_html(account: Account) -> str:
    """Write the matrix of requirements and models, in words and colours, then each requirement at length."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # only where a page is asked for

    environment = Environment(
        loader=PackageLoader("virtuales.alignment.gaps", "reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    report = account.report
    return environment.get_template("page.html.jinja").render(
        use_case=account.use_case,
        report=report,
        statuses=STATUSES,
        counts=[(name, report.counts(place)) for place, name in enumerate(report.names)],
        rows=[_row(account, row) for row in report.rows],
        name_of=account.use_case.name_of,
        names=account.names,
    )


def _row(account: Account, row: Row) -> dict[str, object]:
    history = account.use_case.history(row.requirement)
    return {
        "requirement": row.requirement,
        "best": row.best,
        "cells": list(zip(account.report.names, row.cells, strict=True)),
        "versions": [(after, changes(before, after)) for before, after in pairwise(history)],
        "remarks": account.use_case.about(row.requirement.iri),
        "proposals": account.proposals_for(row),
    }
