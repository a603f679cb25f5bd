"""`virtuales policy`: make policies from templates, check them before anybody relies on them, decide under them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from virtuales.cli import policy_register
from virtuales.cli.client.contracts import vocabulary_of
from virtuales.cli.client.options import AsJson, Demands, PassingOn
from virtuales.cli.client.output import print_json, print_rows, say
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.view_options import ViewOptions, read_view_options
from virtuales.errors import InputError, NotFound
from virtuales.policy.asking import read_world, request_from
from virtuales.policy.check import Problem, check_policy
from virtuales.policy.compact import policy_to_json
from virtuales.policy.constraints import STATES
from virtuales.policy.context import POLICY_CONTEXT
from virtuales.policy.demands import parse_demand
from virtuales.policy.documents import load_documents, load_policies
from virtuales.policy.duties import ACTIVATION, DutyMode
from virtuales.policy.evaluate import report
from virtuales.policy.inheritance import with_inherited
from virtuales.policy.odrl import Permission, Policy
from virtuales.policy.profile import short
from virtuales.policy.publication import Overlap, overlaps, publication_problems
from virtuales.policy.purposes import find_purpose
from virtuales.policy.report import PolicyReport
from virtuales.policy.sentences import policy_sentences
from virtuales.policy.templates import TEMPLATES, Template, offer_from, terms_from
from virtuales.policy.views.deciding import parts_of, without_parts
from virtuales.policy.views.refinements import view_of
from virtuales.policy.views.words import view_words
from virtuales.policy.views.written import named_in_full, read_view
from virtuales.policy.world import NOTHING_KNOWN
from virtuales.rdf.terms import NamedNode, parse_iri

app = typer.Typer(help="Policies in ODRL: templates, make, check, decide, register.", no_args_is_help=True)

_POLICY = "ODRL as compact JSON (.json, .jsonld) or RDF (.ttl, …)."
_Terms = Annotated[
    list[Path] | None, typer.Option(help="A profile with further left operands and actions, in RDF; repeat it.")
]
_At = Annotated[datetime | None, typer.Option(help="The time to judge by, in UTC; now, unless it is given.")]


@app.command("check")
def check_policies(
    files: Annotated[list[Path], typer.Argument(help=f"Files of policies: {_POLICY}")],
    terms: _Terms = None,
    at: _At = None,
    as_json: AsJson = False,
) -> None:
    """Check what would be refused at publication: unknown terms, rules that can never apply; show what conflicts.

    Exit code 1 when a policy has a problem. What one policy permits and another about the same thing prohibits is
    shown, and is no problem.
    """
    profile = vocabulary_of(terms or [])
    policies = _whole([policy for file in files for policy in load_policies(file)])
    problems = {policy.iri: publication_problems(policy, _moment(at), profile) for policy in policies}
    sound = [policy for policy in policies if not problems[policy.iri]]
    found = overlaps(sound, profile)
    if as_json:
        print_json(
            {
                "policies": [_judged(policy, problems[policy.iri]) for policy in policies],
                "overlaps": [overlap.to_json() for overlap in found],
            }
        )
    else:
        _show(policies, problems, found)
    if any(problems.values()):
        raise typer.Exit(VIOLATIONS)


@app.command("decide")
def decide(
    policies: Annotated[Path, typer.Argument(metavar="POLICY", help=_POLICY)],
    request: Annotated[Path, typer.Argument(help="Who wants to do what: an `odrl:Request`, in the same formats.")],
    world: Annotated[Path | None, typer.Option(help="A JSON file with what is known beside.")] = None,
    duties: Annotated[DutyMode, typer.Option(help="When the duties of a permission have to be fulfilled.")] = (
        DutyMode.BEFORE
    ),
    policy: Annotated[str | None, typer.Option(help="IRI of the policy, when the file has several.")] = None,
    terms: _Terms = None,
    at: _At = None,
    as_json: AsJson = False,
) -> None:
    """Decide whether a policy lets a request happen, and say why. Exit code 1 when it does not."""
    profile = vocabulary_of(terms or [])
    chosen = _chosen(_whole(load_policies(policies)), policy)
    check_policy(chosen, profile)
    views = [view_words(view_of(part)) for part in parts_of(chosen) if part is not None]
    asked = load_policies(request)
    if len(asked) != 1:
        raise InputError("The file has several requests.", where=str(request), remedy="Give one.")
    known = read_world(load_documents(world)[0], where=str(world)) if world else NOTHING_KNOWN
    found = report(without_parts(chosen), request_from(asked[0], _moment(at)), known, mode=duties, profile=profile)
    if as_json:
        print_json(found.to_json() | ({"parts": views} if views else {}))
    else:
        _say_decision(found)
        for view in views:
            say(f"  A permission is about a part of the data: {view}.")
    if not found.decision.allowed:
        raise typer.Exit(VIOLATIONS)


app.command("register")(policy_register.register)
app.command("registered")(policy_register.registered)
app.command("announce")(policy_register.announce)
app.command("events")(policy_register.events)
app.command("record-fact")(policy_register.record_fact)
app.command("facts")(policy_register.facts)


@app.command("templates")
def list_templates(as_json: AsJson = False) -> None:
    """List the templates of offers for the usual cases."""
    rows = [{"template": template.value, "says": says} for template, says in TEMPLATES.items()]
    print_json(rows) if as_json else print_rows(rows, nothing="")


@app.command("make")
def make(
    template: Annotated[Template, typer.Argument(help="A usual case.")],
    target: Annotated[str, typer.Option(help="IRI of the dataset version.")],
    assigner: Annotated[str, typer.Option(help="IRI of the organisation that offers.")],
    organisation: Annotated[
        list[str] | None, typer.Option(help="IRI of an organisation that may use the data; repeat it.")
    ] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="A purpose that is allowed; repeat it.")] = None,
    until: Annotated[datetime | None, typer.Option(help="The last instant of use, in UTC.")] = None,
    uses: Annotated[int | None, typer.Option(help="How often it may be used under one agreement.", min=1)] = None,
    attribution: Annotated[bool, typer.Option(help="Whether the source has to be named.")] = True,
    demand: Demands = None,
    passing_on: PassingOn = False,
    view: ViewOptions = None,
) -> None:
    """Write the offer that publishing with a template makes, as ODRL in JSON-LD; nothing is published.

    No data is at hand, so a view names classes and properties by their IRIs.
    """
    terms = terms_from(
        template,
        organisations=tuple(parse_iri(iri, where="organisation") for iri in organisation or []),
        purposes=tuple(find_purpose(name) for name in purpose or []),
        until=_moment(until) if until else None,
        uses=uses,
        attribution=attribution,
    )
    terms = replace(terms, demands=tuple(parse_demand(text) for text in demand or []), passing_on=passing_on)
    if document := read_view_options(view):
        terms = replace(terms, view=read_view(document, named_in_full))
    about = parse_iri(target, where="target")
    iri = NamedNode(f"{target}#offer")
    offer = offer_from(terms, iri=iri, target=about, assigner=parse_iri(assigner, where="assigner"))
    print_json({"@context": dict(POLICY_CONTEXT), **policy_to_json(offer)})


def _moment(at: datetime | None) -> datetime:
    return datetime.now(UTC) if at is None else at.replace(tzinfo=at.tzinfo or UTC)


def _whole(policies: list[Policy]) -> list[Policy]:
    """Give each policy the rules that it inherits from others of the same files."""
    by_name = {policy.iri: policy for policy in policies}

    def find(name: NamedNode) -> Policy:
        if name not in by_name:
            remedy = "Give the files of all that it inherits from."
            raise NotFound("A policy that another inherits from is missing.", where=name.value, remedy=remedy)
        return by_name[name]

    return [with_inherited(policy, find) for policy in policies]


def _chosen(policies: list[Policy], name: str | None) -> Policy:
    found = [policy for policy in policies if name in (None, policy.iri.value)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(policy.iri.value for policy in policies)
    what = "The file has several policies." if found else "The file has no such policy."
    raise InputError(what, where=name or "policy", remedy=f"Choose one with --policy: {known}.")


def _judged(policy: Policy, problems: list[Problem]) -> dict[str, object]:
    return {
        "policy": policy.iri.value,
        "says": policy_sentences(policy, short),
        "problems": [{"what": one.what, "where": one.where, "remedy": one.remedy} for one in problems],
    }


def _show(policies: list[Policy], problems: dict[NamedNode, list[Problem]], found: list[Overlap]) -> None:
    for policy in policies:
        say(policy.iri.value, style="bold")
        for sentence in policy_sentences(policy, short):
            say(f"  {sentence}")
        for problem in problems[policy.iri]:
            say(f"  problem: {problem.what}", style="bold red")
            say(f"    where: {problem.where}")
            say(f"    remedy: {problem.remedy}")
        if not problems[policy.iri]:
            say("  No problem.", style="green")
    for overlap in found:
        say(f"overlap: {overlap.message}", style="yellow")
        say(f"  <{overlap.permission.value}> and <{overlap.prohibition.value}>")


def _say_decision(found: PolicyReport) -> None:
    allowed = found.decision.allowed
    say("Allowed." if allowed else "Denied.", style="bold green" if allowed else "bold red")
    for reason in found.decision.reasons:
        say(f"  {reason.message}")
        if reason.remedy:
            say(f"    {reason.remedy}")
    rows = [
        {
            "rule": rule.rule.iri.value,
            "kind": "permission" if isinstance(rule.rule, Permission) else "prohibition",
            "action": STATES[rule.action],
            "target": STATES[rule.target],
            "party": STATES[rule.party],
            "is": ACTIVATION[rule.active],
            "applies": STATES[rule.applies],
        }
        for rule in found.rules
    ]
    if rows:
        print_rows(rows, nothing="")
