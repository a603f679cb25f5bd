"""What compiles shapes, for those who let somebody choose it: the compiler, loaded when something is to be compiled."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from virtuales.assurance.imports import Find, nothing
from virtuales.assurance.shapes import ShapesGraph


class Compile(Protocol):
    """Compiles shapes as `virtuales.assurance.compiler.compile_shapes` does."""

    def __call__(
        self, sources: Sequence[Path | bytes], *, names: Sequence[str] = (), find: Find = nothing
    ) -> ShapesGraph:
        """Return the compiled shapes graph of some files."""
        ...


def compile_afresh(sources: Sequence[Path | bytes], *, names: Sequence[str] = (), find: Find = nothing) -> ShapesGraph:
    """Compile shapes, whatever is kept; arguments and errors are those of `compile_shapes`."""
    from virtuales.assurance.compiler import compile_shapes  # noqa: PLC0415  # who judges by kept shapes needs none

    return compile_shapes(sources, names=names, find=find)
