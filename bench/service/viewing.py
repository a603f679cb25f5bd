"""A node with a view of some data, and beside it the same statements without one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.clients import sparql_url
from tests.journey.networks import network

from service.serving import FILE, Door, granted, published

_VIEW: Final = {"properties": ["IdentifiedObject.name"]}
_FOLLOW: Final = 2


@contextmanager
def viewed(directory: Path, content: bytes) -> Iterator[list[Door]]:
    """Run a node; give its doors to what a view shows: `open`, `whole` and `view`.

    Args:
        directory: Where nodes keep their files.
        content: The statements, as N-Triples, that the view is of.
    """
    with network(directory, "north", "vale", settings={"FOLLOW_SECONDS": str(_FOLLOW)}) as running:
        north, vale = running.admit("north", "vale")
        pid = running.nodes["north"].pid
        view = north.provide("viewed", [(FILE, content)], view=_VIEW)
        vale.request(view)
        north.approve(view)
        shown = vale.download(view, "view.nt").content
        print(f"{len(content.splitlines()):,} statements, of which the view shows {len(shown.splitlines()):,}")
        urls = {"open": published(north, shown), "whole": granted(north, vale, shown), "view": view}
        token = vale.token(north.home)
        yield [
            Door(name, sparql_url(version), pid, "" if name == "open" else token, after=1.5 * _FOLLOW)
            for name, version in urls.items()
        ]
