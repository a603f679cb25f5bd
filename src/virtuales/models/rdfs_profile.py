"""Reading of published CIM profiles: RDF Schema with the `cims:` extensions of IEC 61970-501.

Two styles are in use. The files of CGMES 2.4.15 describe a class such as `EquipmentVersion` whose fixed attributes name
the profile; those of CGMES 3.0 and later have an `owl:Ontology` header with a keyword and a version IRI. Several files
make one model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.facts import ClassFact, Kind, Model, Multiplicity, ProfileFact, PropertyFact, by_iri, check_name
from virtuales.rdf import media
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, ParsedFile
from virtuales.rdf.namespaces import OWL, RDF, RDFS, XSD
from virtuales.rdf.terms import plain

CIMS = "http://iec.ch/TC57/1999/rdf-schema-extensions-19990926#"
_UML = "http://iec.ch/TC57/NonStandard/UML#"
_CONCRETE = f"{_UML}concrete"
_STEREOTYPE = f"{CIMS}stereotype"
_DCAT_KEYWORD = "http://www.w3.org/ns/dcat#keyword"
_TITLES = ("http://purl.org/dc/terms/title", "http://purl.org/dc/terms/#title")
"""The second is how the published LTDS files spell it."""

PRIMITIVES: Mapping[str, str] = {
    "Boolean": XSD.boolean.value,
    "Date": XSD.date.value,
    "DateTime": XSD.dateTime.value,
    "Decimal": XSD.decimal.value,
    "Duration": XSD.duration.value,
    "Float": XSD.float.value,
    "Integer": XSD.integer.value,
    "IRI": XSD.anyURI.value,
    "MonthDay": XSD.gMonthDay.value,
    "String": XSD.string.value,
    "StringFixedLanguage": XSD.string.value,
    "StringIRI": XSD.string.value,
    "Time": XSD.time.value,
    "URI": XSD.anyURI.value,
    "URL": XSD.anyURI.value,
    "UUID": XSD.string.value,
}
"""CIM's primitive types, by local name, as datatypes of XML Schema (IEC 61970-501)."""

_KINDS: Mapping[str, Kind] = {
    f"{_UML}enumeration": "enumeration",
    "CIMDatatype": "datatype",
    "Primitive": "primitive",
    "Compound": "compound",
}
_PART_KEYWORDS = {"Operation": "OP", "ShortCircuit": "SC"}
"""Stereotypes that mark the optional parts of the 2.4.15 equipment profile, with those parts' keywords in 3.0."""
_HEADER_PACKAGES = {"FileHeaderProfile": "FH"}
"""A package that describes the header of every file and names no profile version of its own."""

Node = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Gathered:
    """All files of a model: its profiles, the joined nodes, each profile's own node of a term, instances by type."""

    profiles: Mapping[str, ProfileFact]
    nodes: Mapping[str, Node]
    mentions: Mapping[str, Mapping[str, Node]]
    instances: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ProfileFile:
    """One published file: its statements by subject and predicate, and what it says of its profile.

    Args:
        path: The file.
        nodes: Subject to predicate to values, all as text.
        prefixes: The prefixes the file declares.
        keyword: The short name of the profile.
        label: Its name for people.
        versions: The IRIs by which a header may name it.
        parts: The optional parts of the profile that the file contains, by stereotype.
    """

    path: Path
    nodes: Mapping[str, Node]
    prefixes: Mapping[str, str]
    keyword: str
    label: str
    versions: tuple[str, ...]
    parts: frozenset[str]


def is_profile(path: Path) -> bool:
    """Tell whether a file is a CIM profile rather than another vocabulary, by the namespace it declares.

    Raises:
        UnreadableInput: the file is no RDF.
    """
    return any(quad.predicate.value.startswith(CIMS) for quad in ParsedFile(path))


