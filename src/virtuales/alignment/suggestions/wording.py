"""Names as words: parted, without endings, spelt one way, abbreviations written out, and which words mean the same.

Everything here is a rule about English or about how names are written; nothing depends on the models but the
abbreviations, which are those that the two models use and spell out themselves.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import Final

import snowballstemmer
from rapidfuzz.distance import JaroWinkler

from virtuales.models.words import parts_of_name, stem

SAME: Final = 1.0
SYNONYM: Final = 0.92
"""What two words are worth to each other that mean the same in general."""
SAME_ROOT: Final = 0.75
"""What two words are worth that differ in the ending only, as `reviewer` and `review` do."""
SLIP: Final = 0.9
"""What two words are worth of which one is the other with a slip of the pen."""
_ALMOST: Final = 0.94
_SHORTEST_SLIP: Final = 5
_SHORT: Final = 4
_GLUED: Final = frozenset({"co", "e", "meta", "multi", "non", "pre", "sub", "un", "web"})
"""Beginnings that make one word with what follows, however it is written: `Co-author`, `Sub_area`, `e-mail`."""
_EMPTY_WORDS: Final = """
a an the of by in at on to for from with and or as is are was were be been being has have had can
"""
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())
"""Words that say how a name is built, not what it names."""
_SPELLINGS: Final = (
    (re.compile(r"is(e|ed|er|ers|es|ing|ation|ations|ational)$"), r"iz\1"),
    (re.compile(r"our(s|ed|ing|al)?$"), r"or\1"),
    (re.compile(r"(gramme)(s?)$"), r"gram\2"),
    (re.compile(r"(?<=\w\w)tre(s?)$"), r"ter\1"),
    (re.compile(r"ogue(s?)$"), r"og\1"),
)
"""British endings to those of the stemmer's rules."""
_IRREGULAR: Final = {
    "began": "begin", "begun": "begin", "built": "build", "chosen": "choose", "chose": "choose", "gave": "give",
    "given": "give", "held": "hold", "kept": "keep", "led": "lead", "made": "make", "paid": "pay", "ran": "run",
    "sent": "send", "shown": "show", "sold": "sell", "spoken": "speak", "taken": "take", "taught": "teach",
    "wrote": "write", "written": "write", "criteria": "criterion", "data": "datum", "people": "person",
    "indices": "index", "analyses": "analysis", "axes": "axis", "men": "man", "women": "woman",
}  # fmt: skip
_ENGLISH = snowballstemmer.stemmer("english")

Words = tuple[str, ...]


@lru_cache(maxsize=100_000)
def spelt(word: str) -> str:
    """Return a word in the singular, a verb's irregular form in the infinitive, in one spelling.

    >>> [spelt(word) for word in ("organisations", "written", "programmes", "centre", "boxes")]
    ['organization', 'write', 'program', 'center', 'box']
    """
    word = _IRREGULAR.get(word, word)
    for pattern, ending in _SPELLINGS:
        if len(word) > _SHORT + 1:
            word = pattern.sub(ending, word)
    return stem(word)


@lru_cache(maxsize=100_000)
def root(word: str) -> str:
    """Return the root of a word, without the endings that make nouns of verbs.

    >>> root("reviewer") == root("reviews") == root("reviewed")
    True
    """
    return str(_ENGLISH.stemWord(word))


@lru_cache(maxsize=100_000)
def plain_words(name: str) -> Words:
    """Return the words of a name in order, spelt one way.

    >>> plain_words("has_Co-Authors"), plain_words("ACLineSegments")
    (('has', 'coauthor'), ('ac', 'line', 'segment'))
    """
    found: list[str] = []
    glue = ""
    for part in parts_of_name(name):
        if not glue and part in _GLUED:
            glue = part
            continue
        found.append(spelt(glue + part))
        glue = ""
    return tuple([*found, glue] if glue else found)


def telling(words: Words) -> Words:
    """Return the words without those that only say how the name is built; all of them if no other is left."""
    return tuple(word for word in words if word not in _EMPTY) or words


