"""URI templates as CSV on the Web needs them: simple, reserved, fragment, path and query expansion (RFC 6570)."""

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from virtuales.errors import InputError
from virtuales.preparation.terms import encode_for_iri

_expression = re.compile(r"\{([^{}]*)\}")
_form = re.compile(r"([+#/?&]?)([A-Za-z0-9_%.]+(?:,[A-Za-z0-9_%.]+)*)")
_RESERVED = ":/?#[]@!$&'()*+,;=%"

Variables = Mapping[str, str | Sequence[str] | None]
"""What stands for a name: a text, several, or None for nothing."""


class UriTemplate:
    """A template that makes an IRI, or part of one, of a row's values.

    Args:
        text: The template.
        where: What errors call its place.

    Raises:
        InputError: its braces do not pair, or an expression is of no form that is known here.

    >>> UriTemplate("http://example.org/{id}{#part}", where="aboutUrl").expand({"id": "a b", "part": "1"})
    'http://example.org/a%20b#1'
    """

    def __init__(self, text: str, *, where: str) -> None:
        self.text = text
        self._parts: list[str | tuple[str, tuple[str, ...]]] = []
        for place, piece in enumerate(_expression.split(text)):
            if place % 2 == 0:
                if "{" in piece or "}" in piece:
                    raise _malformed(text, where)
                self._parts.append(piece)
            else:
                form = _form.fullmatch(piece)
                if form is None:
                    raise _malformed(text, where)
                self._parts.append((form[1], tuple(form[2].split(","))))

    @property
    def variables(self) -> frozenset[str]:
        """The names that the template refers to."""
        return frozenset(name for part in self._parts if isinstance(part, tuple) for name in part[1])

    def expand(self, values: Variables) -> str:
        """Put values into the template; a name without a value leaves nothing."""
        return "".join(part if isinstance(part, str) else _expanded(part[0], part[1], values) for part in self._parts)


def _expanded(operator: str, names: Sequence[str], values: Variables) -> str:
    encode: Callable[[str], str] = _keep_reserved if operator in {"+", "#"} else encode_for_iri
    known = [(name, value) for name in names if (value := values.get(name)) is not None]
    if not known:
        return ""
    texts = [encode(value) if isinstance(value, str) else ",".join(map(encode, value)) for _, value in known]
    if operator in {"?", "&"}:
        return operator + "&".join(f"{name}={text}" for (name, _), text in zip(known, texts, strict=True))
    between = "/" if operator == "/" else ","
    return ("" if operator == "+" else operator) + between.join(texts)


def _keep_reserved(text: str) -> str:
    return "".join(character if character in _RESERVED else encode_for_iri(character) for character in text)


def _malformed(text: str, where: str) -> InputError:
    return InputError(
        f"The URI template `{text[:200]}` is malformed.",
        where=where,
        remedy="Write the names of columns as `{name}`, `{+name}` or `{#name}`.",
    )


def quoted_name(title: str) -> str:
    """Return the name that a column without one has: its title, percent-encoded.

    >>> quoted_name("Demand (MVA)")
    'Demand%20%28MVA%29'
    """
    return quote(title, safe="").replace("-", "%2D").replace("~", "%7E")
