"""The search for terms: an inverted index in memory over every registered version of every model.

Every word that is typed has to be found, by itself, by its singular, as the beginning of a word, or, where nothing
begins so, as the beginning of a word with one slip. What a term is called counts most, then what else it is called,
then its unit and type of value, then its definition.
"""

import base64
import binascii
import heapq
import json
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from virtuales.errors import InputError
from virtuales.models.facts import local_name
from virtuales.models.terms import TERM_KINDS, Term, TermKind
from virtuales.models.words import STOP_WORDS, begins_almost, sentences, squashed, stem, words_of_name, words_of_text

MAX_LIMIT = 100
MAX_TEXT = 200
_NAME, _OWNER, _SYNONYM, _TYPE, _DEFINITION = 100, 40, 80, 25, 10
"""How much a word counts by where it stands."""
_WHOLE, _BEGINNING, _SLIP = 1.0, 0.6, 0.3
"""How much a word counts by how it was found."""
_SAME_NAME, _SAME_SYNONYM, _SAME_BORROWED, _BEGINS_NAME = 300, 250, 220, 60
_PRIOR: Mapping[TermKind, int] = {"class": 12, "concept": 8, "enumeration": 6, "property": 4, "value": -8}
_DEPRECATED, _NOT_STATED = -60, -15
_SHORTEST_SLIP = 4
_OF_ONE_NAME = 6
"""How many terms are looked at for each name that is suggested, since several versions have it."""
_PREFIXED = re.compile(r"(?<![\w])[\w.-]+:(?=\w)")


