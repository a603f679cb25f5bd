"""What a federated answer rests on: which dataset versions answered, which were refused, failed, or were late or cut.

This is the form in which a node tells it to people and programs. A version that may not be used is named with how to
ask for access, and one that failed with what went wrong, so that a missing source never looks like an empty one.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args
from urllib.parse import quote
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from virtuales.alignment.rewriting.account import Outcome
from virtuales.errors import NotFound, VirtualesError
from virtuales.federation.account import Account, Share, Source, Step
from virtuales.federation.drawing import as_svg
from virtuales.federation.endpoint import Status
from virtuales.federation.explanation import as_mermaid, as_text
from virtuales.workflow.versions_in_reach import Basis, InReach

State = Literal["answered", "not needed", "refused", "failed", "timed out", "cut"]
"""What became of a source."""
LACKING: Final[frozenset[State]] = frozenset({"failed", "timed out", "cut"})
"""The states of sources that may be used, and did not give all that they were asked for."""
_STATES: Final[Mapping[Status, State]] = {
    "answered": "answered",
    "not asked": "not needed",
    "refused": "failed",
    "dead": "failed",
    "timed out": "timed out",
    "malformed": "failed",
    "cut": "cut",
    "too much": "failed",
}
_NOT_LET_IN: Final = frozenset({401, 403})


class CarriedTerm(BaseModel):
    """What became of a term of the query at a source that is in another model."""

    model_config = ConfigDict(frozen=True)

    term: str = Field(description="IRI of the term.")
    outcome: Outcome = Field(description="`not carried`: no mapping carries it, so its pattern matches nothing there.")
    by: tuple[str, ...] = Field(description="The terms and rules that carry it, each with file and line.")
    reason: str = Field(description="Why it is not carried, or not wholly.")


class SourceAccount(BaseModel):
    """What became of one source of a federated answer."""

    model_config = ConfigDict(frozen=True)

    state: State = Field(
        description="`not needed`: it holds nothing that the query asks for. `refused`: it may not be used."
    )
    node: str = Field(description="Base URL of the node.")
    version: str | None = Field(default=None, description="IRI of the dataset version; none for a node's catalogue.")
    title: str = ""
    publisher: str | None = Field(default=None, description="IRI of the organisation that publishes it.")
    is_current: bool = Field(default=True, description="Whether it is the current version of its dataset.")
    basis: Basis | None = Field(default=None, description="By what it may be used.")
    agreement: str | None = Field(default=None, description="IRI of the agreement by which it may be used.")
    requests: int = 0
    triples: int = 0
    bytes_received: int = 0
    seconds: float = 0.0
    models: tuple[str, ...] = Field(default=(), description="The models in which it was asked, through the mappings.")
    terms: tuple[CarriedTerm, ...] = Field(default=(), description="What became there of each term of the query.")
    note: str | None = Field(default=None, description="What else is to be known of it.")
    reasons: tuple[str, ...] = Field(default=(), description="Why it is missing, a sentence each.")
    remedy: str | None = Field(default=None, description="What can be done about that.")
    request_form: str | None = Field(default=None, description="Address of the form that asks for access.")

    def sentence(self) -> str:
        """Say what became of it, for people."""
        return f"{self.version or self.node} {self.state}: {' '.join(self.reasons)}"


class StepShare(BaseModel):
    """What one source gave for a step."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="IRI of the dataset version; for a service that the query names, its address.")
    title: str
    requests: int
    triples: int


class StepAccount(BaseModel):
    """Requests that were sent beside each other for one part of the query."""

    model_config = ConfigDict(frozen=True)

    wanted: str = Field(description="What was asked for, as SPARQL or in words.")
    graph: str | None = Field(description="The named graph that was asked; none for the default graph.")
    values: int | None = Field(description="How many known values were sent along; none where it was fetched whole.")
    seconds: float
    shares: tuple[StepShare, ...]


class AnswerAccount(BaseModel):
    """What a federated answer rests on, and what it took."""

    model_config = ConfigDict(frozen=True)

    complete: bool = Field(description="Whether every source is in the answer: none refused, failed, late or cut.")
    seconds: float
    requests: int
    triples: int
    sources: tuple[SourceAccount, ...]
    plan: str = Field(default="", description="What was fetched, step by step, in words.")
    picture: str = Field(default="", description="The same as a flowchart of Mermaid.")
    drawing: str = Field(default="", description="The same as a picture in SVG.")
    steps: tuple[StepAccount, ...] = Field(default=(), description="The same as data.")

    def having(self, *states: State) -> list[SourceAccount]:
        """Return the sources in some states."""
        return [one for one in self.sources if one.state in states]

    def counts(self) -> dict[State, int]:
        """Return how many sources are in each state, without those in which there is none."""
        return {state: len(self.having(state)) for state in get_args(State) if self.having(state)}


