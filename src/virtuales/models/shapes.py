"""SHACL shapes from a model's facts: for each profile a file that judges one model's graph, in SHACL Core, uninferred.

A profile's file has a node shape for every class that objects may have in it, with the property shapes of the class and
of those above it; property shapes are shared by IRI. Beside the profiles' files stands one, `terms`, that every profile
uses: it warns of classes the model does not have. See https://www.w3.org/TR/shacl/.

Data is judged as its producer sent it, one graph a model, so an object that another model describes has no class here.
The class of a referenced object is therefore asked of along the path *property, then `rdf:type`*: where the graph says
nothing of the object, there is nothing to refuse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtuales.models.facts import ClassFact, Model, Multiplicity, ProfileFact, PropertyFact
from virtuales.models.manifest import MANIFEST, ListedFile, read_manifest, update_manifest
from virtuales.models.ontology_file import model_iri
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF, SH, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode
from virtuales.rdf.turtle import Collection, TurtleDocument

SHAPES = "https://w3id.org/virtuales/shapes/"
"""Where the IRIs of shapes graphs live."""
TERMS = "terms"
"""The name of the file that all profiles of a model share."""

_IDENTIFIERS = frozenset({"IdentifiedObject.mRID"})
"""Attributes that repeat what the object's IRI says: one that is left out earns a warning (decision 0003)."""

_FULL_MODEL = "http://iec.ch/TC57/61970-552/ModelDescription/1#FullModel"
"""The class of a CIM header, which may stand in any CIM model's graph."""

_COMMENT = """Shapes of {title}, {profile}.
Written by `virtuales models import`; do not edit by hand. Source and licence are in manifest.ttl."""


@dataclass(frozen=True)
class ShapesFile:
    """The shapes of one profile.

    Args:
        keyword: The profile's short name, or `terms`.
        text: The shapes as Turtle.
        versions: The profile IRIs that the shapes are for.
    """

    keyword: str
    text: str
    versions: tuple[str, ...]


def shapes_of(model: Model) -> Iterator[ShapesFile]:
    """Give the shapes of every profile that a model header can name, and those that all profiles share."""
    named = [profile for profile in model.profiles.values() if profile.versions]
    for profile in named:
        yield ShapesFile(profile.keyword, _ProfileShapes(model, profile).text(), profile.versions)
    if named:
        versions = tuple(sorted(version for profile in named for version in profile.versions))
        yield ShapesFile(TERMS, _term_shapes(model), versions)


def store_shapes(model: Model, folder: Path) -> list[Path]:
    """Write a model's shapes into a folder of shapes and list them in its manifest.

    Shapes that an earlier import made for the model are removed; files that people put beside them stay.

    Returns:
        The files.

    Raises:
        InputError: the model has no source or no licence; nothing is written.
    """
    place = folder / model.name
    made = [(shapes, _entry(model, shapes, place / f"{shapes.keyword}.ttl")) for shapes in shapes_of(model)]
    place.mkdir(parents=True, exist_ok=True)
    standing = read_manifest(folder, VES.ShapesGraph) if (folder / MANIFEST).is_file() else []
    for old in standing:
        if old.iri.value.startswith(f"{SHAPES}{model.name}/"):
            old.path.unlink()
    for shapes, entry in made:
        entry.path.write_text(shapes.text, encoding="utf-8")
    entries = [entry for _, entry in made]
    update_manifest(folder, entries, replacing=f"{SHAPES}{model.name}/")
    return [entry.path for entry in entries]


def _entry(model: Model, shapes: ShapesFile, path: Path) -> ListedFile:
    return ListedFile(
        iri=NamedNode(f"{SHAPES}{model.name}/{shapes.keyword}"),
        kind=VES.ShapesGraph,
        identifier=f"{model.name}/{shapes.keyword}",
        path=path,
        source=model.source,
        licence=model.licence,
        title=f"Shapes of {model.title}, {shapes.keyword}",
        version=model.version,
        conforms_to=frozenset(shapes.versions),
        further={DCTERMS.isPartOf: model_iri(model.name), VES.status: VES.Approved},
    )


