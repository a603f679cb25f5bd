"""What is said of saved queries in RDF: each is a SPARQL executable of SHACL, so that they can be listed and searched.

See https://www.w3.org/TR/shacl-af/#sparql-executables and, for the parameters, https://www.w3.org/TR/shacl/#parameters.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from virtuales.query.saved_query import Form, Parameter, SavedQuery
from virtuales.rdf.namespaces import DCAT, DCTERMS, RDF, RDFS, SH, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode
from virtuales.rdf.turtle import Collection, TurtleDocument

_PREFIXES: Final = {"dcat": DCAT.iri, "dcterms": DCTERMS.iri, "sh": SH.iri, "ves": VES.iri}
_TEXT: Final[Mapping[Form, tuple[NamedNode, NamedNode]]] = {
    "select": (SH.SPARQLSelectExecutable, SH.select),
    "ask": (SH.SPARQLAskExecutable, SH.ask),
    "construct": (SH.SPARQLConstructExecutable, SH.construct),
}


def description(queries: Iterable[SavedQuery], base: str) -> str:
    """Describe queries as Turtle.

    Args:
        queries: The queries.
        base: What their IRIs begin with; their names follow.
    """
    document = TurtleDocument(_PREFIXES)
    for query in queries:
        subject = NamedNode(base + query.name)
        kind, text = _TEXT[query.form]
        document.add_all(subject, RDF.type, [VES.SavedQuery, kind])
        document.add(subject, RDFS.label, Literal(query.summary))
        document.add(subject, RDFS.comment, Literal(query.description))
        document.add(subject, DCTERMS.identifier, Literal(query.name))
        document.add(subject, DCTERMS.type, Literal(query.asks))
        document.add_all(subject, DCTERMS.conformsTo, [Literal(name) for name in query.models])
        document.add_all(subject, DCAT.keyword, [Literal(tag) for tag in query.tags])
        document.add(subject, text, Literal(query.text))
        for one in query.parameters:
            _describe(document, subject, one)
    return document.text()


def _describe(document: TurtleDocument, query: NamedNode, parameter: Parameter) -> None:
    subject = NamedNode(f"{query.value}#{parameter.name}")
    document.add(query, SH.parameter, subject)
    document.add(subject, RDF.type, SH.Parameter)
    document.add(subject, SH.name, Literal(parameter.name))
    document.add(subject, SH.description, Literal(parameter.description))
    document.add(subject, SH.optional, Literal(str(parameter.optional).lower(), datatype=XSD.boolean))
    if parameter.datatype == "iri":
        document.add(subject, SH.nodeKind, SH.IRI)
    else:
        document.add(subject, SH.datatype, XSD[parameter.datatype])
    if parameter.default is not None:
        document.add(subject, SH.defaultValue, parameter.term(parameter.default))
    if parameter.choices:
        document.add(subject, SH["in"], Collection(tuple(parameter.term(one) for one in parameter.choices)))
