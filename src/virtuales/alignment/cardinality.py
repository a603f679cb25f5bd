"""How many subjects and objects a mapping relates: computed over a set or a part of it.

See SSSOM 1.1, "Mapping cardinality and cardinality scope" and "Representing unmapped entities".
"""

from collections import abc, defaultdict

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.slots import NAMES_OF_MAPPING
from virtuales.alignment.terms import NO_TERM_FOUND
from virtuales.errors import UnknownTerm


def cardinalities(mappings: abc.Sequence[Mapping], scope: abc.Iterable[str] = ()) -> list[str]:
    """Return the cardinality of each mapping, in their order.

    Args:
        mappings: The mappings that are counted together. Negated ones are counted like the others, as the
            specification makes no difference; leave them out beforehand if you do.
        scope: The slots in which mappings must agree to be counted together; none counts all together.

    Raises:
        UnknownTerm: the scope names a slot that mappings do not have.

    >>> from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION
    >>> pairs = [("a:1", "b:1"), ("a:2", "b:2"), ("a:2", "b:3")]
    >>> cardinalities([Mapping(s, EXACT_MATCH, o, MANUAL_CURATION) for s, o in pairs])
    ['1:1', '1:n', '1:n']
    """
    names = tuple(scope)
    for name in names:
        if name not in NAMES_OF_MAPPING:
            raise UnknownTerm(f"`{name}` is no slot of a mapping.", where="cardinality_scope")
    objects: dict[object, set[str]] = defaultdict(set)
    subjects: dict[object, set[str]] = defaultdict(set)
    keys: list[tuple[object, object] | str] = []
    for mapping in mappings:
        special = _without_counterpart(mapping)
        if special:
            keys.append(special)
            continue
        group = tuple(getattr(mapping, name) for name in names)
        subject, target = mapping.subject_key, mapping.object_key
        of_subject, of_object = (group, subject), (group, target)
        objects[of_subject].add(target)
        subjects[of_object].add(subject)
        keys.append((of_subject, of_object))
    return [key if isinstance(key, str) else _ratio(subjects[key[1]], objects[key[0]]) for key in keys]


def _without_counterpart(mapping: Mapping) -> str:
    no_subject, no_object = mapping.subject_id == NO_TERM_FOUND, mapping.object_id == NO_TERM_FOUND
    return f"{int(not no_subject)}:{int(not no_object)}" if no_subject or no_object else ""


def _ratio(subjects: set[str], objects: set[str]) -> str:
    return f"{'n' if len(subjects) > 1 else '1'}:{'n' if len(objects) > 1 else '1'}"
