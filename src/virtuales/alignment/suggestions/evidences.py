"""The table of evidences: what each is called, how it is measured, and what SSSOM calls a mapping that stands on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from virtuales.alignment.suggestions import instances, lexical, meaning, structural, tokens
from virtuales.alignment.suggestions.scoring import Scores
from virtuales.alignment.suggestions.sides import Entry, Sides
from virtuales.alignment.terms import LEXICAL_MATCHING, SEMAPV, STRUCTURAL_MATCHING

_BACKGROUND: Final = SEMAPV + "BackgroundKnowledgeBasedMatching"
_MEANING: Final = SEMAPV + "SemanticSimilarityThresholdMatching"
_SPELLING: Final = SEMAPV + "LexicalSimilarityThresholdMatching"


@dataclass(frozen=True)
class Evidence:
    """One kind of evidence that two terms mean the same.

    Args:
        name: What it is called in weights and in the account of a suggestion.
        measure: Measures it for a pair, from 0 to 1.
        justification: What SSSOM calls a mapping that stands on it alone.
        says: What it means in words, for people.
        structural: Whether it depends on how sure other pairs are, so that it is measured again in every round.
    """

    name: str
    measure: Callable[[Sides, Scores, Entry, Entry], float]
    justification: str
    says: str
    structural: bool = False


_INSTANCES: Final = Evidence(
    "instances", instances.instances, SEMAPV + "InstanceBasedMatching", "data says the same with both"
)
_NAME: Final = (
    Evidence("same_name", lexical.same_name, LEXICAL_MATCHING, "the names are the same"),
    Evidence("spelling", lexical.spelling, _SPELLING, "the names are spelt alike"),
    Evidence("words", tokens.words, LEXICAL_MATCHING, "the names share words"),
    Evidence("synonyms", tokens.synonyms, _BACKGROUND, "the names mean the same by general English"),
    Evidence("head", tokens.head, LEXICAL_MATCHING, "both are a kind of the same thing by name"),
    Evidence("meaning", meaning.meaning, _MEANING, "a language model takes the names to mean much the same"),
)
FOR_CLASSES: Final = (
    *_NAME,
    Evidence("hierarchy", structural.hierarchy, STRUCTURAL_MATCHING, "what is above and below agrees", structural=True),
    Evidence("members", structural.members, STRUCTURAL_MATCHING, "their attributes or values agree", structural=True),
    _INSTANCES,
)
_OWNER: Final = (
    Evidence("owner", structural.owner, STRUCTURAL_MATCHING, "something that has them agrees", structural=True),
    Evidence("owners", structural.owners, STRUCTURAL_MATCHING, "all that has them agrees", structural=True),
)
FOR_VALUES: Final = (*_NAME, *_OWNER)
FOR_PROPERTIES: Final = (
    *_NAME,
    *_OWNER,
    Evidence("values", structural.values, STRUCTURAL_MATCHING, "the kinds of their values agree", structural=True),
    Evidence("inverse", structural.inverse, STRUCTURAL_MATCHING, "they agree seen from the other end", structural=True),
    _INSTANCES,
)
