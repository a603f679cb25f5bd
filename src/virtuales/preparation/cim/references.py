"""References between the models of a package: every object that is referred to must be described somewhere.

Identifiers are compared by the 64-bit hashes that reading keeps. A missing object is found unless its hash is that of a
described one: among ten million objects the odds are below one in a million million. Only when something is missing are
the documents read a second time, to say where.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from virtuales.errors import DanglingReference, InputError
from virtuales.preparation.cim.header import RDF_ABOUT, RDF_RESOURCE
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.package import Package, PackagedModel
from virtuales.preparation.cim.positions import OBJECT_DEPTH, Element, elements, place
from virtuales.preparation.cim.profiles import augments
from virtuales.preparation.cim.reader import Hashes, ModelReading
from virtuales.rdf.namespaces import MD

_SHOWN = 5


@dataclass(frozen=True)
class Unresolved:
    """Objects that a model refers to and that stand in a model which is not part of the package.

    Args:
        name: The file's name.
        model: The IRI of the model that refers.
        number: How many objects it misses.
        depends_on: IRIs of the absent models that it depends on, by its header or through other models; sorted.
    """

    name: str
    model: str
    number: int
    depends_on: tuple[str, ...]


@dataclass(frozen=True)
class ReferenceReport:
    """What checking the references of a package gave.

    Args:
        objects: The number of different objects described in the package.
        unresolved: What only models outside the package can describe; empty when it is complete.
    """

    objects: int
    unresolved: tuple[Unresolved, ...]


def check_references(package: Package) -> ReferenceReport:
    """Check that every object referred to is described in the package, or may be in a model the header depends on.

    Raises:
        DanglingReference: an object is described nowhere, and the model that refers to it depends on no absent model.
    """
    described = np.unique(np.concatenate([describes(model.reading) for model in package.models]))
    headers = {model.reading.header.iri: model.reading for model in package.models if model.reading.header is not None}
    unresolved: list[Unresolved] = []
    dangling: list[tuple[PackagedModel, Hashes]] = []
    for model in package.models:
        missing = np.setdiff1d(refers_to(model.reading), described, assume_unique=True)
        absent = _absent(model.reading, headers)
        if missing.size and absent and model.reading.header is not None:
            unresolved.append(Unresolved(model.member.name, model.reading.header.iri, missing.size, absent))
        elif missing.size:
            dangling.append((model, missing))
    if dangling:
        raise _refusal(dangling)
    return ReferenceReport(objects=described.size, unresolved=tuple(unresolved))


def describes(reading: ModelReading) -> Hashes:
    """Return what a model introduces: by `rdf:ID`, or by `rdf:about` where the profile augments no other."""
    return reading.introduced if augments(reading.short_profiles) else np.union1d(reading.introduced, reading.described)


def refers_to(reading: ModelReading) -> Hashes:
    """Return what a model refers to: by `rdf:resource`, and by `rdf:about` where its profile says more of others."""
    return np.union1d(reading.referenced, reading.described) if augments(reading.short_profiles) else reading.referenced


def _absent(reading: ModelReading, headers: Mapping[str, ModelReading]) -> tuple[str, ...]:
    """Return the models outside the package that a model depends on, directly or through models of the package."""
    seen: set[str] = set()
    waiting = list(reading.header.dependent_on) if reading.header else []
    while waiting:
        iri = waiting.pop()
        if iri in seen:
            continue
        seen.add(iri)
        present = headers.get(iri)
        if present is not None and present.header is not None:
            waiting.extend(present.header.dependent_on)
    return tuple(sorted(seen - headers.keys()))


def _refusal(dangling: Sequence[tuple[PackagedModel, Hashes]]) -> DanglingReference:
    number = sum(missing.size for _, missing in dangling)
    found = (case for model, missing in dangling for case in places_of_references(model, missing))
    cases = list(islice(found, _SHOWN))
    listed = "; ".join(f"`{target}` at {where}" for where, target in cases)
    more = "; and more" if number > len(cases) else ""
    return DanglingReference(
        f"Objects are referred to ({number} of them) and described in no model of the package: {listed}{more}.",
        where=cases[0][0] if cases else dangling[0][0].member.name,
        remedy="Correct the references, add the model that describes the objects, or name that model in the header "
        "as `md:Model.DependentOn`.",
    )


def places_of_references(model: PackagedModel, targets: Hashes) -> Iterator[tuple[str, str]]:
    """Give the places of a model's references to some objects, each object once, with the target as written.

    Args:
        model: The model, read a second time.
        targets: Hashes of the objects' IRIs.
    """
    waiting = set(targets.tolist())
    identifiers = model.reading.identifiers
    adds = augments(model.reading.short_profiles)
    with model.member.open() as source:
        for element in elements(source):
            target = _target(element, adds=adds)
            if target is None:
                continue
            known = _known(identifiers, target)
            if known in waiting:
                waiting.discard(known)
                yield place(model.member.name, element.line, element.name), target


def _known(identifiers: Identifiers, target: str) -> int | None:
    """Return the hash by which an object is remembered; None for a name that lenient reading left out."""
    try:
        return hash(identifiers.of_reference(target))
    except InputError:
        return None


def _target(element: Element, *, adds: bool) -> str | None:
    if MD.iri in element.name:
        return None
    if element.depth == OBJECT_DEPTH:
        return element.attributes.get(RDF_ABOUT) if adds else None
    return element.attributes.get(RDF_RESOURCE)
