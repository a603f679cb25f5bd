"""The structure of a SPARQL query, as far as pre-binding needs it: groups, and which variables each part speaks of.

SHACL pre-binds `$this` and others: the query is to mean what it would if the variable were its value wherever it stands
(https://www.w3.org/TR/shacl/#pre-binding). SPARQL evaluates a group by itself, so a value that is joined to the whole
does not reach a FILTER in an inner group. Here is found in which groups the value has to be joined, so that it does:
then one query answers for all focus nodes together.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from virtuales.assurance.reading import Malformed

_TOKEN = re.compile(
    r"""
      (?P<skip>\s+|\#[^\n\r]*)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<variable>[?$][A-Za-z_0-9\u00b7-\U000effff]+)
    | (?P<name>[\w.·-]*:(?:[\w.:·-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*(?<!(?<!\\)\.)|@?[A-Za-z][\w-]*)
    | (?P<number>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)
    | (?P<sign>\^\^|&&|\|\||[!<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORBIDDEN = frozenset({"MINUS", "VALUES", "SERVICE", "FROM"})
_PARTS = frozenset({"OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "{"})
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_CUTS = frozenset({"LIMIT", "OFFSET"})

Kind = Literal["triples", "zero-length", "group", "union", "optional", "minus", "graph", "filter", "bind", "select"]


class Token(NamedTuple):
    """A word of a query.

    Args:
        kind: What it is: `string`, `iri`, `variable`, `name`, `number` or `sign`.
        text: How it is written.
        start: Where it begins.
        word: Its keyword in capitals, or its sign; empty for a term.
        variable: The variable's name without its mark.
    """

    kind: str
    text: str
    start: int
    word: str = ""
    variable: str | None = None


@dataclass
class Part:
    """One part of a group, from where to where it stands, the variables it speaks of itself, the groups within it."""

    kind: Kind
    start: int = 0
    end: int = 0
    variables: set[str] = field(default_factory=set)
    groups: list["Group"] = field(default_factory=list)
    one_by_one: bool = False

    def mentions(self) -> set[str]:
        """Return the variables of the part and of all that is within it."""
        return self.variables.union(*(group.mentions() for group in self.groups))


@dataclass
class Group:
    """A group graph pattern: where its content begins and ends in the text, and its parts."""

    opening: int
    closing: int = 0
    parts: list[Part] = field(default_factory=list)

    def mentions(self) -> set[str]:
        """Return the variables of all parts."""
        return set[str]().union(*(part.mentions() for part in self.parts))


@dataclass
class Query:
    """A query or a nested SELECT.

    Args:
        form: `SELECT` or `ASK`.
        start: Where the form's word stands.
        projected: The variables that a SELECT names; empty for `*`.
        group: Its pattern.
        separate: Whether an answer for several values at once could differ from the answers one by one.
    """

    form: str
    start: int
    projected: set[str]
    group: Group
    separate: bool


@lru_cache(maxsize=1024)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Cut a query into words; spaces and comments are left out. A query is looked at by several rewritings."""
    matches = (match for match in _TOKEN.finditer(text) if match.lastgroup != "skip")
    return tuple(_token(match.lastgroup or "sign", match.group(), match.start()) for match in matches)


def _token(kind: str, text: str, start: int) -> Token:
    word = text.upper() if kind in {"name", "sign"} else ""
    return Token(kind, text, start, word, text[1:] if kind == "variable" else None)


def replaced(text: str, variable: str, by: str) -> str:
    """Write something else wherever a variable stands.

    >>> replaced("SELECT $this { $this $PATH ?x # $PATH", "PATH", "<urn:p>")
    'SELECT $this { $this <urn:p> ?x # $PATH'
    """
    end = 0
    pieces: list[str] = []
    for token in tokens_of(text):
        if token.variable == variable:
            pieces += [text[end : token.start], by]
            end = token.start + len(token.text)
    return "".join([*pieces, text[end:]])


class Construct(NamedTuple):
    """A CONSTRUCT query, cut into what stands before it, the inside of its template, and what follows it."""

    prologue: str
    template: str
    pattern: str


def parse_construct(text: str) -> Construct:
    """Cut a CONSTRUCT query; where the pattern is the template too, it is both.

    Raises:
        Malformed: it is no CONSTRUCT query.

    >>> parse_construct("PREFIX : <urn:> CONSTRUCT { ?a :p ?b } WHERE { ?b :q ?a }")
    Construct(prologue='PREFIX : <urn:> ', template=' ?a :p ?b ', pattern=' WHERE { ?b :q ?a }')
    """
    tokens = tokens_of(text)
    place = next((place for place, token in enumerate(tokens) if token.word == "CONSTRUCT"), None)
    if place is None:
        raise Malformed("A CONSTRUCT query is expected.")
    opening = next(token.start for token in tokens[place:] if token.word == "{")
    closing = _closing(tokens, opening)
    after = closing + 1 if tokens[place + 1].word == "{" else tokens[place + 1].start
    return Construct(text[: tokens[place].start], text[opening + 1 : closing], text[after:])


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Return the place of the bracket that closes the curly one that stands there."""
    depth = 0
    for token in tokens:
        if token.start >= opening:
            depth += (token.word == "{") - (token.word == "}")
            if depth == 0:
                return token.start
    raise Malformed("The query does not end.")


def parse_query(text: str, prebound: AbstractSet[str], *, allowed: AbstractSet[str] = frozenset()) -> Query:
    """Find the structure of a query, and refuse what SHACL does not allow in one.

    Args:
        text: The query; its syntax has been checked already.
        prebound: The variables that get their values from outside.
        allowed: What SHACL forbids and this query may use all the same: `MINUS` where it was written here.

    Raises:
        Malformed: it uses MINUS, VALUES, SERVICE or FROM, gives a pre-bound variable a value, or has a nested SELECT
            that does not pass a pre-bound variable on.
    """
    refused = _FORBIDDEN - allowed
    forbidden = next((token.word for token in tokens_of(text) if token.word in refused), None)
    if forbidden:
        raise Malformed(f"SHACL does not allow {forbidden} in a query.")
    return _parsed(text, frozenset(prebound))


@lru_cache(maxsize=1024)
def _parsed(text: str, prebound: frozenset[str]) -> Query:
    """Find the structure of a query, which several rewritings look at and none changes."""
    return _Parser(tokens_of(text), prebound).query()


class _Parser:
    def __init__(self, tokens: Sequence[Token], prebound: AbstractSet[str]) -> None:
        self._tokens = [*tokens, Token("end", "", 0)]
        self._place = 0
        self._prebound = prebound
        for one, other in pairwise(tokens):
            if one.word == "AS" and other.variable in prebound:
                raise Malformed(f"The query gives the pre-bound variable `{other.text}` a value.")

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def query(self) -> Query:
        while self._token.word not in {"SELECT", "ASK"} and self._token.kind != "end":
            self._next()
        if self._token.kind == "end":
            raise Malformed("A SELECT or ASK query is expected.")
        return self._select(self._next())

    def _select(self, form: Token) -> Query:
        head = list(self._until({"{"}))
        group = self._group()
        tail = list(self._until({"}"}))
        words = {token.word for token in (*head, *tail)}
        grouped = _grouped_by(tail)
        aggregated = bool(words & (_AGGREGATES | {"GROUP", "HAVING"})) and "this" not in grouped
        projected = {token.variable for token in head if token.variable}
        return Query(form.word, form.start, projected, group, bool(words & _CUTS) or aggregated)

    def _until(self, ends: AbstractSet[str]) -> Iterator[Token]:
        """Give the words up to one of the ends outside parentheses."""
        depth = 0
        while self._token.kind != "end" and (depth or self._token.word not in ends):
            token = self._next()
            depth += (token.word == "(") - (token.word == ")")
            yield token

    def _group(self) -> Group:
        opening = self._next()
        group = Group(opening.start + 1)
        if self._token.word == "SELECT":
            inner = self._select(self._next())
            self._check_nested(inner)
            nested = Part("select", variables=inner.projected, groups=[inner.group], one_by_one=inner.separate)
            group.parts.append(nested)
        while self._token.word != "}" and self._token.kind != "end":
            start = self._token.start
            part = self._part()
            part.start, part.end = start, self._end
            group.parts.append(part)
        group.closing = self._next().start
        return group

    @property
    def _end(self) -> int:
        """Where the last word that was read ends."""
        last = self._tokens[self._place - 1]
        return last.start + len(last.text)

    def _check_nested(self, inner: Query) -> None:
        hidden = (self._prebound - {"shapesGraph", "currentShape"}) - inner.projected
        if hidden:
            raise Malformed(f"A nested SELECT does not pass on the pre-bound variable `${min(hidden)}`.")

    def _part(self) -> Part:
        word = self._token.word
        if word == "{":
            groups = [self._group()]
            while self._token.word == "UNION":
                self._next()
                groups.append(self._group())
            return Part("union" if len(groups) > 1 else "group", groups=groups)
        if word in {"OPTIONAL", "MINUS"}:
            self._next()
            return Part("minus" if word == "MINUS" else "optional", groups=[self._group()])
        if word == "GRAPH":
            self._next()
            name = self._next().variable
            return Part("graph", variables={name} if name else set(), groups=[self._group()])
        return self._expression() if word in {"FILTER", "BIND"} else self._triples()

    def _expression(self) -> Part:
        """Read a FILTER or BIND: up to where its parentheses close, or the group after EXISTS does."""
        part = Part("filter" if self._next().word == "FILTER" else "bind")
        depth = 0
        while self._token.kind != "end":
            token = self._next()
            depth += (token.word == "(") - (token.word == ")")
            if token.variable:
                part.variables.add(token.variable)
            exists = token.word == "EXISTS" and self._token.word == "{"
            if exists:
                part.groups.append(self._group())
            if depth == 0 and (exists or token.word == ")"):
                break
        return part

    def _triples(self) -> Part:
        part = Part("triples")
        while self._token.word not in _PARTS and self._token.word != "}" and self._token.kind != "end":
            token = self._next()
            if token.variable:
                part.variables.add(token.variable)
            elif token.word in {"*", "?"}:
                part.kind = "zero-length"
        return part


def _grouped_by(tail: list[Token]) -> set[str]:
    found: set[str] = set()
    inside = False
    for token in tail:
        inside = (inside or token.word == "GROUP") and token.word not in {"HAVING", "ORDER", *_CUTS}
        if inside and token.variable:
            found.add(token.variable)
    return found


def separate(query: Query) -> bool:
    """Tell whether a query, or a SELECT nested in it, has to be asked for one value after another."""

    def within(group: Group) -> bool:
        return any(part.one_by_one or any(map(within, part.groups)) for part in group.parts)

    return query.separate or within(query.group)


@dataclass
class Joins:
    """Where values have to be joined so that they reach every part of a query that speaks of them.

    Args:
        prebound: The variables that get their values from outside.
        at: For the beginning of each such group, the variables to join there.
    """

    prebound: AbstractSet[str]
    at: dict[int, set[str]] = field(default_factory=dict)

    def visit(
        self,
        group: Group,
        *,
        given: AbstractSet[str] = frozenset(),
        seen: AbstractSet[str] = frozenset(),
        forced: AbstractSet[str] = frozenset(),
    ) -> set[str]:
        """Go through a group.

        Args:
            group: The group.
            given: Variables that have their value in it from outside, as in the group of an EXISTS.
            seen: Variables whose values its filters see from outside, as those of an OPTIONAL do.
            forced: Variables to join here in any case.

        Returns:
            The variables that every solution of the group binds.
        """
        need, certain = set(forced), set(given) | set(forced)
        late: set[str] = set()
        for part in group.parts:
            spoken = part.mentions() & self.prebound
            if part.kind in {"optional", "bind", "zero-length"}:
                need |= spoken - certain
                certain |= spoken
            elif part.kind in {"filter", "minus"}:
                late |= spoken
            if part.kind in {"triples", "zero-length", "graph"}:
                certain |= part.variables
            certain |= self._within(part, certain | late)
        need |= late - certain - seen
        if need:
            self.at[group.opening] = need
        return certain | need

    def _within(self, part: Part, certain: set[str]) -> set[str]:
        """Go through the groups within a part; return what the part binds for certain."""
        if part.kind == "select":
            inner = part.groups[0]
            needed = (inner.mentions() | part.variables) & self.prebound
            return self.visit(inner, forced=needed) & part.variables
        if part.kind in {"filter", "bind"}:
            for group in part.groups:
                self.visit(group, given=certain)
            return set()
        if part.kind in {"optional", "minus"}:
            self.visit(part.groups[0], seen=certain)
            return set()
        found = [self.visit(group) for group in part.groups]
        return set[str].intersection(*found) if found else set()
