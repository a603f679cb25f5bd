"""String templates: text with references in braces, after RML-Core, section on template-valued expression maps."""

import re
from dataclasses import dataclass

from virtuales.errors import InputError

_piece = re.compile(r"\\[{}\\]|[{}]|\\|[^{}\\]+")


@dataclass(frozen=True)
class Template:
    r"""A template as its fixed texts and the references between them; there is one text more than references.

    >>> Template.parse("http://example.org/{id}-{name}", where="map")
    Template(texts=('http://example.org/', '-', ''), references=('id', 'name'))
    >>> Template.parse(r"\{ {code} \}", where="map").texts
    ('{ ', ' }')
    """

    texts: tuple[str, ...]
    references: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, *, where: str) -> "Template":
        """Read a template.

        Raises:
            InputError: braces that do not pair, or a backslash before what needs none.
        """
        texts, references, current, inside = [], [], "", False
        for piece in _piece.findall(text):
            if piece == "{" and not inside:
                texts.append(current)
                current, inside = "", True
            elif piece == "}" and inside and current:
                references.append(current)
                current, inside = "", False
            elif piece in {"{", "}", "\\"}:
                raise _malformed(text, where)
            else:
                current += piece[1:] if piece[0] == "\\" else piece
        if inside:
            raise _malformed(text, where)
        return cls((*texts, current), tuple(references))


def _malformed(text: str, where: str) -> InputError:
    return InputError(
        f"The template `{text[:200]}` is malformed.",
        where=where,
        remedy=r"Write each reference as `{name}`, and braces and backslashes that are text as `\{`, `\}` and `\\`.",
    )
