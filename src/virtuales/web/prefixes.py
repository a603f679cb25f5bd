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
    OWL,
    PROV,
    RDF,
    RDFS,
    SD,
    SKOS,
    SPDX,
    VCARD,
    VES,
    VOID,
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
        "owl": OWL.iri,
        "prov": PROV.iri,
        "rdf": RDF.iri,
        "rdfs": RDFS.iri,
        "sd": SD.iri,
        "skos": SKOS.iri,
        "spdx": SPDX.iri,
        "vcard": VCARD.iri,
        "ves": VES.iri,
        "void": VOID.iri,
        "xsd": XSD.iri,
    }
)