def refused_source(one: InReach, home: str | None) -> SourceAccount:
    """Tell of a version that may not be used.

    Args:
        one: The version.
        home: Base URL of the node of the asker's organisation, which asks for access; None where nobody is named.
    """
    return _about(one, "refused", home, reasons=one.reasons, remedy=one.remedy or None)


def asked_source(one: InReach, source: Source, home: str | None, *, note: str | None = None) -> SourceAccount:
    """Tell of a version that was asked, with what its endpoint gave.

    Args:
        one: The version.
        source: What its endpoint gave.
        home: Base URL of the node of the asker's organisation; None where nobody is named.
        note: What else is to be known of it.
    """
    state = "refused" if source.code in _NOT_LET_IN else _STATES[source.status]
    told = _about(one, state, home, reasons=(source.problem,) if source.problem else ())
    remedy = None
    if state == "refused":
        remedy = "Its provider did not let you in: read the reasons, or ask for access again."
    elif state in LACKING:
        remedy = "Try again later."
    return told.model_copy(
        update={
            "requests": source.requests,
            "triples": source.triples,
            "bytes_received": source.bytes_received,
            "seconds": round(source.seconds, 3),
            "remedy": remedy,
            "models": source.models,
            "terms": tuple(
                CarriedTerm(term=each.term, outcome=each.outcome, by=each.by, reason=each.reason)
                for each in source.terms
            ),
            "note": note,
        }
    )


def failed_source(one: InReach, error: VirtualesError) -> SourceAccount:
    """Tell of a version that could not be asked at all."""
    return _about(one, "failed", None, reasons=(error.what,), remedy=error.remedy or "Try again later.")


def unseen_catalogue(node: str, error: VirtualesError) -> SourceAccount:
    """Tell of a catalogue that could not be read, so that there may be more sources than are named."""
    why = f"The catalogue could not be read, so there may be further sources. {error.what}"
    return SourceAccount(state="failed", node=node, reasons=(why,), remedy=error.remedy or "Try again later.")


def account_of(asked: Sequence[SourceAccount], told: Sequence[SourceAccount], made: Account) -> AnswerAccount:
    """Sum up what an answer rests on.

    Args:
        asked: What became of each source that was to be asked, in the order of those of `made`.
        told: What became of the others.
        made: How the answer was brought together.
    """
    sources, names = (*asked, *told), [one.title or one.node for one in asked]
    return AnswerAccount(
        complete=all(one.state in {"answered", "not needed"} for one in sources),
        seconds=round(made.seconds, 3),
        requests=made.requests,
        triples=made.triples_fetched,
        sources=sources,
        plan=as_text(made),
        picture=as_mermaid(made),
        drawing=as_svg(made, names),
        steps=tuple(_step(each, asked, made) for each in made.steps),
    )


def _step(step: Step, asked: Sequence[SourceAccount], made: Account) -> StepAccount:
    def share(place: int, given: Share) -> StepShare:
        source, url = asked[place] if place < len(asked) else None, made.sources[place].url
        iri, title = (source.version or url, source.title) if source else (url, url)
        return StepShare(source=iri, title=title, requests=given.requests, triples=given.triples)

    return StepAccount(
        wanted=step.wanted,
        graph=step.graph,
        values=step.values,
        seconds=round(step.seconds, 3),
        shares=tuple(share(place, given) for place, given in sorted(step.shares.items())),
    )


def _about(
    one: InReach, state: State, home: str | None, *, reasons: tuple[str, ...] = (), remedy: str | None = None
) -> SourceAccount:
    form = f"{home}/request-access?version={quote(one.version.iri, safe='')}"
    return SourceAccount(
        state=state,
        node=one.node,
        version=one.version.iri,
        title=f"{one.version.title}, version {one.version.number}",
        publisher=one.version.publisher,
        is_current=one.version.is_current,
        basis=one.basis,
        agreement=one.agreement,
        reasons=reasons,
        remedy=remedy,
        request_form=form if home and state == "refused" else None,
    )


class KeptAccounts:
    """Keeps the accounts of the last answers in memory, each for who asked.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[str | None, AnswerAccount]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, account: AnswerAccount, organisation: str | None) -> str:
        """Keep an account; return the key that it is found by, which nobody can guess."""
        key = uuid4().hex
        with self._lock:
            self._kept[key] = organisation, account
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return key

    def get(self, key: str, organisation: str | None) -> AnswerAccount:
        """Return an account to the organisation that asked; that of an answer to nobody to whoever has its key.

        Raises:
            NotFound: there is none of that key, or it is not kept any more, or somebody else asked.
        """
        with self._lock:
            owner, account = self._kept.get(key, (None, None))
        if account is None or owner not in {None, organisation}:
            raise NotFound(
                "There is no account of such an answer, or it is not kept any longer.",
                where=key,
                remedy=f"Ask the query again: the accounts of the last {self._most} answers are kept.",
            )
        return account
