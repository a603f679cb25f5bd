"""What a view shows, in words for those who agree to it."""

from collections.abc import Iterable, Iterator

from virtuales.policy.profile import short
from virtuales.policy.views.view import Noise, View
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, plain

_SIGNS = {
    ODRL.eq: "is",
    ODRL.isAnyOf: "is one of",
    ODRL.neq: "is not",
    ODRL.lt: "is less than",
    ODRL.lteq: "is at most",
    ODRL.gt: "is more than",
    ODRL.gteq: "is at least",
}


def view_words(view: View) -> str:
    """Say what a view shows, in one line."""
    return "only " + "; ".join((*_chosen(view), *_changed(view)))


def _chosen(view: View) -> Iterator[str]:
    if view.construct is not None:
        yield f"what this query makes: {' '.join(view.construct.split())}"
    if view.classes:
        yield f"objects of {_names(view.classes)}"
    if view.objects:
        yield f"these objects: {', '.join(one.value for one in view.objects)}"
    if view.area:
        edges = (view.area.west, view.area.south, view.area.east, view.area.north)
        yield "objects between the degrees west {}, south {}, east {} and north {}".format(*edges)
    for condition in view.conditions:
        wanted = ", ".join(map(plain, condition.values))
        yield f"objects whose {short(condition.property)} {_SIGNS[condition.operator]} {wanted}"
    if view.properties:
        yield f"the properties {_names(view.properties)}"


def _changed(view: View) -> Iterator[str]:
    for left_out in view.suppressions:
        yield f"nothing of {_names(left_out.properties)}"
    for coarse in view.generalisations:
        characters = coarse.precision.isdecimal()
        what = f"the first {coarse.precision} characters" if characters else f"the {coarse.precision}"
        yield f"{what} of {_names(coarse.properties)}"
    for rounded in view.roundings:
        yield f"{_names(rounded.properties)} to the nearest {rounded.step:f}"
    if view.pseudonyms:
        named = [*(["objects"] if view.pseudonyms.objects else []), *map(short, view.pseudonyms.properties)]
        yield f"pseudonyms of {', '.join(named)}"
    if view.aggregation:
        grouped = view.aggregation
        yield f"groups of at least {grouped.least} objects by {_names(grouped.by)}"
        for kind, properties in (("sums", grouped.sums), ("means", grouped.means)):
            if properties:
                yield f"{kind} of {_names(properties)}"
        if grouped.noise:
            yield from _noise(grouped.noise)


def _noise(noise: Noise) -> Iterator[str]:
    yield f"noise on all numbers (privacy loss {noise.epsilon:f}, delta {noise.delta:f}, budget {noise.budget:f})"
    for one in noise.bounds:
        yield f"values of {short(one.about)} held between {one.lower:f} and {one.upper:f}"


def _names(terms: Iterable[NamedNode]) -> str:
    return ", ".join(map(short, terms))
