"""What a form for other terms sends, as negotiations and agreements take it."""

from dataclasses import dataclass

from virtuales.errors import InputError
from virtuales.policy.changing import TermChanges
from virtuales.policy.purposes import find_purpose
from virtuales.web.portal.dates import end_of_day

FIELDS = frozenset({"until", "uses", "purposes"})
"""The fields that a form for other terms has."""


@dataclass(frozen=True)
class Written:
    """What was filled into the form so far."""

    until: str = ""
    uses: str = ""
    purposes: tuple[str, ...] = ()
    reason: str = ""

    def to_changes(self) -> TermChanges:
        """Return what is to be otherwise; an empty field changes nothing.

        Raises:
            InputError: a field holds something else than it should.
        """
        uses = self.uses.strip()
        if uses and not uses.isdecimal():
            raise InputError("The number of uses is no whole number.", where="uses", remedy="Write it as 12.")
        return TermChanges(
            until=end_of_day(self.until),
            uses=int(uses) if uses else None,
            purposes=tuple(find_purpose(name) for name in self.purposes) or None,
        )


def faulty_field(error: InputError, *, reason: str) -> dict[str, str]:
    """Return beside which field an error stands, with its text.

    Args:
        error: What is wrong.
        reason: Name of the field for the reason.
    """
    about_reason = error.where in {"reason", "justification"}
    field = reason if about_reason else error.where if error.where in FIELDS - {"purposes"} else "until"
    return {"field": str(field), "text": f"{error.what} {error.remedy or ''}".strip()}
