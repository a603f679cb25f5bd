"""Writing models and difference models as CIM/XML (IEC 61970-552), object by object, in the order they are kept in.

What is written reads back as the same statements. Datatypes are left out, since the registered model gives them back,
and a statement whose datatype it would not give back is refused. The header comes first; an object has `rdf:ID` in
the profile that introduces it and `rdf:about` where a profile adds to what another introduces.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from virtuales.errors import InputError, UnknownTerm
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.ntriples import TYPE, group, header_lines, iri_of, literal_of, parts
from virtuales.preparation.cim.profiles import introduces
from virtuales.preparation.cim.statements import structured_iri, term_namespaces
from virtuales.rdf.namespaces import DM, MD, RDF

_uuid = re.compile("urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})").fullmatch
_ncname = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*").fullmatch
_no_xml = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;"})
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

Group = tuple[bytes, list[bytes]]
"""A subject and the statements about it."""


def write_model(model: ModelFile, sink: BinaryIO) -> None:
    """Write a full model as CIM/XML.

    Statements that are kept object by object, as reading and applying keep them, stream through; others are gathered in
    memory first.

    Args:
        model: The model.
        sink: Where the document goes. After an error it holds an unusable part: discard it.

    Raises:
        UnknownTerm: a class or property that the registered model has not.
        InputError: an object without class, a value not of the property's datatype, or one that XML cannot hold.
    """
    writer = _ObjectWriter(model.vocabulary, model.identifiers, model.keywords, model.name)
    with _document(writer, sink):
        if model.header is not None:
            with model.statements.open("rb") as source:
                said = [parts(line) for line in source if line.startswith(f"<{model.header.iri}> ".encode())]
            sink.write(_header("md:FullModel", model.header.iri, [_said(*one[1:]) for one in said if one[1] != TYPE]))
            sink.write(b"  </md:FullModel>\n")
        sink.writelines(writer.object(*each, "  ").encode() for each in _with_values(_groups(model)))


def write_difference(difference: DifferenceModel, sink: BinaryIO) -> None:
    """Write a difference model as CIM/XML; arguments and errors are those of `write_model`."""
    profiles = frozenset(difference.vocabulary.profiles[profile] for profile in difference.header.profiles)
    writer = _ObjectWriter(difference.vocabulary, difference.identifiers, profiles, difference.name)
    sections = (
        ("preconditions", difference.preconditions),
        ("reverseDifferences", difference.reverse),
        ("forwardDifferences", difference.forward),
    )
    with _document(writer, sink, difference=True):
        said = [_said(*parts(line)[1:]) for line in header_lines(difference.header)[1:]]
        sink.write(_header("dm:DifferenceModel", difference.header.iri, said))
        for name, statements in sections:
            sink.write(f'    <dm:{name} rdf:parseType="Statements">\n'.encode())
            groups = groupby(group(statements), key=_subject)
            sink.writelines(writer.object((one, list(of)), {}, "      ", described=True).encode() for one, of in groups)
            sink.write(f"    </dm:{name}>\n".encode())
        sink.write(b"  </dm:DifferenceModel>\n")


@contextmanager
def _document(writer: "_ObjectWriter", sink: BinaryIO, *, difference: bool = False) -> Iterator[None]:
    declared = {"rdf": RDF.iri, **writer.prefixes, **({"dm": DM.iri} if difference else {})}
    attributes = "".join(f'\n    xmlns:{prefix}="{iri}"' for prefix, iri in declared.items())
    sink.write(f"{_DECLARATION}<rdf:RDF{attributes}>\n".encode())
    yield
    sink.write(b"</rdf:RDF>\n")


_HEADER_ORDER = ("created", "scenarioTime", "version", "DependentOn", "Supersedes", "description")


def _said(predicate: bytes, value: bytes) -> tuple[str, str]:
    """Return the local name of something that a header says, and the element's value as it is written."""
    name = iri_of(predicate).removeprefix(MD.iri)
    if value.startswith(b"<"):
        return name, f' rdf:resource="{_attribute(iri_of(value))}"/>'
    return name, f">{_text(literal_of(value)[0])}</md:{name}>"


def _header(element: str, iri: str, said: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"    <md:{name}{value}\n" for name, value in sorted(said, key=lambda one: _header_place(one[0]))]
    return "".join([f'  <{element} rdf:about="{_attribute(iri)}">\n', *lines]).encode()


