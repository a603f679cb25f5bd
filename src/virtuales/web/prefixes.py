"""The prefixes under which statements are written for people."""

from collections.abc import Mapping
from types import MappingProxyType

from virtuales.rdf.namespaces import (
    DCAT,
    DCATAP,
    DCTERMS,
    DPV,
    DQV,
    ODRL,
    PROV,
    RDF,
    RDFS,
    SPDX,
    VCARD,
    VES,
    XSD,
)

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "dcat": DCAT.iri,
        "dcatap": DCATAP.iri,
        "dcterms": DCTERMS.iri,
        "dpv": DPV.iri,
        "dqv": DQV.iri,
        "odrl": ODRL.iri,
        "prov": PROV.iri,
        "rdf": RDF.iri,
        "rdfs": RDFS.iri,
        "spdx": SPDX.iri,
        "vcard": VCARD.iri,
        "ves": VES.iri,
        "xsd": XSD.iri,
    }
)
