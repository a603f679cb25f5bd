"""The terms and conditions that ship, by version, and how texts of terms are written."""

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


@dataclass(frozen=True)
class Clause:
    """One numbered clause of a text: what it is about, and what it says."""

    title: str
    text: str


def clauses(markdown: str) -> tuple[str, list[Clause]]:
    r"""Read a text of one heading and numbered clauses whose first words are stressed.

    Returns:
        The heading and the clauses, each on one line.

    >>> clauses("# Terms\n\n1. **First.** Be\n   kind.\n")
    ('Terms', [Clause(title='First.', text='Be kind.')])
    """
    heading, found = "", list[Clause]()
    for line in markdown.splitlines():
        text = line.strip()
        if text.startswith("# "):
            heading = text.removeprefix("# ")
        elif text and text[0].isdigit() and ". " in text:
            title, _, rest = text.partition(". ")[2].removeprefix("**").partition("**")
            found.append(Clause(title, rest.strip()) if rest else Clause("", title))
        elif text and found:
            found[-1] = Clause(found[-1].title, f"{found[-1].text} {text}".strip())
    return heading, found
