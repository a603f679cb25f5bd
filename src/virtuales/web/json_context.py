"""The JSON-LD context under which this node's documents read as plain JSON; served at `/context.jsonld`.

Names are those of the vocabularies, without their prefixes. A name is only given where it can mean one property; all
else is written with its prefix. See https://www.w3.org/TR/json-ld11/#interpreting-json-as-json-ld.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from virtuales.rdf.namespaces import DCAT, DCTERMS, FOAF, ODRL, OWL, PROV, RDFS, SKOS, VES, XSD, Namespace
from virtuales.web.prefixes import PREFIXES

CONTEXT_PATH: Final = "/context.jsonld"
_IN_ENGLISH: Final = ((DCTERMS, "title description"), (DCAT, "keyword"))
_TEXTS: Final = (
    (DCTERMS, "identifier"),
    (RDFS, "label comment"),
    (SKOS, "prefLabel altLabel definition notation"),
    (DCAT, "version"),
    (VES, "legalName registrationNumber handlingReason justification sourceState"),
)
_THINGS: Final = (
    (DCTERMS, "publisher license conformsTo subject isPartOf hasPart spatial temporal source accessRights replaces"),
    (DCTERMS, "isReferencedBy"),
    (DCAT, "dataset distribution hasVersion isVersionOf hasCurrentVersion previousVersion downloadURL accessURL"),
    (DCAT, "mediaType servesDataset endpointURL contactPoint"),
    (ODRL, "hasPolicy permission prohibition obligation assigner assignee target action constraint"),
    (PROV, "used wasAssociatedWith wasDerivedFrom"),
    (SKOS, "exactMatch closeMatch broader narrower inScheme"),
    (RDFS, "subClassOf domain range isDefinedBy seeAlso"),
    (OWL, "sameAs"),
    (FOAF, "primaryTopic"),
    (VES, "sensitivityClass conformanceVerdict status askedSource node"),
)
_TYPED: Final = (
    (DCTERMS, "issued", XSD.dateTime),
    (DCAT, "byteSize", XSD.nonNegativeInteger),
    (DCAT, "startDate", XSD.date),
    (DCAT, "endDate", XSD.date),
    (PROV, "startedAtTime", XSD.dateTime),
    (VES, "tripleCount", XSD.integer),
    (VES, "objectCount", XSD.integer),
    (VES, "warningCount", XSD.integer),
)


def _named(groups: tuple[tuple[Namespace, str], ...], further: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"@id": space[name].value, **further} for space, names in groups for name in names.split()}


def _context() -> dict[str, object]:
    typed = {name: {"@id": space[name].value, "@type": datatype.value} for space, name, datatype in _TYPED}
    return {
        "@version": 1.1,
        **PREFIXES,
        "id": "@id",
        "type": "@type",
        "items": "@graph",
        **_named(_IN_ENGLISH, {"@language": "en"}),
        **_named(_TEXTS, {}),
        **_named(_THINGS, {"@type": "@id"}),
        **typed,
    }


CONTEXT: Final[Mapping[str, object]] = MappingProxyType(_context())
"""The context, as JSON."""
