"""What every JSON body has to be: of known fields alone, and of text that can be written down again."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from virtuales.rdf.terms import is_unicode


class RequestBody(BaseModel):
    r"""The body of a request; unknown fields are refused, and so is text with half of a surrogate pair.

    JSON can escape half of a pair (`\ud800`), which is no character: nothing could store, sign or send it.
    """

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_half_characters(cls, value: Any) -> Any:  # noqa: ANN401 - what a client sends can be anything
        if not all(is_unicode(text) for text in _texts(value)):
            raise ValueError("a text holds half of a surrogate pair, which is no character")
        return value


def _texts(value: object) -> Iterator[str]:
    """Give every text in a JSON value, names among them, however deep it is nested."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            parts.extend((*part.keys(), *part.values()))
        elif isinstance(part, list):
            parts.extend(part)
