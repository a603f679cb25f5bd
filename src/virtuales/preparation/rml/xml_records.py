"""Elements of XML documents as records: read piece by piece where the iterator and all references are plain paths.

No document type is read, no entity expanded, nothing else opened.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import cast

import polars as pl
from lxml import etree

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.cim.opening import read_opening
from virtuales.preparation.rml.mapping import LogicalSource
from virtuales.preparation.rml.records import BATCH, Batch, Column, Value, Values, refuse_large
from virtuales.preparation.rml.xpath import Element, compile_xpath

_CHUNK = 1 << 16
_NAME = r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?"
_absolute = re.compile(rf"(?:/{_NAME})+")
_downward = re.compile(rf"(?:\./)?(?:(?:{_NAME}|\*)/)*(?:{_NAME}|\*|@{_NAME}|text\(\))|\.")
_child = re.compile(rf"({_NAME})(?:/text\(\))?")
_attribute = re.compile(rf"@({_NAME})")


def xml_records(source: LogicalSource, path: Path, references: Collection[str]) -> Iterator[Batch]:
    """Give the records of an XML document; see `virtuales.preparation.rml.records.Reader`.

    Raises:
        UnreadableInput: it is no well-formed XML, or declares a document type.
        TooLarge: it has to be held in memory and is too large for that.
        InputError: the iterator is malformed, or leads to no elements.
    """
    compile_xpath(source.iterator or "/*", source, where=source.place)
    with path.open("rb") as file:
        read_opening(file, source.file)  # refuses a document type before the tree's parser sees it
    in_pieces = _absolute.fullmatch(source.iterator or "") and all(map(_downward.fullmatch, references))
    given = 0
    try:
        for records in _pieces(source, path) if in_pieces else _whole(source, path):
            yield XmlBatch(source, records, given)
            given += len(records)
    except etree.XMLSyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise UnreadableInput(
            f"This is no well-formed XML: {(error.msg or 'it breaks off')[:200]}.", where=source.file + line
        ) from None


def _parser(source: LogicalSource, *, tag: str | None) -> etree.XMLPullParser:
    etree.clear_error_log()
    return etree.XMLPullParser(
        events=("end",),
        tag=tag or "{}none",
        encoding=source.encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=False,
    )


def _whole(source: LogicalSource, path: Path) -> Iterator[Sequence[object]]:
    refuse_large(source, path)
    parser = _parser(source, tag=None)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
    found = compile_xpath(source.iterator or "/*", source, where=source.place)(parser.close())
    if not isinstance(found, list):
        raise InputError("The iterator leads to no elements.", where=source.place, remedy="Write a path to elements.")
    yield from (found[start : start + BATCH] for start in range(0, len(found), BATCH))


def _pieces(source: LogicalSource, path: Path) -> Iterator[Sequence[object]]:
    """Give the records as they are complete; those of one batch are gone when the next is asked for."""
    names = [clark(name, source) for name in (source.iterator or "").split("/")[1:]]
    parser = _parser(source, tag=names[-1])
    some: list[Element] = []
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            parser.feed(chunk)
            some += _records(parser, names)
            if len(some) >= BATCH:
                yield some
                _drop_before(some[-1])
                some = []
    parser.close()
    some += _records(parser, names)
    if some:
        yield some


def _records(parser: etree.XMLPullParser, names: list[str]) -> Iterator[Element]:
    """Give the elements that are complete and lie where the names lead to."""
    known: Element | None = None
    for _, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
        parent = element.getparent()
        if parent is None or parent is not known:  # records mostly follow each other in the same element
            if _path(element, len(names)) != names:
                continue
            known = parent
        yield element


def _path(element: Element, longest: int) -> list[str]:
    """Return the names from the root to an element; of an element that lies deeper, so many that it shows."""
    names: list[str] = []
    current: Element | None = element
    while current is not None and len(names) <= longest:
        names.append(current.tag)
        current = current.getparent()
    return names[::-1]


def _drop_before(record: Element) -> None:
    """Take all that comes before a record out of its document, but not the record, which the parser may point at."""
    current, parent = record, record.getparent()
    while parent is not None:
        del parent[: parent.index(current)]
        current, parent = parent, parent.getparent()


def clark(name: str, source: LogicalSource) -> str:
    """Return a name of an XPath expression as the parser writes it, with its namespace in braces."""
    prefix, colon, local = name.rpartition(":")
    return f"{{{dict(source.namespaces)[prefix]}}}{local}" if colon else name


class XmlBatch:
    """Some records of an XML document.

    Args:
        source: What the mapping says.
        records: The records: elements, or what else the iterator leads to.
        given: How many came before them.
    """

    def __init__(self, source: LogicalSource, records: Sequence[object], given: int) -> None:
        self.size = len(records)
        self._source = source
        self._records = records
        self._given = given
        self._columns: dict[str, Column | None] = {}
        self._children: dict[str, list[str | None]] | None = None
        self._awkward: set[object] = set()
        self._are_elements = all(isinstance(record, Element) for record in records)

    def place(self, number: int) -> str:
        """Say where a record stands: file, number of the record, and line."""
        line = getattr(self._records[number], "sourceline", None)
        return f"{self._source.file}, record {self._given + number + 1}" + (f", line {line}" if line else "")

    def values(self, reference: str) -> list[Values]:
        """Return the values that an expression has in each record.

        Raises:
            InputError: the records are no elements.
        """
        expression = compile_xpath(reference, self._source, where=self._source.place)
        return [self._values(expression(element)) for element in self._elements()]

    def column(self, reference: str) -> Column | None:
        """Return the values of an attribute, or of a child element that occurs once and holds text alone."""
        if reference not in self._columns:
            self._columns[reference] = self._simple(reference)
        return self._columns[reference]

    def _simple(self, reference: str) -> Column | None:
        attribute, child = _attribute.fullmatch(reference), _child.fullmatch(reference)
        texts: list[str | None] | None
        if attribute:
            name = clark(attribute[1], self._source)
            texts = [element.get(name) or None for element in self._elements()]
        elif child:
            name = clark(child[1], self._source)
            children = self._read_children()
            texts = None if name in self._awkward else children.get(name, [None] * self.size)
        else:
            return None
        if texts is None:
            return None
        series = pl.Series(texts, dtype=pl.String)
        if self._source.nulls:
            series = series.set(series.is_in(list(self._source.nulls)), None)
        return Column(series)

    def _read_children(self) -> dict[str, list[str | None]]:
        """Read the texts of all children in one go, by name; names that occur twice or hold elements are awkward."""
        if self._children is None:
            self._children = {}
            for number, element in enumerate(self._elements()):
                for child in element:
                    tag = child.tag
                    texts = self._children.get(tag)
                    if texts is None:
                        texts = self._children[tag] = [None] * self.size
                    if len(child) or texts[number] is not None:
                        self._awkward.add(tag)
                    texts[number] = child.text or None
        return self._children

    def _elements(self) -> Sequence[Element]:
        if not self._are_elements:
            raise InputError(
                "The iterator leads to what is no element.",
                where=self._source.place,
                remedy="Write a path to elements.",
            )
        return cast("Sequence[Element]", self._records)

    def _values(self, found: object) -> Values:
        items = found if isinstance(found, list) else [found]
        texts = ("".join(map(str, item.itertext())) if isinstance(item, Element) else str(item) for item in items)
        return [Value(text) for text in texts if text and text not in self._source.nulls]
