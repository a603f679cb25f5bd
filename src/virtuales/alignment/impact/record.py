"""What a file of mappings changes, as a record."""

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

Answerable = Literal["becomes answerable", "is no longer answerable", "is answered otherwise", "stays unanswerable"]
ANSWERABLE: Final[tuple[Answerable, ...]] = get_args(Answerable)
"""What becomes of a saved query that uses a term whose translation changes."""
NOT_CARRIED: Final = ""


@dataclass(frozen=True)
class TermChange:
    """A term that is carried otherwise.

    Args:
        term: Its IRI.
        before: By what it is carried without the file: a term's IRI or `rule NAME`; empty if by nothing.
        after: The same with the file.
    """

    term: str
    before: str
    after: str


@dataclass(frozen=True)
class StatementChange:
    """The statements of some data with a term that is carried otherwise.

    Args:
        term: The term's IRI.
        before: How many are carried how without the file.
        after: The same with the file.
    """

    term: str
    before: tuple[tuple[str, int], ...]
    after: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How many statements become something else."""
        kept = dict(self.after)
        return sum(max(0, number - kept.get(how, 0)) for how, number in self.before)


@dataclass(frozen=True)
class TranslationChange:
    """A translation from one model to another that changes.

    Args:
        source: The model to translate from: its registered name, or its IRI if it is not registered.
        target: The model to translate to.
        gained: Terms that are carried with the file alone.
        lost: Terms that are carried without it alone.
        changed: Terms that are carried otherwise.
        rules_gained: Rules that run with the file alone.
        rules_lost: Rules that run without it alone.
        rules_changed: Rules that say something else with it.
        fault: Why the translation cannot be made with the file; empty if it can.
        statements: What becomes of the statements of the data that was given; None if none was.
    """

    source: str
    target: str
    gained: tuple[TermChange, ...] = ()
    lost: tuple[TermChange, ...] = ()
    changed: tuple[TermChange, ...] = ()
    rules_gained: tuple[str, ...] = ()
    rules_lost: tuple[str, ...] = ()
    rules_changed: tuple[str, ...] = ()
    fault: str = ""
    statements: tuple[StatementChange, ...] | None = None

    @property
    def terms(self) -> tuple[TermChange, ...]:
        """Every term that is carried otherwise."""
        return (*self.gained, *self.lost, *self.changed)


@dataclass(frozen=True)
class QueryChange:
    """A saved query that uses a term whose translation changes.

    Args:
        query: Its name.
        source: The model of the data that it would be asked of by way of the mappings.
        target: The model in whose terms it asks.
        outcome: What becomes of it.
        terms: The terms it uses whose translation changes.
        lacking: The terms it uses that no mapping leads to, with the file.
    """

    query: str
    source: str
    target: str
    outcome: Answerable
    terms: tuple[str, ...]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatasetChange:
    """A catalogued dataset with statements that are translated otherwise.

    Args:
        dataset: Its IRI.
        title: Its name.
        publisher: IRI of the organisation that publishes it.
        source: The model that its current version follows.
        target: The model that it would be translated to.
        counts: For each term that is carried otherwise, how many statements its current version has with it.
        endpoint: The SPARQL endpoint of its current version, whose answers in the other model's terms change.
    """

    dataset: str
    title: str
    publisher: str
    source: str
    target: str
    counts: tuple[tuple[str, int], ...]
    endpoint: str = ""

    @property
    def total(self) -> int:
        """How many statements are translated otherwise."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True)
class GapChange:
    """A requirement of a use case that a model meets otherwise.

    Args:
        use_case: The use case's registered name.
        requirement: The requirement's identifier.
        title: Its name for people.
        model: The model.
        before: How far the model meets it without the file.
        after: How far with it.
    """

    use_case: str
    requirement: str
    title: str
    model: str
    before: str
    after: str


@dataclass(frozen=True)
class Impact:
    """All that a file of mappings changes.

    Args:
        name: The file's registered name, or the one it would have.
        in_place_of: The name and version of what it takes the place of; empty if of nothing.
        translations: Translations that change.
        queries: Saved queries that change.
        gaps: Requirements that are met otherwise.
        datasets: Catalogued datasets that are translated otherwise; None where there is no catalogue.
    """

    name: str
    in_place_of: str = ""
    translations: tuple[TranslationChange, ...] = ()
    queries: tuple[QueryChange, ...] = ()
    gaps: tuple[GapChange, ...] = ()
    datasets: tuple[DatasetChange, ...] | None = field(default=None)

    @property
    def is_none(self) -> bool:
        """Whether nothing changes."""
        return not (self.translations or self.queries or self.gaps or self.datasets)
