"""The metadata of tables: columns, datatypes, keys and URI templates, read from a metadata document.

See https://www.w3.org/TR/tabular-metadata/. Nothing is fetched: tables are the files that were sent along.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.csvw.datatypes import Datatype
from virtuales.preparation.csvw.uri_template import UriTemplate, quoted_name
from virtuales.preparation.encodings import encoding_name
from virtuales.preparation.tabular import Dialect

CONTEXT = "http://www.w3.org/ns/csvw"


@dataclass(frozen=True)
class Column:
    """A column, or a virtual column that only says something about each row.

    Args:
        name: Its name in URI templates.
        titles: The titles that its header may have.
        datatype: What its values are.
        nulls: Texts that mean that there is no value.
        default: The value of an empty cell.
        required: Whether each row has to have a value.
        language: The language of its texts.
        separator: What stands between several values of a cell; None for one value.
        ordered: Whether the order of several values matters.
        about: Makes the subject; None for the row's.
        property: Makes the predicate; None for the column's own IRI.
        value: Makes an IRI as object in place of the cell's value.
        virtual: Whether no cell stands behind it.
        suppressed: Whether nothing is said of it.
    """

    name: str
    titles: tuple[str, ...] = ()
    datatype: Datatype = field(default_factory=Datatype)
    nulls: tuple[str, ...] = ("",)
    default: str = ""
    required: bool = False
    language: str | None = None
    separator: str | None = None
    ordered: bool = False
    about: UriTemplate | None = None
    property: UriTemplate | None = None
    value: UriTemplate | None = None
    virtual: bool = False
    suppressed: bool = False


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values have to occur in columns of another table.

    Args:
        columns: Names of the columns here.
        resource: The other table's file.
        references: Names of its columns.
    """

    columns: tuple[str, ...]
    resource: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class TableMetadata:
    """What is known of one table.

    Args:
        file: The name of its file.
        columns: Its columns, the virtual ones last.
        primary_key: Names of the columns that tell rows apart.
        foreign_keys: What it refers to.
        dialect: How it is written; None to detect it.
        suppressed: Whether nothing is said of it.
        sheet: The sheet of a workbook; None for its first.
    """

    file: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    dialect: Dialect | None = None
    suppressed: bool = False
    sheet: str | None = None

    def column(self, name: str) -> int:
        """Return the place of a column.

        Raises:
            InputError: there is none of that name.
        """
        for place, column in enumerate(self.columns):
            if column.name == name and not column.virtual:
                return place
        raise InputError(f"The metadata has no column `{name}`.", where=self.file, remedy="Correct the key.")


def is_metadata(head: bytes) -> bool:
    """Tell by its first bytes whether a JSON file is tabular metadata.

    >>> is_metadata(b'{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv"}')
    True
    """
    return f'"{CONTEXT}"'.encode() in head


def read_metadata(source: Path | bytes, *, name: str | None = None) -> tuple[TableMetadata, ...]:
    """Read the tables that a metadata document describes.

    Raises:
        UnreadableInput: it is no JSON.
        InputError: it is no tabular metadata, or contradicts itself; names the table and the field.
        UnknownTerm: a datatype or format that is not known here.
    """
    called = name or (source.name if isinstance(source, Path) else "the metadata")
    try:
        document = json.loads(source.read_bytes() if isinstance(source, Path) else source)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"This is no JSON: {str(error)[:200]}.", where=called) from None
    root = _object(document, called)
    context = root.get("@context")
    contexts = context if isinstance(context, list) else [context]
    if CONTEXT not in contexts:
        raise InputError("This is no metadata of tables.", where=called, remedy=f'Write `"@context": "{CONTEXT}"`.')
    language = next((part.get("@language") for part in contexts if isinstance(part, dict)), None)
    inherited = _inheritable({"lang": language} if language else {}, root)
    tables = root.get("tables", [root])
    if not isinstance(tables, list) or not tables:
        raise InputError("`tables` names no table.", where=called, remedy="Give at least one.")
    return tuple(_table(_object(table, called), inherited, called, root.get("dialect")) for table in tables)


_INHERITED = (
    *("aboutUrl", "propertyUrl", "valueUrl", "datatype", "default", "lang", "null", "ordered", "required"),
    "separator",
)


def _inheritable(outer: Mapping[str, object], inner: Mapping[str, object]) -> dict[str, object]:
    return {**outer, **{name: inner[name] for name in _INHERITED if name in inner}}


