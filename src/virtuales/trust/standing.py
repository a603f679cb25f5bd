"""What an organisation stands for at an instant: the certifications, groups and industries that are in force then.

What has expired or was taken back is gone without anybody's doing: it is looked up with the instant of each decision.
"""

from dataclasses import dataclass
from datetime import datetime

from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.standing_concepts import StandingKind, kind_of, with_broader


@dataclass(frozen=True)
class Standing:
    """What is attested of an organisation, with the broader concepts that follow.

    Args:
        certifications: Kinds of certifications.
        groups: Groups; `ves:ApprovedParticipants` is among those of every approved organisation.
        industries: Industries.
    """

    certifications: frozenset[NamedNode] = frozenset()
    groups: frozenset[NamedNode] = frozenset()
    industries: frozenset[NamedNode] = frozenset()


NO_STANDING = Standing()
"""The standing of whoever is not approved, and of strangers."""


def standing_of(participant: Participant | None, at: datetime) -> Standing:
    """Return what an organisation stands for at an instant.

    Args:
        participant: The organisation as the registry has it now; None for a stranger.
        at: The instant, with a time zone.

    Returns:
        Nothing for whoever is not approved now.
    """
    if participant is None or not participant.is_approved:
        return NO_STANDING
    held = with_broader(one.concept for one in participant.attestations if one.holds(at))
    by_kind = {kind: frozenset(one for one in held if kind_of(one) is kind) for kind in StandingKind}
    return Standing(
        certifications=by_kind[StandingKind.CERTIFICATION],
        groups=by_kind[StandingKind.GROUP] | {VES.ApprovedParticipants},
        industries=by_kind[StandingKind.INDUSTRY],
    )