def _header_place(name: str) -> int:
    local = name.removeprefix("Model.")
    return _HEADER_ORDER.index(local) if local in _HEADER_ORDER else len(_HEADER_ORDER)


def _subject(line: bytes) -> bytes:
    return line[: line.index(b" ")]


def _groups(model: ModelFile) -> Iterator[Group]:
    """Give a model's objects, each with all its statements, the header left out."""
    header = f"<{model.header.iri}>".encode() if model.header is not None else None
    gathered = None if _by_object(model.statements) else _gathered(model.statements)
    if gathered is not None:
        yield from ((subject, lines) for subject, lines in gathered.items() if subject != header)
        return
    with model.statements.open("rb") as source:
        for subject, lines in groupby(source, key=_subject):
            if subject != header:
                yield subject, list(lines)


def _by_object(statements: Path) -> bool:
    seen: set[int] = set()
    with statements.open("rb") as source:
        for subject, _ in groupby(source, key=_subject):
            known = hash(subject)
            if known in seen:
                return False
            seen.add(known)
    return True


def _gathered(statements: Path) -> dict[bytes, list[bytes]]:
    gathered: dict[bytes, list[bytes]] = {}
    with statements.open("rb") as source:
        for line in source:
            gathered.setdefault(_subject(line), []).append(line)
    return gathered


def _with_values(groups: Iterable[Group]) -> Iterator[tuple[Group, dict[bytes, list[bytes]]]]:
    """Put objects and the structured values that follow them together: a value's IRI begins with its owner's."""
    owner: Group | None = None
    inner: dict[bytes, list[bytes]] = {}
    for subject, lines in groups:
        if owner is not None and subject.startswith((owner[0][:-1] + b"#", owner[0][:-1] + b"/")):
            inner[subject] = lines
            continue
        if owner is not None:
            yield owner, inner
        owner, inner = (subject, lines), {}
    if owner is not None:
        yield owner, inner


