"""What an evaluation finds: for every rule, constraint and duty of a policy how it came out, and the decision.

The words for the states are those of the W3C's draft, https://w3c.github.io/odrl/formal-semantics/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from virtuales.policy.constraints import STATES, Finding, Truth, all_of
from virtuales.policy.decision import Decision
from virtuales.policy.duties import ACTIVATION, DutyMode, DutyReport
from virtuales.policy.odrl import Duty, Permission, Rule
from virtuales.rdf.terms import NamedNode

_CONTROL: Mapping[Truth, str] = MappingProxyType({True: "Permit", False: "Deny", None: "Deny"})
_BARS: Mapping[Truth, str] = MappingProxyType({True: "Prohibit", False: "NotProhibited", None: "Prohibit"})


@dataclass(frozen=True)
class RuleReport:
    """How one permission or prohibition came out.

    Args:
        rule: The rule.
        target: Whether it is about what is asked for.
        party: Whether it is about who asks.
        action: Whether it is about what is to be done.
        refinements: How the refinements of its action came out.
        constraints: How its constraints came out.
        duties: How the duties of a permission, or the remedies of a prohibition, stand.
        mode: What an unfulfilled duty means.
    """

    rule: Rule
    target: Truth
    party: Truth
    action: bool
    refinements: tuple[Finding, ...]
    constraints: tuple[Finding, ...]
    duties: tuple[DutyReport, ...]
    mode: DutyMode

    @property
    def active(self) -> Truth:
        """Whether the rule is in effect: its constraints are met, and no duty holds a permission back."""
        held_back = isinstance(self.rule, Permission) and any(duty.holds_back(self.mode) for duty in self.duties)
        return False if held_back else all_of(finding.met for finding in self.constraints)

    @property
    def speaks(self) -> Truth:
        """Whether the rule is about this request: its action, with its refinements, its target and its party."""
        return all_of((self.action, self.target, self.party, *(finding.met for finding in self.refinements)))

    @property
    def applies(self) -> Truth:
        """Whether the rule is in effect and about this request."""
        return all_of((self.active, self.speaks))

    def to_json(self) -> dict[str, object]:
        """Write the report as JSON."""
        permission = isinstance(self.rule, Permission)
        said: dict[str, object] = {
            "rule": self.rule.iri.value,
            "kind": "Permission" if permission else "Prohibition",
            "activationState": ACTIVATION[self.active],
            "controlState": (_CONTROL if permission else _BARS)[self.applies],
            "actionState": STATES[self.action],
            "targetState": STATES[self.target],
            "partyState": STATES[self.party],
        }
        for name, findings in (("refinements", self.refinements), ("constraints", self.constraints)):
            if findings:
                said[name] = [finding.to_json() for finding in findings]
        if self.duties:
            said["duties" if permission else "remedies"] = [duty.to_json() for duty in self.duties]
        return said


@dataclass(frozen=True)
class PolicyReport:
    """How a whole policy came out.

    Args:
        policy: The policy's IRI.
        decision: Yes or no, with its reasons.
        rules: Every permission and prohibition.
        obligations: Every obligation.
    """

    policy: NamedNode
    decision: Decision
    rules: tuple[RuleReport, ...] = ()
    obligations: tuple[DutyReport, ...] = ()

    def duty(self, duty: Duty) -> DutyReport:
        """Return how a duty of one of the rules, or an obligation, stands.

        Raises:
            KeyError: the policy has no such duty.
        """
        everywhere = (*self.obligations, *(found for rule in self.rules for found in rule.duties))
        return {report.duty.iri: report for report in everywhere}[duty.iri]

    def to_json(self) -> dict[str, object]:
        """Write the report as JSON."""
        said: dict[str, object] = {"policy": self.policy.value, **self.decision.to_json()}
        said["rules"] = [rule.to_json() for rule in self.rules]
        if self.obligations:
            said["obligations"] = [duty.to_json() for duty in self.obligations]
        return said
