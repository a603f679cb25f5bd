"""What suggestions know besides the two models: words that mean the same, and what people call terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.facts import Model
from virtuales.models.manifest import read_manifest
from virtuales.rdf.namespaces import VES


@dataclass(frozen=True)
class Background:
    """What suggestions know besides the two models.

    Args:
        groups: Words and phrases of which those of one group mean about the same.
        called: Names of terms, by IRI, that other vocabularies give them.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    called: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load(folder: Path, vocabularies: Iterable[Model] = ()) -> Background:
    """Read the groups of words that a folder of mappings lists, and the names that vocabularies give to terms.

    Args:
        folder: The folder of mappings, with its manifest.
        vocabularies: Models with concepts that match terms of others, such as the words of Great Britain's networks.

    Raises:
        ConfigurationError: the folder has no manifest, or a file that it lists is not there.
        InputError: a file of groups is wrong; names the line.
    """
    groups = [group for file in read_manifest(folder, VES.WordGroups) for group in read_groups(file.path)]
    called: dict[str, list[str]] = {}
    for concept in (fact for model in vocabularies for fact in model.classes.values() if fact.kind == "concept"):
        for iri in concept.matches:
            called.setdefault(iri, []).extend((concept.label, *concept.synonyms))
    return Background(tuple(groups), {iri: tuple(dict.fromkeys(names)) for iri, names in called.items()})


def read_groups(path: Path) -> tuple[tuple[str, ...], ...]:
    """Read groups of words: one a line, with commas between the words; a line that begins with # is a comment.

    Raises:
        InputError: a group has one word only, or a word twice; names the line.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        words = tuple(word.strip() for word in line.split(","))
        if not all(words) or len(set(words)) != len(words) or len(words) == 1:
            raise InputError(
                "This is no group of words.",
                where=f"{path}, line {number}",
                remedy="Write two or more different words with commas between them.",
            )
        found.append(words)
    return tuple(found)
