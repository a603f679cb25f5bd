"""Everything that can go wrong, as one tree of classes with fields.

    VirtualesError
    ├── InputError                what somebody handed us cannot be used
    │   ├── UnreadableInput       bytes that are not what they claim to be (XML, zip, RDF, JSON)
    │   ├── UnknownTerm           a class, property, profile, licence or policy term nobody registered
    │   ├── DanglingReference     a statement that points at an object no model in reach describes
    │   ├── TooLarge              more bytes, rows or objects than the limit allows
    │   ├── LimitExceeded         a query that needs more time, memory or room than a node gives
    │   ├── UnsupportedForm       something sent in a form that is not taken
    │   └── NotAcceptable         an answer in a form that is not given
    ├── NonConforming             data that violates the registered shapes; carries the report
    ├── NotFound                  no such thing, or none that the asker may know of
    ├── Unauthenticated           no credential, or one that does not verify
    │   └── ProofRefused          a proof that the asker holds a token's key, and is none
    ├── AccessDenied              a known party that may not do this; carries the reasons
    │   └── SourcesRefused        sources of an answer that may not be used; carries them
    ├── Busy                      more at a time than one asker may have
    ├── Conflict                  the thing is no longer in a state that allows this
    │   ├── PreconditionFailed    the thing is not in the state that the asker expects
    │   └── UnfitChange           a change that does not fit what it changes; carries the reasons
    ├── IntegrityFailure          a hash, link or signature that does not match
    ├── StoreFailure              a store that did not do what it was asked
    ├── PeerFailure               another node that did not answer, or answered with an error
    │   └── SourcesMissing        sources of an answer that gave nothing, or not all; carries them
    └── ConfigurationError        settings that cannot work

Each says *what* is wrong, *where* (file, line, element, term, field) and what would be right (*remedy*).
HTTP status codes are no business of this module: see `virtuales.web.problems`.
"""

from collections.abc import Mapping, Sequence


class VirtualesError(Exception):
    """The root of all errors raised on purpose.

    Args:
        what: One sentence that says what is wrong.
        where: The place: file and line, element, term or field; None when there is no place to name.
        remedy: One sentence that says what would be right; None when nothing can be suggested.
    """

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """Return the one-line form that a terminal shows."""
        place = f" ({self.where})" if self.where else ""
        cure = f" {self.remedy}" if self.remedy else ""
        return f"{self.what}{place}{cure}"


class InputError(VirtualesError):
    """What somebody handed us cannot be used."""


class UnreadableInput(InputError):
    """Bytes that are not what they claim to be."""


class UnknownTerm(InputError):
    """A class, property, profile, licence or policy term that nobody registered."""


class DanglingReference(InputError):
    """A statement that points at an object no model in reach describes."""


class TooLarge(InputError):
    """More bytes, rows or objects than the limit allows."""


class LimitExceeded(InputError):
    """A query that needs more time, memory or room than a node gives, or that nobody waits for any longer."""


class UnsupportedForm(InputError):
    """Something was sent in a form that is not taken."""


class NotAcceptable(InputError):
    """An answer was asked for in a form that is not given.

    Args:
        what: One sentence that says so.
        where: The header that asks for other forms.
        remedy: What to accept.
        offered: The media types in which the answer is given.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        remedy: str | None = None,
        offered: Sequence[str] = (),
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.offered = tuple(offered)


class NonConforming(VirtualesError):
    """Data that violates the registered shapes.

    Args:
        what: One sentence with the number of violations.
        report: The validation report as plain JSON-like data.
        where: The dataset or file that was judged.
        remedy: What would be right.
    """

    def __init__(
        self,
        what: str,
        *,
        report: Mapping[str, object],
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.report = report


class NotFound(VirtualesError):
    """No such thing, or none that the asker may know of."""


class Unauthenticated(VirtualesError):
    """No credential, or one that does not verify."""


class ProofRefused(Unauthenticated):
    """A proof that the asker holds the key of its token is missing, or does not verify."""


class AccessDenied(VirtualesError):
    """A known party that may not do this.

    Args:
        what: One sentence that says what was refused.
        reasons: Why, one sentence a reason; never empty.
        where: The thing that was asked for.
        remedy: What the party can do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        reasons: Sequence[str],
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        if not reasons:
            raise ValueError("a refusal without a reason is a bug")
        super().__init__(what, where=where, remedy=remedy)
        self.reasons = tuple(reasons)


class SourcesRefused(AccessDenied):
    """Sources that an answer has to rest on, and that the asker may not use.

    Args:
        what: One sentence that says so.
        reasons: Why, one sentence for each source; never empty.
        sources: What became of every source, as plain JSON-like data.
        where: What was asked.
        remedy: What the asker can do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        reasons: Sequence[str],
        sources: Sequence[Mapping[str, object]] = (),
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(what, reasons=reasons, where=where, remedy=remedy)
        self.sources = tuple(sources)


class Busy(VirtualesError):
    """An asker, or all askers together, want more at a time than the node gives."""


class Conflict(VirtualesError):
    """The thing is no longer in a state that allows this."""


class PreconditionFailed(Conflict):
    """The thing is not in the state that the asker expects."""


class UnfitChange(Conflict):
    """A change that does not fit what it changes.

    Args:
        what: One sentence with the number of conflicts.
        reasons: The conflicts, or the first of them; never empty.
        where: What was to be changed.
        remedy: What would fit.
    """

    def __init__(
        self,
        what: str,
        *,
        reasons: Sequence[str],
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        if not reasons:
            raise ValueError("a refusal without a reason is a bug")
        super().__init__(what, where=where, remedy=remedy)
        self.reasons = tuple(reasons)


class IntegrityFailure(VirtualesError):
    """A hash, link or signature that does not match."""


class StoreFailure(VirtualesError):
    """A store that did not do what it was asked."""


class PeerFailure(VirtualesError):
    """Another node that did not answer, or answered with an error."""


class SourcesMissing(PeerFailure):
    """Sources that an answer has to rest on, and that gave nothing, or not all.

    Args:
        what: One sentence that names them.
        sources: What became of every source, as plain JSON-like data.
        where: What was asked.
        remedy: What the asker can do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        sources: Sequence[Mapping[str, object]] = (),
        where: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.sources = tuple(sources)


class ConfigurationError(VirtualesError):
    """Settings that cannot work."""