def read_profile(path: Path) -> ProfileFile:
    """Read one published profile file.

    Raises:
        UnreadableInput: the file is no RDF.
        InputError: it describes no class, or does not say which profile it is.
    """
    syntax = media.RDF_XML if path.suffix.lower() not in MEDIA_TYPES_BY_SUFFIX else None
    parsed = ParsedFile(path, syntax)
    nodes: dict[str, dict[str, list[str]]] = {}
    for quad in parsed:
        nodes.setdefault(plain(quad.subject), {}).setdefault(quad.predicate.value, []).append(plain(quad.object))
    frozen = {subject: {p: tuple(sorted(set(v))) for p, v in node.items()} for subject, node in nodes.items()}
    if not any(_has_type(node, RDFS.Class.value) for node in frozen.values()):
        raise InputError(
            "The file describes no class.", where=str(path), remedy="Give a file in RDF Schema with `rdfs:Class` terms."
        )
    keyword, label, versions = _identity(frozen, path)
    # A term of two parts (a ground is in both) is in the file of each, so only a term of one part tells.
    marks = [_PART_KEYWORDS.keys() & node.get(_STEREOTYPE, ()) for node in frozen.values()]
    parts = frozenset(part for mark in marks if len(mark) == 1 for part in mark)
    return ProfileFile(path, frozen, parsed.prefixes, keyword, label, versions, parts)


def read_model(
    paths: Iterable[Path], name: str, *, title: str = "", version: str = "", source: str = "", licence: str = ""
) -> Model:
    """Read the files of all profiles of a model and merge their facts.

    Args:
        paths: The published files.
        name: The name under which the model is to be registered.
        title: A name for people; by default the registered name.
        version: The publisher's version; by default the one that the headers give.
        source: Where the files come from.
        licence: Their licence.

    Raises:
        UnreadableInput: a file is no RDF.
        InputError: a file is no profile, or two files contradict each other.
    """
    files = [read_profile(path) for path in sorted(paths, key=lambda path: path.name)]
    if not files:
        raise InputError("There is no profile file to import.", remedy="Name at least one RDF Schema file.")
    gathered = _gather(files)
    classes = by_iri(_class(iri, gathered) for iri in gathered.instances.get(RDFS.Class.value, ()))
    properties = by_iri(_property(iri, gathered, classes) for iri in gathered.instances.get(RDF.Property.value, ()))
    return Model(
        name=check_name(name),
        title=title or name,
        version=version or _version(files),
        source=source,
        licence=licence,
        namespaces=_namespaces(files, (*classes, *properties)),
        profiles=dict(sorted(gathered.profiles.items())),
        classes=classes,
        properties=properties,
    )


def _identity(nodes: Mapping[str, Node], path: Path) -> tuple[str, str, tuple[str, ...]]:
    """Tell keyword, label and version IRIs, from the ontology header or else from the fixed attributes."""
    for node in nodes.values():
        if _has_type(node, OWL.Ontology.value):
            title = next((node[p][0] for p in _TITLES if p in node), "")
            return _one(node, _DCAT_KEYWORD, path), title, node.get(OWL.versionIRI.value, ())
    fixed = {iri: node[CIMS + "isFixed"][0] for iri, node in nodes.items() if CIMS + "isFixed" in node}
    keyword = next((value for iri, value in fixed.items() if iri.endswith("Version.shortName")), None)
    if keyword:
        versions = tuple(sorted(value for iri, value in fixed.items() if "Version.entsoeURI" in iri))
        label = next(iri for iri in fixed if iri.endswith("Version.shortName"))
        return keyword.replace("_", ""), label.partition("#")[2].removesuffix("Version.shortName"), versions
    packages = [_label(iri, node) for iri, node in nodes.items() if _has_type(node, CIMS + "ClassCategory")]
    for package in packages:
        if package in _HEADER_PACKAGES:
            return _HEADER_PACKAGES[package], package, ()
    raise InputError(
        "The file does not say which profile it describes.",
        where=str(path),
        remedy="An `owl:Ontology` header with `dcat:keyword` and `owl:versionIRI` says it.",
    )


