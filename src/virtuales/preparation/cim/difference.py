"""Difference models, `dm:DifferenceModel` (IEC 61970-552, clause 7): what leads from one version of a model to another.

A difference model has three sets of statements: those that must hold before (`preconditions`), those that end
(`reverseDifferences`) and those that begin (`forwardDifferences`). What is compared and changed are single statements:
an object that is named as `rdf:Description` has no statement about its class there.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.ntriples import differing
from virtuales.preparation.cim.package import PackagedModel
from virtuales.preparation.cim.reader import Vocabularies

Statements = frozenset[bytes]
"""Statements as lines of N-Triples."""


@dataclass(frozen=True)
class DifferenceModel:
    """A difference model.

    Args:
        name: The file's name.
        header: What it says of itself; `supersedes` names the model that it changes.
        vocabulary: The model that types its statements.
        identifiers: How its names became IRIs.
        preconditions: Statements that must hold before.
        reverse: Statements that end.
        forward: Statements that begin.
    """

    name: str
    header: ModelHeader
    vocabulary: Vocabulary
    identifiers: Identifiers
    preconditions: Statements
    reverse: Statements
    forward: Statements

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return self.reverse == self.forward


@dataclass(frozen=True)
class ModelFile:
    """A full model, kept as N-Triples.

    Args:
        name: What errors call it.
        header: What it says of itself.
        statements: The file with its N-Triples, header included.
        profiles: IRIs of its profiles.
        vocabulary: The model that types it.
        identifiers: How its names became IRIs.
    """

    name: str
    header: ModelHeader | None
    statements: Path
    profiles: tuple[str, ...]
    vocabulary: Vocabulary
    identifiers: Identifiers

    @property
    def keywords(self) -> frozenset[str]:
        """The short names of its profiles."""
        return keywords(self.vocabulary.profiles, self.profiles)


def model_file(model: PackagedModel, vocabularies: Vocabularies) -> ModelFile:
    """Take a model out of the package that it was read with."""
    reading = model.reading
    return ModelFile(
        name=model.member.name,
        header=reading.header,
        statements=model.statements,
        profiles=reading.profiles,
        vocabulary=vocabularies.vocabulary_for_profiles(reading.profiles),
        identifiers=reading.identifiers,
    )


def keywords(known: Mapping[str, str], profiles: Iterable[str]) -> frozenset[str]:
    """Return the short names of profiles."""
    return frozenset(known[profile] for profile in profiles if profile in known)


def derived_iri(*parts: str) -> str:
    """Make an IRI that is always the same for the same parts: a UUID by name (RFC 9562, section 5.5).

    >>> derived_iri("urn:uuid:a", "urn:uuid:b")
    'urn:uuid:a82c0d1d-fe5d-592e-8102-8ba5b6e8467f'
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, " ".join(parts)).urn


def compare(before: ModelFile, after: ModelFile, *, iri: str | None = None) -> DifferenceModel:
    """Make the difference model that leads from one model to another of the same profile.

    Its header says of the second model what that says of itself (created, version, profiles, dependencies), and that it
    supersedes the first. The same two models always give the same difference model.

    Args:
        before: The model that is changed.
        after: The model that it becomes.
        iri: The difference model's IRI; by default one made from what it changes.

    Raises:
        InputError: a model has no header, or the two follow different profiles.
    """
    first, second = before.header, after.header
    if first is None or second is None:
        raise InputError(
            "A model without header cannot be compared: its difference would not say what it changes.",
            where=before.name if first is None else after.name,
            remedy="Add the header (`md:FullModel`).",
        )
    _refuse_other_profile(before, after)
    reverse, forward = differing(before.statements, after.statements, (first, second))
    named = iri or derived_iri("difference", first.iri, second.iri, _digest(reverse), _digest(forward))
    header = replace(second, iri=named, supersedes=(first.iri,))
    return DifferenceModel(
        name=_difference_name(after.name),
        header=header,
        vocabulary=after.vocabulary,
        identifiers=after.identifiers,
        preconditions=frozenset(),
        reverse=reverse,
        forward=forward,
    )


def inverse(difference: DifferenceModel, *, supersedes: str, iri: str | None = None) -> DifferenceModel:
    """Make the difference model that takes a change back.

    Args:
        difference: The change.
        supersedes: The IRI of the model that the change led to.
        iri: The inverse's IRI; by default one made from the change's.
    """
    named = iri or derived_iri("inverse", difference.header.iri, supersedes)
    return replace(
        difference,
        name=f"inverse of {difference.name}",
        header=replace(difference.header, iri=named, supersedes=(supersedes,)),
        preconditions=frozenset(),
        reverse=difference.forward,
        forward=difference.reverse,
    )


def _refuse_other_profile(before: ModelFile, after: ModelFile) -> None:
    if before.vocabulary.name == after.vocabulary.name and before.keywords & after.keywords:
        return
    raise InputError(
        f"`{before.name}` follows {_listed(before)} and `{after.name}` follows {_listed(after)}.",
        where=after.name,
        remedy="Compare two versions of one model: the profiles must be the same.",
    )


def _listed(model: ModelFile) -> str:
    return f"{', '.join(sorted(model.keywords))} of {model.vocabulary.name}"


def _digest(statements: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for line in sorted(statements):
        digest.update(line)
    return digest.hexdigest()


def _difference_name(name: str) -> str:
    """Name the document of a difference after the model that it leads to.

    >>> _difference_name("package.zip/grid_EQ_2.xml")
    'package.zip/grid_EQ_2_DIFF.xml'
    """
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}_DIFF.{suffix}" if dot else f"{name}_DIFF.xml"
