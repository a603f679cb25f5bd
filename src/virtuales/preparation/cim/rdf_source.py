"""Models that somebody has as RDF (N-Triples, Turtle): brought into the form in which models are kept."""

from collections.abc import Sequence
from pathlib import Path

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.cim.difference import ModelFile
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.reader import Vocabularies
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import MD, RDF
from virtuales.rdf.terms import Literal, NamedNode, Quad, plain


def model_from_rdf(
    source: Path, target: Path, *, vocabularies: Vocabularies, base: str, profiles: Sequence[str] | None = None
) -> ModelFile:
    """Take a model from an RDF file, its `md:FullModel` as the header.

    Args:
        source: The RDF file; its suffix says the syntax. Graph names count for nothing.
        target: Where the model's N-Triples go.
        vocabularies: The registered models.
        base: The absolute IRI that stands for the document; names on it become `#…`.
        profiles: IRIs of the profiles, for a model without header.

    Raises:
        UnreadableInput: no RDF, a blank node, several headers, or neither header nor profiles.
        UnknownTerm: no registered model has the profiles.
    """
    said: dict[str, list[str]] = {}
    headers: set[str] = set()
    with target.open("wb") as sink:
        for quad in parse_file(source):
            subject = _named(quad, source)
            if quad.predicate == RDF.type and quad.object == MD.FullModel:
                headers.add(subject)
            if quad.predicate.value.startswith(MD.iri):
                said.setdefault(quad.predicate.value.removeprefix(MD.iri), []).append(plain(quad.object))
            sink.write(f"{quad.subject} {quad.predicate} {quad.object} .\n".encode())
    if len(headers) > 1:
        raise UnreadableInput(
            f"The file has {len(headers)} headers.", where=str(source), remedy="Put each model into a file of its own."
        )
    header = _header(headers.pop(), said, source) if headers else None
    chosen = header.profiles if header is not None and header.profiles else tuple(profiles or ())
    if not chosen:
        raise UnreadableInput(
            "The file has no header (`md:FullModel`) with a profile, and no profile was given for it.",
            where=str(source),
            remedy="Add the header, or name the profile that the file follows.",
        )
    vocabulary = vocabularies.vocabulary_for_profiles(chosen)
    return ModelFile(source.name, header, target, chosen, vocabulary, Identifiers(base))


def _named(quad: Quad, source: Path) -> str:
    if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
        return quad.subject.value
    raise UnreadableInput(
        "The file has a blank node or a quoted statement, and CIM/XML names every object.",
        where=str(source),
        remedy="Give the node an IRI.",
    )


def _header(iri: str, said: dict[str, list[str]], source: Path) -> ModelHeader:
    def once(name: str) -> str | None:
        values = said.get(name, [])
        if len(values) > 1:
            raise InputError(f"The header says `{name}` {len(values)} times.", where=str(source))
        return values[0] if values else None

    return ModelHeader(
        iri=iri,
        profiles=tuple(said.get("Model.profile", ())),
        created=once("Model.created"),
        scenario_time=once("Model.scenarioTime"),
        description=once("Model.description"),
        modelling_authority_set=once("Model.modelingAuthoritySet"),
        version=once("Model.version"),
        dependent_on=tuple(said.get("Model.DependentOn", ())),
        supersedes=tuple(said.get("Model.Supersedes", ())),
    )
