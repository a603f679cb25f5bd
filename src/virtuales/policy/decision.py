"""A yes or no that matters, with its reasons."""

from collections.abc import Iterable
from dataclasses import dataclass

from virtuales.errors import AccessDenied


@dataclass(frozen=True)
class Reason:
    """One reason for a decision.

    Args:
        code: A short stable name that programs can compare, such as `constraint-not-met`.
        message: One sentence for people.
        rule: IRI of the rule that spoke, where one did.
        constraint: IRI of the constraint that spoke, where one did.
        value: The value that was judged, as text.
        remedy: What would change the decision.
    """

    code: str
    message: str
    rule: str | None = None
    constraint: str | None = None
    value: str | None = None
    remedy: str | None = None

    def to_json(self) -> dict[str, str]:
        """Write the reason as JSON, without what is not known."""
        fields = {
            "code": self.code,
            "message": self.message,
            "rule": self.rule,
            "constraint": self.constraint,
            "value": self.value,
            "remedy": self.remedy,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def __str__(self) -> str:
        """Return the sentence, and what would change the decision."""
        return f"{self.message} {self.remedy}" if self.remedy else self.message


@dataclass(frozen=True)
class Decision:
    """A yes or no, with at least one reason.

    Args:
        allowed: The verdict.
        reasons: Why; never empty.

    Raises:
        ValueError: no reason is given, which is a bug of the caller.
    """

    allowed: bool
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        """Refuse a verdict that nobody could explain."""
        if not self.reasons:
            raise ValueError("a decision without a reason is a bug")

    @classmethod
    def allow(cls, code: str, message: str) -> "Decision":
        """Make a yes with one reason."""
        return cls(allowed=True, reasons=(Reason(code, message),))

    @classmethod
    def deny(cls, code: str, message: str, *, value: str | None = None, remedy: str | None = None) -> "Decision":
        """Make a no with one reason."""
        return cls(allowed=False, reasons=(Reason(code, message, value=value, remedy=remedy),))

    @classmethod
    def all_of(cls, decisions: Iterable["Decision"]) -> "Decision":
        """Join decisions: yes when every one is yes; a no keeps only the reasons of the noes.

        >>> yes, no = Decision.allow("a", "A."), Decision.deny("b", "B.")
        >>> [reason.code for reason in Decision.all_of([yes, no]).reasons]
        ['b']
        """
        parts = list(decisions)
        noes = [part for part in parts if not part.allowed]
        return cls(allowed=not noes, reasons=tuple(reason for part in noes or parts for reason in part.reasons))

    def require(self, what: str, *, where: str | None = None) -> None:
        """Do nothing when allowed; otherwise refuse.

        Args:
            what: The refusal in one sentence.
            where: The thing that was asked for.

        Raises:
            AccessDenied: the decision is no; carries the reasons.
        """
        if not self.allowed:
            remedy = next((reason.remedy for reason in self.reasons if reason.remedy), None)
            raise AccessDenied(what, reasons=[reason.message for reason in self.reasons], where=where, remedy=remedy)

    def to_json(self) -> dict[str, object]:
        """Write the decision as JSON."""
        return {"allowed": self.allowed, "reasons": [reason.to_json() for reason in self.reasons]}