def _gather(files: Sequence[ProfileFile]) -> _Gathered:
    """Tell the profiles, and for each term and profile the node that describes it there."""
    profiles: dict[str, ProfileFact] = {}
    mentions: dict[str, dict[str, Node]] = {}
    for keyword in sorted({file.keyword for file in files}):
        group = [file for file in files if file.keyword == keyword]
        if len({file.parts for file in group}) == len(group) > 1:
            profiles.update(_split(group, mentions))
        else:
            versions = tuple(sorted({version for file in group for version in file.versions}))
            profiles[keyword] = ProfileFact(keyword, versions, max(file.label for file in group))
            for file in group:
                for iri, node in file.nodes.items():
                    mentions.setdefault(iri, {})[keyword] = node
    nodes = _merge(files)
    members: dict[str, list[str]] = {}
    for iri, node in nodes.items():
        for kind in node.get(RDF.type.value, ()):
            members.setdefault(kind, []).append(iri)
    return _Gathered(profiles, nodes, mentions, members)


def _split(group: Sequence[ProfileFile], mentions: dict[str, dict[str, Node]]) -> dict[str, ProfileFact]:
    """Split combinations of a core and optional parts into profiles that add up.

    A term belongs to the smallest combinations that have it: to the core if the file without parts has it, otherwise
    to each part whose own file has it.
    """
    core = group[0].keyword
    for iri in sorted({iri for file in group for iri in file.nodes}):
        having = [file for file in group if iri in file.nodes]
        for file in (f for f in having if not any(other.parts < f.parts for other in having)):
            for keyword in [_PART_KEYWORDS[part] for part in file.parts] or [core]:
                mentions.setdefault(iri, {})[keyword] = file.nodes[iri]
    versions = sorted({version for file in group for version in file.versions})
    profiles = {}
    for part, keyword in [("Core", core), *_PART_KEYWORDS.items()]:
        own = tuple(version for version in versions if part in version)
        profiles[keyword] = ProfileFact(
            keyword, own, f"{group[0].label}{part}", extends=() if keyword == core else (core,)
        )
    return profiles


def _merge(files: Sequence[ProfileFile]) -> dict[str, Node]:
    """Join what all files say of each term."""
    merged: dict[str, dict[str, set[str]]] = {}
    for file in files:
        for iri, node in file.nodes.items():
            into = merged.setdefault(iri, {})
            for predicate, values in node.items():
                into.setdefault(predicate, set()).update(values)
    return {iri: {p: tuple(sorted(values)) for p, values in node.items()} for iri, node in sorted(merged.items())}


def _class(iri: str, gathered: _Gathered) -> ClassFact:
    node = gathered.nodes[iri]
    stereotypes = node.get(_STEREOTYPE, ())
    mentions = gathered.mentions[iri]
    above = node.get(RDFS.subClassOf.value, ())
    kind: Kind = next((_KINDS[stereotype] for stereotype in stereotypes if stereotype in _KINDS), "class")
    return ClassFact(
        iri=iri,
        label=_label(iri, node),
        kind=kind,
        superclasses=above,
        profiles=frozenset(mentions),
        concrete=frozenset(keyword for keyword, own in mentions.items() if _CONCRETE in own.get(_STEREOTYPE, ())),
        roots=frozenset(k for k, own in mentions.items() if above and RDFS.subClassOf.value not in own),
        members=tuple(gathered.instances.get(iri, ())) if kind == "enumeration" else (),
        deprecated="deprecated" in stereotypes,
        definition=_prose(node),
    )