def _table(table: Mapping[str, object], outer: Mapping[str, object], called: str, dialect: object) -> TableMetadata:
    file = _text(table, "url", called)
    if not file:
        raise InputError("A table has no `url`.", where=called, remedy="Name its file.")
    where = f"{called}, table {file}"
    schema = _object(table.get("tableSchema", {}), where)
    inherited = _inheritable(_inheritable(outer, table), schema)
    listed = _list(schema, "columns", where)
    columns = tuple(_column(_object(column, where), inherited, where, place) for place, column in enumerate(listed, 1))
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise InputError("Two columns have the same name.", where=where, remedy="Give each a name of its own.")
    if any(early.virtual and not late.virtual for early, late in pairwise(columns)):
        raise InputError("A virtual column stands before another.", where=where, remedy="Put virtual columns last.")
    written = table.get("dialect", dialect)
    return TableMetadata(
        file=file.removeprefix("./"),
        columns=columns,
        primary_key=_names(schema.get("primaryKey"), where),
        foreign_keys=tuple(_foreign_key(_object(key, where), where) for key in _list(schema, "foreignKeys", where)),
        dialect=_dialect(_object(written, where), where) if written is not None else None,
        suppressed=table.get("suppressOutput") is True,
        sheet=_text(table, "ves:sheet", where) or None,
    )


def _column(said: Mapping[str, object], outer: Mapping[str, object], where: str, place: int) -> Column:
    titles = said.get("titles", ())
    if isinstance(titles, dict):
        titles = [title for some in titles.values() for title in ([some] if isinstance(some, str) else some)]
    titles = (titles,) if isinstance(titles, str) else tuple(str(title) for title in titles)  # type: ignore[attr-defined]  # JSON
    name = _text(said, "name", where) or (quoted_name(titles[0]) if titles else f"_col.{place}")
    where = f"{where}, column {name}"
    every = _inheritable(outer, said)
    nulls = every.get("null", "")
    templates = {
        field: UriTemplate(str(every[key]), where=f"{where}, {key}") if key in every else None
        for field, key in (("about", "aboutUrl"), ("property", "propertyUrl"), ("value", "valueUrl"))
    }
    language = every.get("lang")
    return Column(
        name=name,
        titles=titles,
        datatype=_datatype(every.get("datatype", "string"), where),
        nulls=(nulls,) if isinstance(nulls, str) else _texts(nulls, where),
        default=str(every.get("default", "")),
        required=every.get("required") is True,
        language=str(language) if language not in {None, "und"} else None,
        separator=_text(every, "separator", where) or None,
        ordered=every.get("ordered") is True,
        virtual=said.get("virtual") is True,
        suppressed=said.get("suppressOutput") is True,
        **templates,
    )


def _datatype(said: object, where: str) -> Datatype:
    if isinstance(said, str):
        return Datatype(said)
    given = _object(said, where)
    form = given.get("format")
    number = form if isinstance(form, dict) else {}
    pattern = number.get("pattern") if number else form
    limits = {
        "minimum": given.get("minInclusive", given.get("minimum")),
        "maximum": given.get("maxInclusive", given.get("maximum")),
    }
    length = given.get("length")
    return Datatype(
        name=_text(given, "base", where) or "string",
        iri=_text(given, "@id", where) or None,
        format=str(pattern) if pattern is not None else None,
        decimal=str(number.get("decimalChar", ".")),
        group=str(number.get("groupChar", "," if "," in str(number.get("pattern", "")) else "")),
        minimum=None if limits["minimum"] is None else str(limits["minimum"]),
        maximum=None if limits["maximum"] is None else str(limits["maximum"]),
        least_length=_whole(given.get("minLength", length), where),
        most_length=_whole(given.get("maxLength", length), where),
    )


def _foreign_key(said: Mapping[str, object], where: str) -> ForeignKey:
    reference = _object(said.get("reference", {}), where)
    columns = _names(said.get("columnReference"), where)
    references = _names(reference.get("columnReference"), where)
    resource = _text(reference, "resource", where)
    if not columns or len(columns) != len(references) or not resource:
        raise InputError("A foreign key needs as many columns here as in the `resource` it refers to.", where=where)
    return ForeignKey(columns, resource.removeprefix("./"), references)


def _dialect(said: Mapping[str, object], where: str) -> Dialect:
    header = said.get("header", said.get("headerRowCount", 1))
    skip = _whole(said.get("skipRows", 0), where)
    delimiter = _text(said, "delimiter", where) or ","
    stated = _text(said, "encoding", where)
    return Dialect(
        encoding=encoding_name(stated, where=where) if stated else None,
        delimiter=delimiter,
        quote=_text(said, "quoteChar", where) or '"',
        header=bool(header),
        skip_rows=skip or 0,
    )


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InputError("An object is expected in the metadata.", where=where, remedy="Write `{…}`.")
    return value


def _list(said: Mapping[str, object], name: str, where: str) -> Sequence[object]:
    value = said.get(name, [])
    if not isinstance(value, list):
        raise InputError(f"`{name}` is no list.", where=where, remedy="Write `[…]`.")
    return value


def _text(said: Mapping[str, object], name: str, where: str) -> str:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"`{name}` is no text.", where=where, remedy='Write "…".')
    return value or ""


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputError("A list of texts is expected.", where=where)
    return tuple(value)


def _names(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else _texts(value, where)


def _whole(value: object, where: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"`{value}` is no whole number.", where=where)
    return value
