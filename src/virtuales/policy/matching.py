"""Whether a rule speaks of what is asked: its party, its target, and how the action is refined."""

from virtuales.policy.constraints import Finding, Truth, all_of, judge_all
from virtuales.policy.odrl import Collection, Rule, Thing
from virtuales.policy.profile import Profile
from virtuales.policy.request import UseRequest
from virtuales.policy.world import World
from virtuales.rdf.terms import NamedNode


def match_party(thing: Thing, request: UseRequest, world: World, profile: Profile) -> Truth:
    """Tell whether who asks is the party, or belongs to it; of somebody unknown it cannot be judged."""
    if thing is None:
        return True
    if request.assignee is None:
        return None
    return _match(thing, world.around({request.assignee} | request.groups), request, world=world, profile=profile)


def match_target(thing: Thing, request: UseRequest, world: World, profile: Profile) -> Truth:
    """Tell whether what is asked for is the target, or belongs to it."""
    if thing is None:
        return True
    if request.target is None:
        return None
    return _match(thing, world.around({request.target}), request, world=world, profile=profile)


def judge_refinements(rule: Rule, request: UseRequest, world: World, profile: Profile) -> list[Finding]:
    """Judge how the action of a rule is refined."""
    return judge_all(rule.refinements, request, world, profile=profile)


def _match(
    thing: NamedNode | Collection, among: frozenset[NamedNode], request: UseRequest, *, world: World, profile: Profile
) -> Truth:
    if isinstance(thing, NamedNode):
        return thing in among
    if thing.iri not in among and (thing.source is None or thing.source not in among):
        return False
    return all_of(finding.met for finding in judge_all(thing.refinements, request, world, profile=profile))
