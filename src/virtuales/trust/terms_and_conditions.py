"""The terms and conditions that a participant accepts, by version."""

from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import NotFound

CURRENT_VERSION = "1.0"
_FOLDER = Path(__file__).resolve().parent / "terms"


@dataclass(frozen=True)
class TermsAndConditions:
    """One version of the terms.

    Args:
        version: The version, such as `1.0`.
        text: The terms in Markdown.
    """

    version: str
    text: str


def known_versions() -> list[str]:
    """Return every version that was ever in force, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.md"))


def get_terms(version: str = CURRENT_VERSION) -> TermsAndConditions:
    """Return a version of the terms.

    Raises:
        NotFound: there is no such version.
    """
    if version not in known_versions():
        raise NotFound(
            f"There is no version `{version}` of the terms and conditions.",
            where="acceptedTerms",
            remedy=f"The version in force is {CURRENT_VERSION}.",
        )
    return TermsAndConditions(version, (_FOLDER / f"{version}.md").read_text(encoding="utf-8"))
