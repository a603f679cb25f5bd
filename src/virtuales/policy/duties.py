"""The state of duties: whether they bind now, and whether they were fulfilled or violated (ODRL 2.2, section 2.6.3).

What an unfulfilled duty means for its permission is disputed, so both readings have a name: see `DutyMode`.
"""

from dataclasses import dataclass
from enum import Enum

from virtuales.policy.constraints import STATES, Finding, Truth, all_of, judge_all
from virtuales.policy.matching import judge_refinements, match_party, match_target
from virtuales.policy.odrl import Duty
from virtuales.policy.profile import Profile
from virtuales.policy.request import UseRequest
from virtuales.policy.world import Performed, World
from virtuales.rdf.terms import NamedNode


class DutyMode(Enum):
    """What an unfulfilled duty of a permission means.

    `BEFORE`: the permission is inactive until the duty is fulfilled, as the W3C's draft of formal semantics has it.
    `EVENTUALLY`: the permission stays active as long as the duty is not violated, as SolidLab's test suite has it.
    """

    BEFORE = "before"
    EVENTUALLY = "eventually"


class DutyState(Enum):
    """What became of a duty."""

    NOT_SET = "NotSet"
    FULFILLED = "Fulfilled"
    VIOLATED = "Violated"


@dataclass(frozen=True)
class DutyReport:
    """How one duty stands.

    Args:
        duty: The duty.
        active: Whether it binds: all its constraints are met; None when that cannot be judged.
        state: Whether it was fulfilled or violated.
        constraints: How its constraints came out.
        consequences: How the duties stand that its violation brought about.
    """

    duty: Duty
    active: Truth
    state: DutyState
    constraints: tuple[Finding, ...] = ()
    consequences: tuple["DutyReport", ...] = ()

    def holds_back(self, mode: DutyMode) -> bool:
        """Tell whether the duty keeps its permission from being active; one that may bind does."""
        if self.active is False:
            return False
        if mode is DutyMode.EVENTUALLY:
            return self.state is DutyState.VIOLATED
        return self.state is not DutyState.FULFILLED

    def to_json(self) -> dict[str, object]:
        """Write the report as JSON."""
        said: dict[str, object] = {
            "rule": self.duty.iri.value,
            "activationState": ACTIVATION[self.active],
            "deonticState": self.state.value,
        }
        if self.constraints:
            said["constraints"] = [finding.to_json() for finding in self.constraints]
        if self.consequences:
            said["consequences"] = [report.to_json() for report in self.consequences]
        return said


ACTIVATION: dict[Truth, str] = {True: "Active", False: "Inactive", None: STATES[None]}


def report_duty(duty: Duty, request: UseRequest, world: World, profile: Profile) -> DutyReport:
    """Tell how a duty stands at the time of a request."""
    findings = judge_all(duty.constraints, request, world, profile=profile)
    consequences = tuple(report_duty(inner, request, world, profile) for inner in duty.consequences)
    done = _is_done(duty, request, world, profile)
    state = DutyState.FULFILLED if done else DutyState.NOT_SET
    if duty.iri in world.violated and not (done and consequences and all_fulfilled(consequences)):
        state = DutyState.VIOLATED
    active = all_of(finding.met for finding in findings)
    return DutyReport(duty, active, state, tuple(findings), consequences)


def all_fulfilled(reports: tuple[DutyReport, ...]) -> bool:
    """Tell whether every duty is fulfilled, or surely does not bind."""
    return all(report.state is DutyState.FULFILLED or report.active is False for report in reports)


def was_infringed(prohibition: NamedNode, remedies: tuple[DutyReport, ...], world: World) -> bool:
    """Tell whether a prohibition was violated and not every remedy, of at least one, has been done since."""
    return prohibition in world.violated and not (remedies and all_fulfilled(remedies))


def _is_done(duty: Duty, request: UseRequest, world: World, profile: Profile) -> bool:
    if duty.iri in request.fulfilled or duty.iri in world.fulfilled:
        return True
    return any(_fulfils(deed, duty, request, world=world, profile=profile) for deed in world.performed)


def _fulfils(performed: Performed, duty: Duty, request: UseRequest, *, world: World, profile: Profile) -> bool:
    """Tell whether a deed fulfils a duty: done before, for this duty or for none, and as the duty has it."""
    deed = performed.deed
    if performed.duty not in (None, duty.iri) or deed.time > request.time:
        return False
    refinements = judge_refinements(duty, deed, world, profile)
    return (
        profile.encompasses(duty.action, deed.action)
        and match_target(duty.target, deed, world, profile) is True
        and match_party(duty.assignee, deed, world, profile) is True
        and all(finding.met for finding in refinements)
    )