class _ObjectWriter:
    """Writes objects; looks every class and property up once."""

    def __init__(self, vocabulary: Vocabulary, identifiers: Identifiers, profiles: frozenset[str], name: str) -> None:
        self.prefixes = _prefixes(vocabulary)
        self._names = {iri: prefix for prefix, iri in self.prefixes.items()}
        self._vocabulary = vocabulary
        self._local = identifiers.base + "#"
        self._profiles = profiles
        self._name = name
        self._classes: dict[bytes, tuple[str, bool]] = {}
        self._properties: dict[bytes, tuple[str, str | None]] = {}

    def object(self, owner: Group, inner: dict[bytes, list[bytes]], indent: str, *, described: bool = False) -> str:
        """Write one object, its structured values inside it; those that it does not refer to follow it.

        Args:
            owner: The object.
            inner: Structured values that may belong inside it.
            indent: White space before it.
            described: Whether an object without class is written as `rdf:Description`.
        """
        left = dict(inner)
        whole = [self._element(owner, left, indent, described=described)]
        while left:
            first = next(iter(left))
            whole.append(self._element((first, left.pop(first)), left, indent, described=described))
        return "".join(whole)

    def _element(
        self, owner: Group, left: dict[bytes, list[bytes]], indent: str, *, described: bool = False, named: bool = True
    ) -> str:
        """Write one object with the structured values of `left` that it refers to, which are taken out of there."""
        subject, lines = owner
        kinds = [line for line in lines if _predicate(line) == TYPE]
        if not kinds and not described:
            raise self._refused(f"The object <{iri_of(subject)}> has no class.", "Give it one, or remove it.")
        name, introduced = self._class(parts(kinds[0])[2]) if kinds else ("rdf:Description", False)
        naming = f" {self._naming(iri_of(subject), introduced=introduced)}" if named else ""
        stated = [self._property(line, left, indent + "  ") for line in lines if _predicate(line) != TYPE]
        content = f">\n{''.join(stated)}{indent}</{name}>" if stated else "/>"
        whole = [f"{indent}<{name}{naming}{content}\n"]
        for more in kinds[1:]:
            other, _ = self._class(parts(more)[2])
            whole.append(f"{indent}<{other} {self._naming(iri_of(subject), introduced=False)}/>\n")
        return "".join(whole)

    def _property(self, line: bytes, left: dict[bytes, list[bytes]], indent: str) -> str:
        subject, predicate, term = parts(line)
        known = self._properties.get(predicate)
        name, datatype = known if known is not None else self._learn(predicate)
        if term.startswith(b'"'):
            return f"{indent}<{name}>{self._value(line, term, datatype)}</{name}>\n"
        if term in left and self._is_value(subject, predicate, term, left[term]):
            value = self._element((term, left.pop(term)), left, indent + "  ", named=False)
            return f"{indent}<{name}>\n{value}{indent}</{name}>\n"
        if datatype is not None or not term.startswith(b"<"):
            raise self._refused(f"The value is no literal where one belongs: {_shown(line)}.", "Correct the statement.")
        return f'{indent}<{name} rdf:resource="{self._reference(iri_of(term))}"/>\n'

    def _is_value(self, subject: bytes, predicate: bytes, term: bytes, lines: Sequence[bytes]) -> bool:
        """Tell whether an object is the structured value that reading would name like this, with one class."""
        iri = iri_of(predicate)
        name = structured_iri(iri_of(subject), iri)
        kinds = sum(_predicate(line) == TYPE for line in lines)
        return iri in self._vocabulary.compounds and iri_of(term) == name and kinds == 1

    def _value(self, line: bytes, term: bytes, datatype: str | None) -> str:
        text, written, language = literal_of(term)
        if written != datatype or language:
            expected = f"<{datatype}>" if datatype else "an IRI"
            raise self._refused(
                f"The value is not of the datatype {expected}: {_shown(line)}.", "Correct the statement."
            )
        return _text(text)

    def _class(self, term: bytes) -> tuple[str, bool]:
        known = self._classes.get(term)
        if known is None:
            iri = iri_of(term)
            if iri not in self._vocabulary.classes:
                raise self._unknown(iri, "class")
            known = self._qualified(iri), introduces(self._vocabulary, self._profiles, iri)
            self._classes[term] = known
        return known

    def _learn(self, predicate: bytes) -> tuple[str, str | None]:
        iri = iri_of(predicate)
        datatype = self._vocabulary.datatypes.get(iri)
        if datatype is None and iri not in self._vocabulary.references:
            raise self._unknown(iri, "property")
        known = self._qualified(iri), datatype
        self._properties[predicate] = known
        return known

    def _qualified(self, iri: str) -> str:
        namespace = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
        return f"{self._names[namespace]}:{iri[len(namespace) :]}"

    def _naming(self, iri: str, *, introduced: bool) -> str:
        local = self._fragment(iri)
        if introduced and local is not None and _ncname(local):
            return f'rdf:ID="{local}"'
        return f'rdf:about="{self._reference(iri)}"'

    def _reference(self, iri: str) -> str:
        local = self._fragment(iri)
        return _attribute(iri if local is None else "#" + local)

    def _fragment(self, iri: str) -> str | None:
        """Return the name that stands for an IRI in a document on the shared base; None when only the IRI does."""
        match = _uuid(iri)
        if match is not None:
            return "_" + match[1]
        return iri[len(self._local) :] if iri.startswith(self._local) else None

    def _unknown(self, iri: str, kind: str) -> UnknownTerm:
        return UnknownTerm(
            f"The {kind} <{iri}> is not part of the model `{self._vocabulary.name}`.",
            where=self._name,
            remedy="Remove it, or register the model that defines it.",
        )

    def _refused(self, what: str, remedy: str) -> InputError:
        return InputError(what, where=self._name, remedy=remedy)


def _prefixes(vocabulary: Vocabulary) -> dict[str, str]:
    known = {iri: prefix for prefix, iri in sorted(vocabulary.prefixes.items(), reverse=True)}
    known |= {MD.iri: "md"}
    spaces = [space for space in term_namespaces(vocabulary) if space not in (RDF.iri, DM.iri)]
    named = {known.get(space, f"ns{number}"): space for number, space in enumerate(spaces, 1)}
    return dict(sorted(named.items()))


def _predicate(line: bytes) -> bytes:
    return line.split(b" ", 2)[1]


def _shown(line: bytes) -> str:
    return f"`{line.decode().rstrip()[:200]}`"


def _text(value: str) -> str:
    fault = _no_xml(value)
    if fault is not None:
        raise InputError(
            f"A text has the character {fault[0]!r}, which XML cannot hold.", remedy="Remove it from the value."
        )
    return value.translate(_TEXT)


def _attribute(value: str) -> str:
    return value.translate(_ATTRIBUTE)
