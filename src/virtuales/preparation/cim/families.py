"""Namespaces of the CIM family, and which registered model can read what is written in them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from virtuales.errors import UnknownTerm

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "http://iec.ch/TC57/2009/CIM-schema-cim14#": "CIM14",
        "http://iec.ch/TC57/2010/CIM-schema-cim15#": "CIM15",
        "http://iec.ch/TC57/2012/CIM-schema-cim16#": "CIM16 as first published",
        "http://iec.ch/TC57/2013/CIM-schema-cim16#": "CIM16",
        "http://iec.ch/TC57/2016/CIM-schema-cim17#": "CIM17 as first published",
        "http://iec.ch/TC57/CIM100#": "CIM17",
        "http://iec.ch/TC57/CIM101#": "CIM18",
        "http://cim.ucaiug.io/ns#": "CIM18",
        "https://cim.ucaiug.io/ns#": "CIM18",
        "http://cim.ucaiug.io/ns/eu#": "the European extensions of CIM18",
        "https://cim.ucaiug.io/ns/eu#": "the European extensions of CIM18",
        "http://iec.ch/TC57/CIM100-European#": "the European extensions of CIM17",
        "http://entsoe.eu/CIM/SchemaExtension/3/1#": "ENTSO-E's extensions of CIM16",
        "http://entsoe.eu/ns/nc#": "the Network Code extensions",
        "https://cim4.eu/ns/nc#": "the Network Code extensions",
        "http://ofgem.gov.uk/ns/CIM/LTDS/Extensions#": "Ofgem's LTDS extensions",
    }
)
"""What each namespace holds, for people."""


def explain_unknown_profile(error: UnknownTerm, namespaces: Iterable[str], name: str) -> UnknownTerm:
    """Say which model has to be imported, when a document's namespaces tell.

    Args:
        error: What the registered models answered to the document's profiles.
        namespaces: The namespaces that the document declares.
        name: The document's name.
    """
    spaces = [space for space in sorted(namespaces) if space in FAMILIES and space not in (error.remedy or "")]
    written = [FAMILIES[space] for space in spaces]
    if not written:
        return UnknownTerm(error.what, where=name, remedy=error.remedy)
    listed = " and ".join(f"{family} (<{space}>)" for family, space in zip(written, spaces, strict=True))
    return UnknownTerm(
        f"{error.what} The file is written in {listed}.",
        where=name,
        remedy=f"Import its RDFS profiles: `virtuales models import FILES --as NAME`. {error.remedy or ''}".strip(),
    )
