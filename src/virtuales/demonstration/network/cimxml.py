"""Writing of CIM/XML instance files (IEC 61970-552) for the profiles of CGMES 3.0 (IEC 61970-600-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from virtuales.clock import iso_instant

Profile = Literal["EQ", "SC", "SSH", "TP", "GL"]

PROFILES: Mapping[Profile, str] = {
    "EQ": "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0",
    "SC": "http://iec.ch/TC57/ns/CIM/ShortCircuit-EU/3.0",
    "SSH": "http://iec.ch/TC57/ns/CIM/SteadyStateHypothesis-EU/3.0",
    "TP": "http://iec.ch/TC57/ns/CIM/Topology-EU/3.0",
    "GL": "http://iec.ch/TC57/ns/CIM/GeographicalLocation-EU/3.0",
}
"""The profile that each instance file names in its header, in the order in which files are written."""

DEPENDENCIES: Mapping[Profile, tuple[Profile, ...]] = {
    "EQ": (),
    "SC": ("EQ",),
    "SSH": ("EQ",),
    "TP": ("EQ", "SSH"),
    "GL": ("EQ",),
}
"""Which files of the same model a file cannot be understood without."""

_CIM = "http://iec.ch/TC57/CIM100#"
_EU = "http://iec.ch/TC57/CIM100-European#"
_NAMESPACES = (
    ("cim", _CIM),
    ("eu", _EU),
    ("md", "http://iec.ch/TC57/61970-552/ModelDescription/1#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
)


@dataclass(frozen=True)
class Ref:
    """The value of an association: another object of the model, by its mRID."""

    mrid: str


@dataclass(frozen=True)
class Choice:
    """The value of an attribute whose range is an enumeration, such as `cim:UnitMultiplier.k`."""

    name: str

    @property
    def iri(self) -> str:
        """The IRI of the enumeration's literal."""
        prefix, _, local = self.name.partition(":")
        return (_EU if prefix == "eu" else _CIM) + local


Value = Ref | Choice | str | bool | int | float
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Header:
    """What the `md:FullModel` header of one instance file says.

    Args:
        model: The UUID of this file's model.
        profile: The profile it conforms to.
        depends_on: The UUIDs of the models it depends on.
        authority: The IRI of the modelling authority set.
        created: When the file was made.
        scenario: The instant that the model describes.
        description: One sentence.
    """

    model: str
    profile: Profile
    depends_on: tuple[str, ...]
    authority: str
    created: datetime
    scenario: datetime
    description: str


class InstanceFile:
    """The body of one instance file, object by object, in the order in which they are described."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def define(self, kind: str, mrid: str, values: Values) -> None:
        """Write an object that this file introduces (`rdf:ID`)."""
        self._write(kind, f'rdf:ID="_{mrid}"', values)

    def amend(self, kind: str, mrid: str, values: Values) -> None:
        """Write what this file adds to an object that another file introduces (`rdf:about`)."""
        self._write(kind, f'rdf:about="#_{mrid}"', values)

    def to_bytes(self, header: Header) -> bytes:
        """Return the whole file, UTF-8."""
        spaces = "".join(f" xmlns:{prefix}={quoteattr(iri)}" for prefix, iri in _NAMESPACES)
        start = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'
        return "".join((start, _header(header), *self._pieces, "</rdf:RDF>\n")).encode()

    def _write(self, kind: str, subject: str, values: Values) -> None:
        lines = [f"  <cim:{kind} {subject}>\n"]
        lines.extend(_statement(name, value) for name, value in values.items())
        lines.append(f"  </cim:{kind}>\n")
        self._pieces.append("".join(lines))


def lexical(value: str | float) -> str:
    """Write a plain value as XML Schema wants it.

    >>> lexical(True), lexical(132.0), lexical(0.1 + 0.2)
    ('true', '132', '0.3')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.9g}"
    return str(value)


def _statement(name: str, value: Value) -> str:
    prefixed = name if ":" in name else f"cim:{name}"
    if isinstance(value, Ref):
        return f'    <{prefixed} rdf:resource="#_{value.mrid}"/>\n'
    if isinstance(value, Choice):
        return f'    <{prefixed} rdf:resource="{value.iri}"/>\n'
    return f"    <{prefixed}>{escape(lexical(value))}</{prefixed}>\n"


def _header(header: Header) -> str:
    texts = (
        ("created", iso_instant(header.created)),
        ("scenarioTime", iso_instant(header.scenario)),
        ("description", header.description),
        ("modelingAuthoritySet", header.authority),
        ("profile", PROFILES[header.profile]),
        ("version", "1"),
    )
    lines = [f'  <md:FullModel rdf:about="urn:uuid:{header.model}">\n']
    lines.extend(f"    <md:Model.{name}>{escape(text)}</md:Model.{name}>\n" for name, text in texts)
    lines.extend(f'    <md:Model.DependentOn rdf:resource="urn:uuid:{other}"/>\n' for other in header.depends_on)
    lines.append("  </md:FullModel>\n")
    return "".join(lines)