class _ProfileShapes:
    """Gathers the shapes of one profile into one document."""

    def __init__(self, model: Model, profile: ProfileFact) -> None:
        self._model = model
        self._profile = profile
        self._document = _document(model, f"{model.name}/{profile.keyword}")
        self._base = f"{SHAPES}{model.name}/{profile.keyword}#"
        self._by_domain: dict[str, list[PropertyFact]] = {}
        for fact in model.properties.values():
            for domain in fact.domains:
                self._by_domain.setdefault(domain, []).append(fact)
        self._said: set[str] = set()

    def text(self) -> str:
        for fact in self._model.classes.values():
            self._say_class(fact)
        return self._document.text(_COMMENT.format(title=self._model.title, profile=self._profile.keyword))

    def _say_class(self, fact: ClassFact) -> None:
        own, extended = {self._profile.keyword}, set(self._profile.extends)
        if fact.concrete & own:
            keywords = [self._profile.keyword, *self._profile.extends]
        elif fact.concrete & extended:
            keywords = [self._profile.keyword]
        else:
            return
        properties = dict(self._properties(fact.iri, keywords))
        if not properties:
            return
        subject = self._shape(fact.iri)
        self._document.add(subject, RDF.type, SH.NodeShape)
        self._document.add(subject, SH.targetClass, NamedNode(fact.iri))
        for property_fact, multiplicity in properties.values():
            self._document.add_all(subject, SH.property, self._say_property(property_fact, multiplicity))

    def _properties(self, iri: str, keywords: list[str]) -> Iterator[tuple[str, tuple[PropertyFact, Multiplicity]]]:
        """Give what the class has and inherits in the profiles; an association only at the end that data states."""
        for keyword in reversed(keywords):
            for each in self._model.ancestors(iri, keyword):
                for fact in self._by_domain.get(each, ()):
                    if keyword in fact.multiplicities and fact.used is not False:
                        yield fact.iri, (fact, fact.multiplicities[keyword])

    def _say_property(self, fact: PropertyFact, multiplicity: Multiplicity) -> list[NamedNode]:
        """State the property's shapes the first time, and return them."""
        values = self._shape(fact.iri)
        classes = self._shape(fact.iri, "-class")
        minimum = self._shape(fact.iri, "-minimum")
        allowed = self._allowed_classes(fact)
        missing = multiplicity.minimum > 0 and _local(fact.iri) in _IDENTIFIERS
        if fact.iri not in self._said:
            self._said.add(fact.iri)
            self._say_values(values, fact, multiplicity)
            if allowed:
                self._say_range(classes, fact, allowed)
            if missing:
                self._say_identifier(minimum, fact)
        return [values, *([classes] if allowed else []), *([minimum] if missing else [])]

    def _say_values(self, shape: NamedNode, fact: PropertyFact, multiplicity: Multiplicity) -> None:
        add = self._document.add
        add(shape, RDF.type, SH.PropertyShape)
        add(shape, SH.path, NamedNode(fact.iri))
        add(shape, SH.name, Literal(_local(fact.iri)))
        add(shape, SH.severity, SH.Violation)
        if multiplicity.minimum and _local(fact.iri) not in _IDENTIFIERS:
            add(shape, SH.minCount, Literal(multiplicity.minimum))
        add(shape, SH.maxCount, None if multiplicity.maximum is None else Literal(multiplicity.maximum))
        members = self._members(fact)
        if fact.datatype:
            add(shape, SH.datatype, NamedNode(fact.datatype))
        elif members:
            add(shape, SH["in"], Collection(tuple(map(NamedNode, members))))
        elif any(self._kind(each) == "compound" for each in fact.ranges):
            add(shape, SH.nodeKind, SH.BlankNodeOrIRI)
        elif fact.ranges:
            add(shape, SH.nodeKind, SH.IRI)
        add(shape, SH.message, Literal(self._message(fact, multiplicity)))

    def _say_range(self, shape: NamedNode, fact: PropertyFact, allowed: tuple[str, ...]) -> None:
        add = self._document.add
        names = " or ".join(self._model.short(each) for each in fact.ranges)
        add(shape, RDF.type, SH.PropertyShape)
        add(shape, SH.path, Collection((NamedNode(fact.iri), RDF.type)))
        add(shape, SH.name, Literal(f"class of {_local(fact.iri)}"))
        add(shape, SH.severity, SH.Violation)
        add(shape, SH["in"], Collection(tuple(map(NamedNode, allowed))))
        add(shape, SH.message, Literal(f"{_local(fact.iri)} refers to an object that is no {names}."))

    def _say_identifier(self, shape: NamedNode, fact: PropertyFact) -> None:
        add = self._document.add
        add(shape, RDF.type, SH.PropertyShape)
        add(shape, SH.path, NamedNode(fact.iri))
        add(shape, SH.name, Literal(_local(fact.iri)))
        add(shape, SH.severity, SH.Warning)
        add(shape, SH.minCount, Literal(1))
        add(shape, SH.message, Literal(f"{_local(fact.iri)} is not stated; the object's IRI alone identifies it."))

    def _allowed_classes(self, fact: PropertyFact) -> tuple[str, ...]:
        """Return the classes below the range; none where everything, or no object of its own, is allowed."""
        if not fact.ranges or self._members(fact) or any(self._kind(each) != "class" for each in fact.ranges):
            return ()
        return tuple(sorted({each for above in fact.ranges for each in self._model.descendants(above)}))

    def _members(self, fact: PropertyFact) -> tuple[str, ...]:
        return tuple(
            m for each in fact.ranges if each in self._model.classes for m in self._model.classes[each].members
        )

    def _kind(self, iri: str) -> str | None:
        return self._model.classes[iri].kind if iri in self._model.classes else None

    def _message(self, fact: PropertyFact, multiplicity: Multiplicity) -> str:
        if fact.datatype:
            unit = f" in {_unit(fact)}" if _unit(fact) else ""
            value = f"{_local(fact.datatype)}{unit}"
        else:
            value = " or ".join(_local(each) for each in fact.ranges)
            value = f"a value of {value}" if self._members(fact) else f"the IRI of {_article(value)} {value}"
        return f"{_local(fact.iri)} occurs {_times(multiplicity)}, as {value}."

    def _shape(self, iri: str, suffix: str = "") -> NamedNode:
        """Return the IRI of a term's shape; terms outside the main namespace carry their prefix."""
        prefix, colon, local = self._model.short(iri).partition(":")
        name = local if prefix == _MAIN_PREFIX or not colon else f"{prefix}-{local}"
        return NamedNode(self._base + name + suffix)


