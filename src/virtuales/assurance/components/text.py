"""What a value's text looks like (https://www.w3.org/TR/shacl/#core-components-string)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from polars.exceptions import ComputeError

from virtuales.assurance.component import Component, Failures, Question, of_rows, of_values, one_integer
from virtuales.assurance.dictionary import BLANK, LITERAL, BoolArray
from virtuales.assurance.patterns import regular_expression
from virtuales.assurance.reading import Malformed, Node, literal_parts
from virtuales.assurance.shapes import SHACL, Constraint

if TYPE_CHECKING:
    from virtuales.assurance.engine import Evaluation

_MIN, _MAX = "MinLengthConstraintComponent", "MaxLengthConstraintComponent"
_PATTERN = "PatternConstraintComponent"
_SINGLE = "SingleLineConstraintComponent"
_IN, _UNIQUE = "LanguageInConstraintComponent", "UniqueLangConstraintComponent"


def _lengths(run: "Evaluation", asked: Question) -> tuple[BoolArray, "np.ndarray[tuple[int], np.dtype[np.uint32]]"]:
    blank = run.dictionary.kind[asked.values.nodes] == BLANK
    return blank, run.dictionary.text.gather(asked.values.nodes).str.len_chars().to_numpy()


def _min_length(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    blank, length = _lengths(run, asked)
    return of_values(asked.values, blank | (length < constraint.number))


def _max_length(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    blank, length = _lengths(run, asked)
    return of_values(asked.values, blank | (length > constraint.number))


def _read_pattern(node: Node, parameter: str) -> Iterable[Constraint]:
    flags = node.string("flags")
    found = []
    for value in node.values(parameter):
        if not value.startswith('"'):
            raise Malformed("`sh:pattern` must be a string.")
        text = regular_expression(literal_parts(value)[0], flags)
        try:
            pl.Series([""]).str.contains(text)
        except ComputeError as error:
            raise Malformed(f"`sh:pattern` is no regular expression: {value}.") from error
        found.append(Constraint(SHACL + _PATTERN, terms=(value,), text=text))
    return found


def _pattern(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    nodes, place = np.unique(asked.values.nodes, return_inverse=True)
    right = run.dictionary.text.gather(nodes).str.contains(constraint.text).to_numpy()
    right &= run.dictionary.kind[nodes] != BLANK
    return of_values(asked.values, ~right[place])


def _read_language_in(node: Node, parameter: str) -> Iterable[Constraint]:
    node.get(parameter)
    (members,) = node.lists(parameter)
    if not all(member.startswith('"') for member in members):
        raise Malformed("`sh:languageIn` must list language ranges as strings.")
    return [Constraint(SHACL + _IN, terms=members)]


def _language_in(run: "Evaluation", constraint: Constraint, asked: Question) -> Failures:
    """Match as SPARQL's `langMatches` does: the range itself, or the range and a hyphen in front."""
    codes, names = run.dictionary.language
    allowed = [literal_parts(term)[0].lower() for term in constraint.terms]
    right = [
        any(name == one or name.startswith(f"{one}-") or (one == "*" and name) for one in allowed) for name in names
    ]
    return of_values(asked.values, ~np.array(right, bool)[codes[asked.values.nodes]])


def _read_unique_lang(node: Node, parameter: str) -> Iterable[Constraint]:
    return [Constraint(SHACL + _UNIQUE, flag=True)] if node.boolean(parameter) else []


def _unique_lang(run: "Evaluation", _: Constraint, asked: Question) -> Failures:
    """Report each language once for a focus node that uses it twice."""
    codes, names = run.dictionary.language
    language = codes[asked.values.nodes].astype(np.int64)
    tagged = np.array([bool(name) for name in names], bool)[language] if len(names) else np.zeros(0, bool)
    key = asked.values.rows[tagged].astype(np.int64) * (len(names) + 1) + language[tagged]
    distinct, often = np.unique(key, return_counts=True)
    rows = (distinct[often > 1] // (len(names) + 1)).astype(np.int32)
    return Failures(rows, of_rows(np.ones(len(rows), bool)).nodes)


def _read_single_line(node: Node, parameter: str) -> Iterable[Constraint]:
    return [Constraint(SHACL + _SINGLE, flag=True)] if node.boolean(parameter) else []


def _single_line(run: "Evaluation", _: Constraint, asked: Question) -> Failures:
    """Report literals with a line break; see https://www.w3.org/TR/shacl12-core/#SingleLineConstraintComponent."""
    broken = run.dictionary.text.gather(asked.values.nodes).str.contains(r"[\f\r\n\v]").to_numpy()
    return of_values(asked.values, broken & (run.dictionary.kind[asked.values.nodes] == LITERAL))


COMPONENTS = (
    Component(_MIN, "minLength", one_integer(_MIN), _min_length, "Shorter than {number} characters."),
    Component(_MAX, "maxLength", one_integer(_MAX), _max_length, "Longer than {number} characters."),
    Component(_PATTERN, "pattern", _read_pattern, _pattern, "Does not match the pattern {terms[0]}."),
    Component(_SINGLE, "singleLine", _read_single_line, _single_line, "Has a line break."),
    Component(_IN, "languageIn", _read_language_in, _language_in, "Not in one of the languages {terms}."),
    Component(
        _UNIQUE,
        "uniqueLang",
        _read_unique_lang,
        _unique_lang,
        "A language is used by several values.",
        property_only=True,
    ),
)
