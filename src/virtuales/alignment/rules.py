"""Mapping rules: SPARQL CONSTRUCT queries that carry what no pair of terms can: other structures, values or units.

A rule is a file `NAME.rq` whose decorators, lines that begin with `#+`, say in YAML what it is for:

    #+ title: Machines' impedances in ohm
    #+ description: Per unit on the machine's own base becomes ohm.
    #+ from: cgmes-2.4.15
    #+ to: cgmes-3.0
    #+ carries:
    #+   - ?machine cim16:SynchronousMachine.r0
    #+   - ?version a entsoe:EquipmentVersion
    #+ creates:
    #+   - ?point beside ?node

`carries` names the statements that the rule takes over: of the subjects that a variable is bound to, those with a
property, or the one that says the class. `creates` names variables of objects that the source does not have, each with
the variable of an object that it belongs beside. Both are optional; a rule may also just add what the target asks for.
"""

import re
from collections import abc
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from virtuales.errors import UnreadableInput
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.query.decorators import read_decorators, text_of
from virtuales.query.header import Entry
from virtuales.query.in_memory import syntax_complaint
from virtuales.rdf.namespaces import RDF, VES

RULE_SUFFIX: Final = ".rq"
_KNOWN: Final = frozenset({"title", "description", "from", "to", "carries", "creates", "tags"})
_PREFIX: Final = re.compile(r"^\s*PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_CARRIED: Final = re.compile(r"\?(\w+)\s+(?:(a)\s+)?([\w.-]*:[\w.-]+|<[^<>\s]+>)")
_CREATED: Final = re.compile(r"\?(\w+)\s+beside\s+\?(\w+)")
_CONSTRUCT: Final = re.compile(r"\bCONSTRUCT\b", re.IGNORECASE)
_WHERE: Final = re.compile(r"\}\s*(WHERE\s*\{)", re.IGNORECASE)


@dataclass(frozen=True)
class Carried:
    """Statements that a rule takes over.

    Args:
        variable: The variable that their subjects are bound to.
        term: The IRI of their property, or of the class where they say it.
        is_class: Whether they are the statements of the class.
    """

    variable: str
    term: str
    is_class: bool = False

    @property
    def predicate(self) -> str:
        """The IRI of the statements' predicate."""
        return RDF.type.value if self.is_class else self.term


@dataclass(frozen=True)
class Created:
    """Objects that the source does not have.

    Args:
        variable: The variable that they are bound to.
        beside: The variable of the source's objects that they belong beside.
    """

    variable: str
    beside: str


@dataclass(frozen=True)
class MappingRule:
    """One rule.

    Args:
        name: The file's name without its ending.
        title: What it does, in a few words.
        description: Why, and how.
        source: The registered name of the model that it reads.
        target: The registered name of the model that it writes.
        query: The whole CONSTRUCT query.
        carries: The statements that it takes over.
        creates: The objects that it makes.
        file: The file, for messages.
    """

    name: str
    title: str
    description: str
    source: str
    target: str
    query: str
    carries: tuple[Carried, ...] = ()
    creates: tuple[Created, ...] = ()
    file: str = ""

    @property
    def select(self) -> str:
        """The query that gives, for each way the rule applies, the objects that it carries from and creates."""
        head = _CONSTRUCT.search(self.query)
        pattern = _WHERE.search(self.query)
        if head is None or pattern is None:
            raise TypeError("a rule that was read has a CONSTRUCT with a WHERE")
        wanted = dict.fromkeys([one.variable for one in self.carries])
        for one in self.creates:
            wanted |= {one.variable: None, one.beside: None}
        variables = " ".join(f"?{name}" for name in wanted)
        return f"{self.query[: head.start()]}SELECT DISTINCT {variables} {self.query[pattern.start(1) :]}"


def read_rule(file: Path) -> MappingRule:
    """Read a rule.

    Args:
        file: The file.

    Raises:
        UnreadableInput: it is not UTF-8, its decorators are wrong, or it is no valid CONSTRUCT query; names the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The rule cannot be read: {error}.", where=str(file)) from error
    said = read_decorators(
        text,
        file=str(file),
        known=_KNOWN,
        remedy="Say at the top of the file what the rule is: title, description, from, to.",
    )
    complaint = syntax_complaint(text)
    if complaint:
        raise UnreadableInput(
            f"The rule is not valid SPARQL: {complaint[:200]}.", where=str(file), remedy="Correct the query."
        )
    if not (_CONSTRUCT.search(text) and _WHERE.search(text)):
        raise UnreadableInput(
            "A rule is a query of the form `CONSTRUCT { … } WHERE { … }`.",
            where=str(file),
            remedy="Write both parts out; the short form without a template cannot change anything.",
        )
    prefixes = dict(_PREFIX.findall(text))
    return MappingRule(
        name=file.stem,
        title=text_of(said, "title", file=str(file)),
        description=text_of(said, "description", file=str(file)),
        source=text_of(said, "from", file=str(file)),
        target=text_of(said, "to", file=str(file)),
        query=text,
        carries=tuple(_carried(entry, prefixes, file) for entry in _list(said, "carries")),
        creates=tuple(_created(entry, file) for entry in _list(said, "creates")),
        file=str(file),
    )


class RuleRegistry:
    """The rules of one folder, read when they are first asked for.

    Args:
        files: The rules that the folder's manifest lists.
    """

    def __init__(self, files: abc.Iterable[ListedFile]) -> None:
        self._files = tuple(files)

    @classmethod
    def load(cls, folder: Path) -> "RuleRegistry":
        """Read the manifest of a folder of mappings; the rules themselves are read when first asked for.

        Raises:
            ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
            UnreadableInput: the manifest is not Turtle.
        """
        return cls(read_manifest(folder, VES.MappingRule))

    @cached_property
    def rules(self) -> tuple[MappingRule, ...]:
        """All rules, by file; errors are those of `read_rule`."""
        return tuple(read_rule(file.path) for file in sorted(self._files, key=lambda one: one.path))

    def between(self, source: str, target: str) -> tuple[MappingRule, ...]:
        """Return the rules from one model to another, both named as they are registered."""
        return tuple(rule for rule in self.rules if (rule.source, rule.target) == (source, target))


def _list(said: abc.Mapping[str, Entry], key: str) -> list[Entry]:
    return said[key].items() if key in said else []


def _carried(entry: Entry, prefixes: abc.Mapping[str, str], file: Path) -> Carried:
    match = _CARRIED.fullmatch(entry.value) if isinstance(entry.value, str) else None
    if match is None:
        raise UnreadableInput(
            f"`{entry.value}` does not say which statements the rule carries.",
            where=f"{file}, line {entry.line}",
            remedy="Write `?variable prefix:property` or `?variable a prefix:Class`.",
        )
    return Carried(match[1], _expanded(match[3], prefixes, f"{file}, line {entry.line}"), match[2] is not None)


def _created(entry: Entry, file: Path) -> Created:
    match = _CREATED.fullmatch(entry.value) if isinstance(entry.value, str) else None
    if match is None:
        raise UnreadableInput(
            f"`{entry.value}` does not say which objects the rule creates.",
            where=f"{file}, line {entry.line}",
            remedy="Write `?new beside ?known`.",
        )
    return Created(match[1], match[2])


def _expanded(name: str, prefixes: abc.Mapping[str, str], where: str) -> str:
    if name.startswith("<"):
        return name[1:-1]
    prefix, _, local = name.partition(":")
    if prefix not in prefixes:
        raise UnreadableInput(
            f"The prefix `{prefix}` is not declared.", where=where, remedy=f"Add `PREFIX {prefix}: <…>` to the query."
        )
    return prefixes[prefix] + local
