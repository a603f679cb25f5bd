"""Checks of lifting mappings: that they are Turtle, and that the models have the terms that they name.

Whether they are RML is judged where they are run, by `virtuales lift`.
"""

from collections import abc
from pathlib import Path
from typing import Final

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.checks.on_rules import RuleFault, unknown_term
from virtuales.alignment.checks.written_terms import tokens
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE

RML_SUFFIX: Final = ".rml.ttl"


def unknown_rml_terms(file: Path, terms: KnownTerms) -> abc.Iterator[RuleFault]:
    """Give the terms in a model's namespace that no model has, each once.

    Raises:
        UnreadableInput: the file is not Turtle.
    """
    content = file.read_bytes()
    for _ in parse_file(content, TURTLE, name=str(file)):
        continue
    told: set[str] = set()
    for word in tokens(content.decode("utf-8")):
        if word.text not in told:
            told.add(word.text)
            yield from unknown_term(word, terms)
