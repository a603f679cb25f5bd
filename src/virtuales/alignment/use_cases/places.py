"""Where in a Turtle file something is said, so that editors find it: the line of a subject, or of a value below it."""

from pathlib import Path

from virtuales.alignment.checks.written_terms import Token, tokens


class Places:
    r"""The subjects of a Turtle file with the words that are said of each.

    Args:
        text: The file's text.

    >>> Places("@prefix a: <http://a#> .\na:b a:c a:d ; \n  a:e a:f .").line("http://a#b", "http://a#f")
    3
    """

    def __init__(self, text: str) -> None:
        self._blocks: dict[str, list[Token]] = {}
        block: list[Token] | None = None
        for token in tokens(text):
            if block is None:
                block = self._blocks.setdefault(token.text, [])
            block.append(token)
            if token.sort == "mark" and token.text == ".":
                block = None

    @classmethod
    def of_file(cls, path: Path) -> "Places":
        """Read the places of a file; bytes that are no text are passed over."""
        return cls(path.read_text(encoding="utf-8", errors="replace"))

    def line(self, subject: str, value: str = "") -> int | None:
        """Return the line of a subject, or of a value that is said of it, if it is there; else None.

        Args:
            subject: The subject's IRI.
            value: An IRI, or what a literal begins with.
        """
        block = self._blocks.get(subject, [])
        found = (token for token in block if value and value in (token.text, token.text.strip("\"'")))
        token = next(found, block[0] if block else None)
        return token.line if token else None