class Wording:
    """How the names of two models are read.

    Args:
        left: All names of the left model, as they are written.
        right: All names of the right model.
        groups: Words and phrases of which those of one group mean about the same.
    """

    def __init__(self, left: Iterable[str], right: Iterable[str], groups: Iterable[Iterable[str]] = ()) -> None:
        self._sides = tuple(dict.fromkeys(left)), tuple(dict.fromkeys(right))
        self._groups: dict[str, set[int]] = {}
        self._phrases: dict[Words, str] = {}
        for number, group in enumerate(groups):
            for each in group:
                words = plain_words(each)
                self._groups.setdefault(self._joined(words), set()).add(number)
        self._alike: dict[tuple[str, str], float] = {}

    def words(self, name: str) -> Words:
        """Return the words of a name, spelt one way, its abbreviations written out and its set phrases joined."""
        written: list[str] = []
        for word in plain_words(name):
            written.extend(self.abbreviations.get(word, (word,)))
        return self._with_phrases(tuple(written))

    @cached_property
    def abbreviations(self) -> Mapping[str, Words]:
        """What the abbreviations of one model stand for that the other does not use, where names bear it out one way.

        A run of words with the right initials counts when it is a name by itself, and twice when an abbreviated name,
        written out, becomes a name that there is.
        """
        written = [telling(plain_words(name)) for names in self._sides for name in names]
        bags = {tuple(sorted(words)) for words in written}
        left, right = ({part for name in names for part in _capitals(name)} for names in self._sides)
        short = left ^ right
        standing: dict[str, Counter[Words]] = {}
        for run in {run for words in written for run in _runs(words)} if short else ():
            if (initials := by_initials(run)) in short:
                worth = (tuple(sorted(run)) in bags) + 2 * self._borne_out(initials, run, written, bags)
                standing.setdefault(initials, Counter())[run] = worth
        return {short: best for short, runs in standing.items() if (best := _only_best(runs))}

    @staticmethod
    def _borne_out(short: str, run: Words, written: Iterable[Words], bags: AbstractSet[Words]) -> bool:
        return any(
            tuple(sorted((*run, *(word for word in words if word != short)))) in bags
            for words in written
            if short in words and len(words) > 1
        )

    def alike(self, one: str, other: str) -> float:
        """Return what two words are worth to each other, from 0 to 1."""
        if one == other:
            return SAME
        key = (one, other) if one < other else (other, one)
        if key not in self._alike:
            self._alike[key] = self._measured(*key)
        return self._alike[key]

    def synonymous(self, one: str, other: str) -> bool:
        """Tell whether two different words mean about the same by the groups."""
        return one != other and not self._groups.get(one, set()).isdisjoint(self._groups.get(other, ()))

    def keys(self, word: str) -> Iterable[str]:
        """Give the keys under which a word is looked up: its root, and the groups it is in."""
        yield root(word)
        yield from (f"#{number}" for number in self._groups.get(word, ()))

    def _measured(self, one: str, other: str) -> float:
        if self.synonymous(one, other):
            return SYNONYM
        if root(one) == root(other):
            return SAME_ROOT
        if min(len(one), len(other)) >= _SHORTEST_SLIP and JaroWinkler.similarity(one, other) >= _ALMOST:
            return SLIP if abs(len(one) - len(other)) <= 1 else SAME_ROOT
        return 0.0

    def _joined(self, words: Words) -> str:
        if len(words) > 1:
            self._phrases[words] = " ".join(words)
        return " ".join(words)

    def _with_phrases(self, words: Words) -> Words:
        found: list[str] = []
        place = 0
        while place < len(words):
            size = next(
                (
                    size
                    for size in range(min(3, len(words) - place), 1, -1)
                    if words[place : place + size] in self._phrases
                ),
                1,
            )
            found.append(" ".join(words[place : place + size]))
            place += size
        return tuple(found)


def by_initials(words: Sequence[str]) -> str:
    """Return the first letters of words."""
    return "".join(word[0] for word in words)


def _capitals(name: str) -> Iterable[str]:
    """Give the parts of a name that are written in capitals as abbreviations are, in lower case."""
    return (
        part.lower()
        for part in re.findall(r"(?<![A-Za-z])[A-Z]{2,4}(?![A-Za-z])|(?<![A-Z])[A-Z]{2,4}(?=[A-Z][a-z])", name)
    )


def _runs(words: Words) -> Iterable[Words]:
    """Give the runs of two to four long words."""
    for size in range(2, _SHORT + 1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if all(len(word) >= _SHORT for word in run):
                yield run


def _only_best(runs: Counter[Words]) -> Words | None:
    (best, worth), *others = runs.most_common(2)
    return best if worth and not (others and others[0][1] == worth) else None