_MAIN_PREFIX = "cim"


def _term_shapes(model: Model) -> str:
    """State the shape that warns of classes the model does not have."""
    document = _document(model, f"{model.name}/{TERMS}")
    known = {fact.iri for fact in model.classes.values() if fact.kind in {"class", "compound"}} | {_FULL_MODEL}
    base = f"{SHAPES}{model.name}/{TERMS}#"
    objects, classes = NamedNode(f"{base}Object"), NamedNode(f"{base}class")
    document.add(objects, RDF.type, SH.NodeShape)
    document.add(objects, SH.targetSubjectsOf, RDF.type)
    document.add(objects, SH.property, classes)
    document.add(classes, RDF.type, SH.PropertyShape)
    document.add(classes, SH.path, RDF.type)
    document.add(classes, SH.name, Literal("class"))
    document.add(classes, SH["in"], Collection(tuple(map(NamedNode, sorted(known)))))
    document.add(classes, SH.severity, SH.Warning)
    document.add(classes, SH.message, Literal(f"The object's class is none of {model.title}; no rule judges it."))
    return document.text(_COMMENT.format(title=model.title, profile="all profiles"))


def _document(model: Model, name: str) -> TurtleDocument:
    standard = {"dcterms": DCTERMS.iri, "owl": OWL.iri, "s": f"{SHAPES}{name}#", "sh": SH.iri, "ves": VES.iri}
    own: Mapping[str, str] = {p: iri for p, iri in model.namespaces.items() if iri not in {RDF.iri, XSD.iri}}
    document = TurtleDocument({**own, **standard})
    document.add(NamedNode(SHAPES + name), RDF.type, VES.ShapesGraph)
    document.add(NamedNode(SHAPES + name), DCTERMS.isPartOf, model_iri(model.name))
    return document


def _times(multiplicity: Multiplicity) -> str:
    low, high = multiplicity.minimum, multiplicity.maximum
    if low == high:
        return "exactly once" if low == 1 else f"exactly {low} times"
    if high is None:
        return f"at least {_count(low)}" if low else "any number of times"
    return f"at most {_count(high)}" if not low else f"{low} to {high} times"


def _article(noun: str) -> str:
    return "an" if noun[:1] in "AEIOaeio" else "a"


def _count(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _unit(fact: PropertyFact) -> str:
    known = {"none", "", None}
    prefix = "" if fact.multiplier in known else fact.multiplier
    return "" if fact.unit in known else f"{prefix}{fact.unit}"


def _local(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1]
