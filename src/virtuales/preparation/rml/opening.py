"""Opens the records of a logical source: finds its file, unpacks it, and reads it as its formulation says."""

from collections.abc import Collection, Iterator, Mapping

from virtuales.errors import UnreadableInput
from virtuales.preparation.rml.json_records import json_records
from virtuales.preparation.rml.mapping import Formulation, LogicalSource
from virtuales.preparation.rml.rdf_records import rdf_records
from virtuales.preparation.rml.records import Batch, Files, Reader
from virtuales.preparation.rml.table_records import table_records
from virtuales.preparation.rml.unpacking import unpacked
from virtuales.preparation.rml.xml_records import xml_records

READERS: Mapping[Formulation, Reader] = {
    Formulation.CSV: table_records,
    Formulation.JSON_PATH: json_records,
    Formulation.XPATH: xml_records,
    Formulation.SPARQL: rdf_records,
}


def open_records(source: LogicalSource, files: Files, references: Collection[str]) -> Iterator[Batch]:
    """Give the records of a logical source in batches.

    Args:
        source: What the mapping says.
        files: The files that may be read, by name; nothing else is ever opened.
        references: All references that will be asked for.

    Raises:
        UnreadableInput: there is no such file, or it is not what the mapping says.
        TooLarge: a document is larger than what is held in memory.
        InputError: the iterator leads to no records.
    """
    path = files.get(source.file)
    if path is None:
        raise UnreadableInput(
            f"The mapping reads `{source.file}`, and there is no file of that name.",
            where=source.place,
            remedy="Give it, or name one of: " + ", ".join(sorted(files)) + "." if files else "Give it.",
        )
    with unpacked(path, source.packing, name=source.file) as content:
        yield from READERS[source.formulation](source, content, references)
