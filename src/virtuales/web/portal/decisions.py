"""How a decision about an offer came about, for pages: each permission and prohibition, and each of its conditions."""

from collections.abc import Iterator
from dataclasses import dataclass

from virtuales.errors import InputError, NotFound
from virtuales.policy.constraints import Finding, Truth
from virtuales.policy.odrl import Permission
from virtuales.policy.profile import short
from virtuales.policy.report import RuleReport
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.workflow.offered import explained
from virtuales.workflow.workspace import Workspace

_STATES: dict[Truth, tuple[str, str]] = {
    True: ("Met", "green"),
    False: ("Not met", "red"),
    None: ("Not known", "yellow"),
}


@dataclass(frozen=True)
class Judged:
    """How one condition came out.

    Args:
        state: In a word.
        colour: Of the word's tag.
        text: One sentence that says so.
    """

    state: str
    colour: str
    text: str


@dataclass(frozen=True)
class JudgedRule:
    """How one permission or prohibition came out.

    Args:
        title: What it is about.
        conditions: How its conditions came out.
    """

    title: str
    conditions: tuple[Judged, ...]


def judged_offer(workspace: Workspace, reader: Principal | None, version: str) -> tuple[JudgedRule, ...]:
    """Return how the offer of a version stands to a reader, before anybody has agreed to it; nothing of one not known.

    Args:
        workspace: The node.
        reader: Who reads; None for the public.
        version: IRI of the version.
    """
    try:
        found = explained(workspace, reader, NamedNode(version), None)
    except (InputError, NotFound):
        return ()
    return tuple(_rule(one) for one in found.rules)


def _rule(report: RuleReport) -> JudgedRule:
    verb = "permits" if isinstance(report.rule, Permission) else "prohibits"
    conditions = [*_scope(report), *map(_judged, (*report.constraints, *report.refinements))]
    return JudgedRule(f"The offer {verb} to {short(report.rule.action)} the data", tuple(conditions))


def _scope(report: RuleReport) -> Iterator[Judged]:
    if report.rule.assignee is not None:
        yield Judged(*_STATES[report.party], "The rule is for your organisation.")
    if report.rule.target is not None:
        yield Judged(*_STATES[report.target], "The rule is about this data.")


def _judged(finding: Finding) -> Judged:
    return Judged(*_STATES[finding.met], finding.message)
