"""How the terms of two policies differ, as sentences for people: those that are gone, and those that are new.

Rules are compared whole and without their names, so that nothing that counts can differ unseen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from virtuales.policy.odrl import (
    AnyConstraint,
    Collection,
    Constraint,
    Constraints,
    Duty,
    Permission,
    Policy,
    Prohibition,
    Rule,
    Thing,
)
from virtuales.policy.profile import short
from virtuales.policy.sentences import policy_sentences
from virtuales.rdf.terms import NamedNode

NameOf = Callable[[NamedNode], str]
_NAMELESS = NamedNode("urn:virtuales:nameless")


@dataclass(frozen=True)
class Difference:
    """How one policy differs from another.

    Args:
        gone: What the first says and the second does not.
        new: What the second says and the first does not.
    """

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether they differ."""
        return bool(self.gone or self.new)


def policy_difference(before: Policy, after: Policy, name_of: NameOf) -> Difference:
    """Tell how the terms of a policy differ from those of another one; who made it and what it is called is no term."""
    ours, theirs = _terms(before, name_of), _terms(after, name_of)
    gone = [said for key, sentences in ours.items() if key not in theirs for said in sentences]
    new = [said for key, sentences in theirs.items() if key not in ours for said in sentences]
    # What stands with a changed rule and did not change itself, such as its duties, is not said twice.
    other_gone, other_new = [one for one in gone if one not in new], [one for one in new if one not in gone]
    if other_gone or other_new:
        gone, new = other_gone, other_new
    return Difference(tuple(gone), tuple(new))


def _terms(policy: Policy, name_of: NameOf) -> dict[object, list[str]]:
    """Return what a policy says, a sentence each, by what it comes to without names."""
    found: dict[object, list[str]] = {}
    for rule in policy.rules:
        found[_bare(rule)] = policy_sentences(_alone(policy, rule), name_of)
    found["target", policy.target] = [f"The data is <{policy.target.value if policy.target else 'not named'}>."]
    found["conflict", policy.conflict] = [f"Where rules contradict each other: `{short(policy.conflict)}`."]
    for parent in policy.inherits:
        found["inherits", parent] = [f"The rules of <{parent.value}> hold too."]
    for name in policy.profiles:
        found["profile", name] = [f"Terms of the profile <{name.value}> are used."]
    return found


def _alone(policy: Policy, rule: Rule) -> Policy:
    bare = replace(policy, permissions=(), prohibitions=(), obligations=())
    if isinstance(rule, Permission):
        return replace(bare, permissions=(rule,))
    return replace(bare, prohibitions=(rule,)) if isinstance(rule, Prohibition) else replace(bare, obligations=(rule,))


def _bare(rule: Rule) -> Rule:
    plain = replace(
        rule,
        iri=_NAMELESS,
        constraints=_bare_all(rule.constraints),
        refinements=_bare_all(rule.refinements),
        target=_bare_thing(rule.target),
        assignee=_bare_thing(rule.assignee),
    )
    if isinstance(plain, Permission):
        return replace(plain, duties=_bare_duties(plain.duties))
    if isinstance(plain, Prohibition):
        return replace(plain, remedies=_bare_duties(plain.remedies))
    return replace(plain, consequences=_bare_duties(plain.consequences))


def _bare_duties(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    found = [duty for duty in map(_bare, duties) if isinstance(duty, Duty)]
    return tuple(sorted(found, key=repr))


def _bare_all(constraints: Constraints) -> Constraints:
    return tuple(sorted(map(_bare_one, constraints), key=repr))


def _bare_one(part: AnyConstraint) -> AnyConstraint:
    if isinstance(part, Constraint):
        return replace(part, iri=_NAMELESS, right=tuple(sorted(part.right, key=str)))
    return replace(part, iri=_NAMELESS, constraints=_bare_all(part.constraints))


def _bare_thing(thing: Thing) -> Thing:
    return replace(thing, refinements=_bare_all(thing.refinements)) if isinstance(thing, Collection) else thing
