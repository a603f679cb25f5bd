"""Reads the document of a contract from a file."""

import json
from collections.abc import Iterable
from pathlib import Path

from virtuales.contract.agreement import SignedAgreement, parse_agreement
from virtuales.contract.evidence_documents import EvidenceDocument, is_evidence, parse_evidence
from virtuales.contract.notices import Notice, NoticeKind, parse_notice
from virtuales.errors import UnreadableInput
from virtuales.policy.profile import CORE, Profile
from virtuales.policy.registering import load_profile


def load_contract(file: Path, vocabulary: Profile = CORE) -> SignedAgreement:
    """Read a contract: its document, or what `agreement show --json` wrote about it.

    Args:
        file: The file.
        vocabulary: The terms that it may use.

    Raises:
        UnreadableInput: the file cannot be read, or is no JSON.
        InputError: it is no contract.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"The document cannot be read: {error.strerror}.", where=str(file)) from error
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"The document is no JSON: {error}.", where=str(file)) from error
    document = found.get("document") if isinstance(found, dict) else None
    return parse_agreement(document if isinstance(document, dict) else content, vocabulary)


def vocabulary_of(files: Iterable[Path]) -> Profile:
    """Return the terms of the core with those of profiles in files.

    Raises:
        UnreadableInput: a file cannot be read.
        InputError: it is no profile, or a term of it is known already.
    """
    profile = CORE
    for file in files:
        profile = load_profile(file, profile)
    return profile


def find_evidence(file: Path) -> EvidenceDocument | None:
    """Read the evidence in a file, or in what `agreement evidence --json` wrote; None when it holds something else.

    Raises:
        InputError: it is evidence with something wrong about it.
    """
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    written = found.get("document") if isinstance(found, dict) else None
    if isinstance(written, dict) and is_evidence(written):
        return parse_evidence(written)
    return parse_evidence(file.read_bytes()) if is_evidence(found) else None


def find_notice(file: Path) -> Notice | None:
    """Read the notice in a file; None when the file holds something else, or cannot be read.

    Raises:
        InputError: it is a notice with something wrong about it.
    """
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_notice = isinstance(found, dict) and found.get("@type") in list(NoticeKind)
    return parse_notice(file.read_bytes()) if is_notice else None
