"""Why mappings lead to a conclusion, in words."""

from collections import abc

from virtuales.alignment.coherence.clauses import ANYTHING, LITERAL, Clauses
from virtuales.alignment.coherence.graph import Reason
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import BROAD_MATCH, NARROW_MATCH, SUB_CLASS_OF, SUB_PROPERTY_OF
from virtuales.models.expressions import Value
from virtuales.models.facts import local_name

_SAID: abc.Mapping[str, str] = {
    BROAD_MATCH: "is part of",
    SUB_CLASS_OF: "is part of",
    SUB_PROPERTY_OF: "is part of",
    NARROW_MATCH: "contains",
}


def claim(mapping: Mapping) -> str:
    """Say what a mapping says.

    >>> from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
    >>> claim(Mapping("http://a.example#Paper", EXACT_MATCH, "http://b.example#Article", MANUAL_CURATION))
    '`Paper` means the same as `Article`'
    """
    said = _SAID.get(mapping.predicate_id, "means the same as")
    return f"`{local_name(mapping.subject_id)}` {said} `{local_name(mapping.object_id)}`"


def why_impossible(term: str, reason: Reason, clauses: Clauses) -> str:
    """Say what contradicts what where nothing can be of a class, or be related by a property."""
    who = _who(term, reason.path, clauses, of_property=term in clauses.roles)
    if reason.role is not None:
        named = local_name(clauses.properties[reason.role // 2])
        return f"{who} would have more, or other, values of `{named}` than are allowed."
    named_atoms = [each for each in (_atom(atom, clauses) for atom in reason.atoms) if each]
    if len(named_atoms) == 2:  # noqa: PLR2004  # a pair that excludes each other
        return f"{who} would be {named_atoms[0]} and {named_atoms[1]}, which exclude each other."
    if named_atoms:
        return f"{who} would be {named_atoms[0]}, against what else is said of it."
    return f"{who} would have to be and not be the same."


def why_narrower(narrower: str, broader: str) -> str:
    """Say what would follow where a class is newly below another of its own model."""
    return f"Every `{local_name(narrower)}` would be a `{local_name(broader)}`, which its own model does not say."


def _who(term: str, path: abc.Sequence[int], clauses: Clauses, *, of_property: bool) -> str:
    steps = list(path)
    if of_property:
        subject = f"What has `{local_name(term)}`" if not steps else f"A value of `{local_name(term)}`"
        steps = steps[1:]
    else:
        subject = f"Every `{local_name(term)}`"
    for role in steps:
        named = local_name(clauses.properties[role // 2])
        before = subject[0].lower() + subject[1:]
        subject = f"What has {before} as its `{named}`" if role & 1 else f"A `{named}` of {before}"
    return subject


def _atom(atom: int, clauses: Clauses) -> str:
    if atom == ANYTHING:
        return "a thing"
    if atom == LITERAL:
        return "a literal"
    name = clauses.names[atom] if atom < len(clauses.names) else None
    if isinstance(name, Value):
        return f"`{local_name(name.text)}`"
    return f"a `{local_name(str(name))}`" if name is not None else ""