def _property(iri: str, gathered: _Gathered, classes: Mapping[str, ClassFact]) -> PropertyFact:
    node = gathered.nodes[iri]
    types = node.get(CIMS + "dataType", ()) or node.get(RDFS.range.value, ())
    if len(types) != 1 or types[0] not in classes:
        raise InputError(
            f"The property has {len(types)} ranges that the files describe; one is needed.",
            where=iri,
            remedy="Import all files of one release of the model together.",
        )
    value_type = classes[types[0]]
    literal = value_type.kind in {"datatype", "primitive"}
    used = node.get(CIMS + "AssociationUsed")
    return PropertyFact(
        iri=iri,
        label=_label(iri, node),
        domains=node.get(RDFS.domain.value, ()),
        ranges=() if literal else types,
        datatype=_datatype(value_type, gathered) if literal else None,
        value_type=value_type.iri if literal else None,
        unit=_fixed(f"{value_type.iri}.unit", gathered) if literal else None,
        multiplier=_fixed(f"{value_type.iri}.multiplier", gathered) if literal else None,
        multiplicities={k: _multiplicity(own, iri) for k, own in sorted(gathered.mentions[iri].items())},
        inverse=next(iter(node.get(CIMS + "inverseRoleName", ())), None),
        used=None if used is None else used == ("Yes",),
        deprecated="deprecated" in node.get(_STEREOTYPE, ()),
        definition=_prose(node),
    )


def _datatype(value_type: ClassFact, gathered: _Gathered) -> str:
    """Follow a datatype to the primitive of its `value` and from there to XML Schema."""
    primitive = value_type.iri
    if value_type.kind == "datatype":
        primitive = next(iter(gathered.nodes.get(f"{primitive}.value", {}).get(CIMS + "dataType", ())), primitive)
    name = _label(primitive, gathered.nodes.get(primitive, {}))
    if name not in PRIMITIVES:
        raise InputError(
            f"`{name}` is no primitive type of CIM.",
            where=value_type.iri,
            remedy="Known are: " + ", ".join(PRIMITIVES) + ".",
        )
    return PRIMITIVES[name]


def _fixed(iri: str, gathered: _Gathered) -> str | None:
    return next(iter(gathered.nodes.get(iri, {}).get(CIMS + "isFixed", ())), None)


def _multiplicity(node: Node, iri: str) -> Multiplicity:
    values = node.get(CIMS + "multiplicity", ())
    if len(values) != 1:
        raise InputError(f"The property has {len(values)} multiplicities in one profile; one is needed.", where=iri)
    return Multiplicity.parse(values[0].rpartition("#M:")[2])


def _namespaces(files: Sequence[ProfileFile], terms: Iterable[str]) -> dict[str, str]:
    used = {iri[: iri.rindex("#") + 1] for iri in terms if "#" in iri}
    found: dict[str, str] = {}
    for file in files:
        for prefix, namespace in file.prefixes.items():
            if namespace in used and namespace not in found.values():
                found[prefix] = namespace
    return dict(sorted(found.items()))


def _version(files: Sequence[ProfileFile]) -> str:
    """Return the highest version that the headers agree to give, or nothing."""
    versions = {
        value
        for file in files
        for node in file.nodes.values()
        if _has_type(node, OWL.Ontology.value)
        for value in node.get(OWL.versionInfo.value, ())
    }
    return max(versions, default="")


def _label(iri: str, node: Node) -> str:
    """Return the label that a node gives, or else the local name."""
    return next(iter(node.get(RDFS.label.value, ())), iri.replace("#", "/").rsplit("/", 1)[-1])


def _has_type(node: Node, iri: str) -> bool:
    return iri in node.get(RDF.type.value, ())


def _one(node: Node, predicate: str, path: Path) -> str:
    values = node.get(predicate, ())
    if len(values) != 1:
        raise InputError(
            f"The header has {len(values)} values of <{predicate}>; one is needed.",
            where=str(path),
            remedy="Give the profile's short name, such as `EQ`.",
        )
    return values[0]


def _prose(node: Node) -> str:
    """Return the first of the comments that the files give, on one line."""
    return " ".join(next(iter(node.get(RDFS.comment.value, ())), "").split())
