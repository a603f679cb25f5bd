"""The vocabulary that a question to all producers is in."""

from dataclasses import dataclass

from virtuales.alignment.rewriting.strictness import Strictness


@dataclass(frozen=True)
class Vocabulary:
    """The vocabulary that a question is in.

    Args:
        model: The registered name of the model, its IRI, or the IRI of a profile of it.
        strictness: What else than terms of the same meaning may stand for the question's.
        every_term: Whether to refuse a question of which some source's mappings do not carry every term.
    """

    model: str
    strictness: Strictness = Strictness.EXACT
    every_term: bool = False
