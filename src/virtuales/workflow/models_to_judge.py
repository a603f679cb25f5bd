"""Reading the models of CIM/XML files straight into the graphs that are judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.assurance.dictionary import TermDictionary
from virtuales.assurance.graph import ColumnarGraph
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.package import Member, list_members, read_members, refuse_same_model
from virtuales.preparation.cim.reader import CimReader


@dataclass(frozen=True)
class ModelToJudge:
    """One model of a package.

    Args:
        member: The document it was read from.
        identifiers: How its names became IRIs.
        profiles: IRIs of the profiles it follows.
        graph: Its statements.
    """

    member: Member
    identifiers: Identifiers
    profiles: tuple[str, ...]
    graph: ColumnarGraph


def read_models_to_judge(
    files: Sequence[Path], directory: Path, *, reader: CimReader, profiles: Sequence[str] | None = None
) -> Iterator[ModelToJudge]:
    """Read the models of one or several files, one after the other.

    Args:
        files: XML files and zips.
        directory: An existing, empty directory for what has to be written meanwhile; empty again at the end.
        reader: Reads each model.
        profiles: IRIs of the profiles of models without header.

    Raises:
        UnreadableInput, UnknownTerm, TooLarge, InputError: as for `virtuales.preparation.cim.package.read_package`.
    """
    known: list[tuple[ModelHeader | None, str]] = []
    for member in list_members(files):
        with member.open() as source:
            found = reader.number(source, name=member.name, profiles=profiles)
        if found is not None:
            terms, subjects, predicates, objects = found.statements
            graph = ColumnarGraph(TermDictionary(terms), subjects, predicates, objects)
            header, model = found.header, ModelToJudge(member, found.identifiers, found.profiles, graph)
        else:
            header, model = _written(member, directory, reader, profiles)
        known.append((header, member.name))
        refuse_same_model(known)
        yield model


def _written(
    member: Member, directory: Path, reader: CimReader, profiles: Sequence[str] | None
) -> tuple[ModelHeader | None, ModelToJudge]:
    """Read a model by way of its N-Triples."""
    (model,) = read_members([member], directory, reader=reader, profiles=profiles).models
    graph = ColumnarGraph.from_n_triples(model.statements)
    model.statements.unlink()
    reading = model.reading
    return reading.header, ModelToJudge(member, reading.identifiers, reading.profiles, graph)