@dataclass(frozen=True)
class TermQuestion:
    """What somebody looks for.

    Args:
        text: Words that all have to be found; an IRI finds that term; empty matches everything.
        references: The versions to look in, as `NAME@VERSION`.
        kind: What the term has to be.
        unit: Symbol of the unit, with or without its decimal prefix: `MW`, `W`.
        datatype: Local name of an XML Schema datatype, such as `float`.
        profile: Keyword of a profile that has the term, such as `EQ`.
        limit: The most terms to return.
        after: `next` of the page before.

    Raises:
        InputError: the text is too long, the kind is none, or the limit is out of range.
    """

    text: str = ""
    references: frozenset[str] = frozenset()
    kind: str | None = None
    unit: str | None = None
    datatype: str | None = None
    profile: str | None = None
    limit: int = 20
    after: str | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody could mean."""
        if len(self.text) > MAX_TEXT:
            raise InputError(f"The text is longer than {MAX_TEXT} characters.", where="q", remedy="Use fewer words.")
        if self.kind is not None and self.kind not in TERM_KINDS:
            raise InputError(
                f"`{self.kind}` is no kind of term.", where="kind", remedy="One of: " + ", ".join(TERM_KINDS) + "."
            )
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError("The page size is out of range.", where="limit", remedy=f"Ask for 1 to {MAX_LIMIT}.")

    def within(self, references: frozenset[str]) -> "TermQuestion":
        """Return the same question about some versions."""
        return replace(self, references=references)


@dataclass(frozen=True)
class TermPage:
    """Terms that answer a question, the best first, and what the next page begins after; None when nothing follows."""

    total: int
    terms: tuple[Term, ...]
    next: str | None


@dataclass(frozen=True)
class Suggestion:
    """A name that begins as somebody types: what it is, and the versions that have a term of that name."""

    text: str
    kind: TermKind
    references: tuple[str, ...]


_Place = tuple[float, int]
"""Where a term stands in an answer: by score, the best first, then by its rank among terms of equal score."""
_Key = tuple[float, int, str, str, str]
"""The same in a form that outlives the index: score, length of the label, name, version, IRI."""


class TermIndex:
    """An index of terms; it never changes once it is made.

    Args:
        terms: The terms.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = sorted(terms, key=_rank)
        self._by_iri: dict[str, list[int]] = {}
        self._called: dict[str, list[str]] = {}
        self._postings: dict[str, dict[int, int]] = {}
        self._leading: dict[str, list[Term]] = {}
        for number, term in enumerate(self._terms):
            self._by_iri.setdefault(term.iri, []).append(number)
            for iri in term.matches:
                self._leading.setdefault(iri, []).append(term)
                self._called.setdefault(iri, []).extend((term.label, *term.synonyms))
        for number, term in enumerate(self._terms):
            self._post(number, term)
        self._priors = [_prior(term) for term in self._terms]
        self._labels = [squashed(term.label) for term in self._terms]
        self._letters = self._by_letter()
        self._whole = self._by_whole_name()
        self._words = sorted(self._postings)
        letters = {*self._letters, *(word for word in self._words if len(word) == 1)} - {""}
        self._single = {letter: self._weighed(self._scores_of_word(letter), letter) for letter in letters}
        self._references = [term.reference for term in self._terms]

    def __len__(self) -> int:
        """Return how many terms there are."""
        return len(self._terms)

    def called(self, term: Term) -> tuple[str, ...]:
        """Return what else a term is called: by its publisher, and by concepts of other models that lead to it."""
        names = dict.fromkeys((*term.synonyms, *self._called.get(term.iri, ())))
        return tuple(name for name in names if name != term.label)

    def about(self, iri: str) -> tuple[Term, ...]:
        """Return the terms with an IRI, one for each version that describes it."""
        return tuple(self._terms[number] for number in self._by_iri.get(iri, ()))

    def leading_to(self, iri: str) -> tuple[Term, ...]:
        """Return the concepts that lead to a term."""
        return tuple(self._leading.get(iri, ()))

    def search(self, question: TermQuestion) -> TermPage:
        """Return the terms that answer a question.

        Raises:
            InputError: `after` is not what a page before gave.
        """
        places = sorted(
            (-round(score, 3), number)
            for number, score in self._scores(question.text).items()
            if _fits(self._terms[number], question)
        )
        start = self._position(places, question.after) if question.after else 0
        page = places[start : start + question.limit]
        more = start + question.limit < len(places)
        found = tuple(self._terms[number] for _, number in page)
        return TermPage(len(places), found, _cursor(self._key(page[-1])) if more else None)

    def complete(self, text: str, references: Collection[str], *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return names that somebody who types may mean, the likeliest first.

        Args:
            text: What was typed so far.
            references: The versions to look in.
            limit: The most names to return.

        Raises:
            InputError: the text is too long, or the limit out of range.
        """
        question = TermQuestion(text, frozenset(references), limit=limit)
        if not squashed(text):
            return ()
        wanted, terms, references = question.references, self._terms, self._references
        scores = self._scores(text).items()
        fitting = [(-score, number) for number, score in scores if references[number] in wanted]
        named: dict[tuple[str, TermKind], dict[str, None]] = {}
        for _, number in heapq.nsmallest(limit * _OF_ONE_NAME, fitting):
            term = terms[number]
            named.setdefault((_shown(term), term.kind), {})[term.reference] = None
        found = [Suggestion(name, kind, tuple(where)) for (name, kind), where in named.items()]
        return tuple(found[:limit])

    def _post(self, number: int, term: Term) -> None:
        owner, _, own = local_name(term.iri).rpartition(".")
        fields = (
            (_DEFINITION, list(sentences(term.definition))),
            (_TYPE, [*words_of_name(local_name(term.value_type.replace(":", "/"))), *words_of_text(term.unit)]),
            (_TYPE, words_of_text(term.datatype)),
            (_OWNER, words_of_name(owner)),
            (_SYNONYM, [word for name in self.called(term) for word in words_of_name(name)]),
            (_NAME, [*words_of_name(own), *words_of_name(term.label)]),
        )
        for weight, words in fields:
            for word in words:
                for form in {word, stem(word)}:
                    self._postings.setdefault(form, {})[number] = weight

    def _scores(self, text: str) -> dict[int, float]:
        """Return the score of every term that answers a text."""
        iri = text.strip()
        if iri in self._by_iri:
            return dict.fromkeys(self._by_iri[iri], float(_SAME_NAME))
        words = words_of_text(_PREFIXED.sub(" ", text))
        telling = [word for word in words if word not in STOP_WORDS] or words
        if not telling:
            return {} if iri else dict.fromkeys(range(len(self._terms)), 0.0)
        if len(words) == 1 and words[0] in self._single:
            return self._single[words[0]]
        found: dict[int, float] = {}
        for place, each in enumerate(sorted(telling, key=len, reverse=True)):
            scores = self._scores_of_word(each)
            if place:
                found = {number: found[number] + score for number, score in scores.items() if number in found}
            else:
                found = scores
            if not found:
                break
        return self._weighed(found, "".join(words))

    def _scores_of_word(self, word: str) -> dict[int, float]:
        if len(word) == 1:
            whole = {number: weight * _WHOLE for number, weight in self._postings.get(word, {}).items()}
            return {**self._letters.get(word, {}), **whole}
        scores: dict[int, float] = {}
        for other in self._beginning(word):
            share = _WHOLE if other == word else _BEGINNING
            for number, weight in self._postings[other].items():
                if weight * share > scores.get(number, 0):
                    scores[number] = weight * share
        for number, weight in self._postings.get(stem(word), {}).items():
            if weight > scores.get(number, 0):
                scores[number] = weight * _WHOLE
        if not scores and len(word) >= _SHORTEST_SLIP:
            for other in self._almost(word):
                for number, weight in self._postings[other].items():
                    scores[number] = max(scores.get(number, 0.0), weight * _SLIP)
        return scores

    def _beginning(self, word: str) -> Sequence[str]:
        start = bisect_left(self._words, word)
        return self._words[start : bisect_left(self._words, word + "\uffff", start)]

    def _almost(self, word: str) -> Iterable[str]:
        """Give the words that begin as this one but for one slip; the slip may be in the first letter."""
        for letter in dict.fromkeys((word[0], word[1])):
            yield from (other for other in self._beginning(letter) if begins_almost(other, word))

    def _weighed(self, found: dict[int, float], typed: str) -> dict[int, float]:
        """Add to the scores what the whole text and the nature of a term say."""
        priors, labels = self._priors, self._labels
        weighed = {
            number: score + priors[number] + (_BEGINS_NAME if labels[number].startswith(typed) else 0)
            for number, score in found.items()
        }
        for number, weight in self._whole.get(typed, {}).items():
            if number in found:
                weighed[number] = found[number] + priors[number] + weight
        return weighed

    def _by_whole_name(self) -> dict[str, dict[int, int]]:
        """Return for each name, squashed, the terms that are called so, and how much that counts."""
        found: dict[str, dict[int, int]] = {}
        for number, term in enumerate(self._terms):
            own = (self._labels[number], squashed(local_name(term.iri).rpartition(".")[2]))
            weighed = (
                (_SAME_BORROWED, map(squashed, self._called.get(term.iri, ()))),
                (_SAME_SYNONYM, map(squashed, term.synonyms)),
                (_SAME_NAME, own),
            )
            for weight, names in weighed:
                for name in names:
                    found.setdefault(name, {})[number] = weight
        return found

    def _by_letter(self) -> dict[str, dict[int, float]]:
        """Return for each letter the terms that are called by it: one letter is found in names alone, ready made."""
        found: dict[str, dict[int, float]] = {}
        for number, term in enumerate(self._terms):
            letter = squashed(term.label)[:1]
            found.setdefault(letter, {})[number] = _NAME * _BEGINNING
        return found

    def _key(self, place: _Place) -> _Key:
        return (place[0], *_rank(self._terms[place[1]]))

    def _position(self, places: Sequence[_Place], cursor: str) -> int:
        """Return where the page after a cursor begins."""
        after = _parsed(cursor)
        start = bisect_left(places, after, key=self._key)
        return start + (start < len(places) and self._key(places[start]) == after)


def _fits(term: Term, question: TermQuestion) -> bool:
    return (
        term.reference in question.references
        and (question.kind is None or term.kind == question.kind)
        and (question.unit is None or question.unit in {term.unit, term.base_unit})
        and (question.datatype is None or term.datatype == question.datatype)
        and (question.profile is None or question.profile in term.profiles)
    )


def _shown(term: Term) -> str:
    """Return the name that is suggested: a property of a CIM class with its class, since labels repeat."""
    local = local_name(term.iri)
    return local if "." in local and term.kind in {"property", "value"} else term.label


def _rank(term: Term) -> tuple[int, str, str, str]:
    return len(term.label), term.name, term.reference, term.iri


def _prior(term: Term) -> int:
    return _PRIOR.get(term.kind, 0) + _DEPRECATED * term.deprecated + _NOT_STATED * (not term.stated)


def _cursor(key: _Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _parsed(cursor: str) -> _Key:
    try:
        score, length, *names = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        name, reference, iri = map(str, names)
        return float(score), int(length), name, reference, iri
    except (ValueError, TypeError, binascii.Error) as error:
        raise InputError(
            "This is not what a page gave as `next`.", where="after", remedy="Take `next` as it was answered."
        ) from error
