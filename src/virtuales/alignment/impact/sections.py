"""An impact in words: headings, sentences and tables, for whatever form it is written in."""

from collections import abc
from dataclasses import dataclass

from virtuales.alignment.impact.record import ANSWERABLE, Impact, StatementChange, TranslationChange
from virtuales.models.facts import local_name

_MOST_ROWS = 200
"""Rows of a table that people are shown; JSON has all."""


@dataclass(frozen=True)
class Section:
    """A part of the report.

    Args:
        title: Its heading.
        sentence: What it comes to.
        head: The table's columns.
        rows: The table's rows.
    """

    title: str
    sentence: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def title_of(impact: Impact) -> str:
    """Return the report's title."""
    place = f", in place of {impact.in_place_of}" if impact.in_place_of else ""
    return f"What `{impact.name}` changes{place}"


def sections_of(impact: Impact) -> list[Section]:
    """Return the report in parts; each says so where nothing changes."""
    return [*_translations(impact), _queries(impact), _datasets(impact), _gaps(impact)]


def _translations(impact: Impact) -> abc.Iterator[Section]:
    if not impact.translations:
        yield Section("Translations", "No translation changes.")
    for one in impact.translations:
        yield _translation(one)
        if one.statements is not None:
            yield _statements(one, one.statements)


def _translation(one: TranslationChange) -> Section:
    counts = (len(one.gained), len(one.lost), len(one.changed))
    said = ["{:,} terms are newly carried, {:,} no longer, {:,} carried otherwise.".format(*counts)]
    kinds = (
        ("newly run", one.rules_gained),
        ("no longer run", one.rules_lost),
        ("say something else", one.rules_changed),
    )
    for words, rules in kinds:
        if rules:
            said.append(f"Rules that {words}: {', '.join(rules)}.")
    if one.fault:
        said.append(f"The translation cannot be made: {one.fault}")
    rows = [(_name(each.term), _way(each.before), _way(each.after)) for each in one.terms]
    return Section(
        f"From {one.source} to {one.target}", " ".join(said), ("term", "without", "with") if rows else (), _cut(rows)
    )


def _statements(one: TranslationChange, found: tuple[StatementChange, ...]) -> Section:
    count = sum(each.count for each in found)
    rows = [(_name(each.term), _counts(each.before), _counts(each.after)) for each in found]
    return Section(
        f"The given data, from {one.source} to {one.target}",
        f"{count:,} statements become something else.",
        ("term", "without", "with") if rows else (),
        _cut(rows),
    )


def _queries(impact: Impact) -> Section:
    if not impact.queries:
        return Section("Saved queries", "None uses a term whose translation changes.")
    counts = {outcome: sum(one.outcome == outcome for one in impact.queries) for outcome in ANSWERABLE}
    rows = [
        (one.query, f"{one.source} for {one.target}", one.outcome, _names(one.terms), _names(one.lacking))
        for one in sorted(impact.queries, key=lambda one: (ANSWERABLE.index(one.outcome), one.query, one.source))
    ]
    return Section(
        "Saved queries",
        ", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number) + ".",
        ("query", "asked of data in", "outcome", "because of", "still lacking"),
        _cut(rows),
    )


def _datasets(impact: Impact) -> Section:
    if impact.datasets is None:
        return Section("Datasets", "No catalogue was asked.")
    if not impact.datasets:
        return Section("Datasets", "No catalogued dataset uses a term whose translation changes.")
    total = sum(one.total for one in impact.datasets)
    rows = [
        (
            one.title,
            f"{one.source} to {one.target}",
            f"{one.total:,}",
            _names(term for term, _ in one.counts),
            one.endpoint,
        )
        for one in impact.datasets
    ]
    return Section(
        "Datasets",
        f"{total:,} statements are translated otherwise.",
        ("dataset", "translation", "statements", "terms", "endpoint"),
        _cut(rows),
    )


def _gaps(impact: Impact) -> Section:
    if not impact.gaps:
        return Section("Gap reports", "No requirement of a use case is met otherwise.")
    rows = [(f"{one.use_case} {one.requirement}", one.title, one.model, one.before, one.after) for one in impact.gaps]
    return Section(
        "Gap reports",
        f"{len(rows):,} requirements are met otherwise.",
        ("requirement", "title", "model", "without", "with"),
        _cut(rows),
    )


def _way(way: str) -> str:
    if not way:
        return "not carried"
    return way if way.startswith("rule ") else _name(way)


def _counts(counts: abc.Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number:,} {_way(how)}" for how, number in counts) or "none"


def _names(iris: abc.Iterable[str]) -> str:
    return ", ".join(map(_name, iris))


def _name(iri: str) -> str:
    """Return the last part of a term's IRI, and the part before it where that is a mere number."""
    local = local_name(iri)
    return local if any(map(str.isalpha, local)) else "/".join(iri.rsplit("/", 2)[-2:])


def _cut(rows: abc.Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    if len(rows) <= _MOST_ROWS:
        return tuple(rows)
    more = (f"and {len(rows) - _MOST_ROWS:,} more", *("" for _ in rows[0][1:]))
    return (*rows[:_MOST_ROWS], more)
