"""The process that holds the triples of one query at a time and answers queries on them, so that it can be ended.

It takes orders from standard input and replies on standard output, in frames as `virtuales.query.worker` has them: a
letter, the length in four bytes, the content. Each order has one reply: `E` with what was asked for, or `X` with what
was wrong. It ends when standard input does, or when it is at work and the process that started it is gone.
"""

import json
import os
import resource
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from virtuales.errors import InputError, NotAcceptable
from virtuales.query.in_memory import InMemoryGraph
from virtuales.query.worker import HEAD, frame
from virtuales.rdf.terms import NamedNode

if TYPE_CHECKING:
    from collections.abc import Callable

CLEAR: Final = b"C"
"""Hold nothing any more."""
BOUND: Final = b"M"
"""Take no more memory than so many bytes."""
LOAD: Final = b"L"
"""Add N-Triples to the graph that the first line names, if it does; tell how many statements there are."""
DECLARE: Final = b"G"
"""Make a named graph that need not hold anything."""
TABLE: Final = b"T"
"""Answer a SELECT query as tab-separated values."""
HOLDS: Final = b"H"
"""Answer an ASK query."""
ANSWER: Final = b"A"
"""Answer a query in the form that the first line likes best; tell the media type on a line before the answer."""

_LOOK_SECONDS: Final = 0.5
_FUNCTION: Final = b"urn:virtuales:"
"""What is in every query that calls a function of ours, and in data that such queries are put to."""


class HeldGraph:
    """The triples that are held, and what can be ordered of them."""

    def __init__(self) -> None:
        self._graph = InMemoryGraph()
        self._orders: dict[bytes, Callable[[bytes], bytes]] = {
            CLEAR: self._clear,
            BOUND: _bound,
            LOAD: self._load,
            DECLARE: self._declare,
            TABLE: lambda query: self._graph.table(query.decode()),
            HOLDS: lambda query: b"yes" if self._graph.holds(query.decode()) else b"",
            ANSWER: self._answer,
        }

    def carry_out(self, kind: bytes, content: bytes) -> bytes:
        """Carry out an order; return what is asked for."""
        if _FUNCTION in content and kind != LOAD:
            self.learn_functions()
        return self._orders[kind](content)

    def learn_functions(self) -> None:
        """Let queries call the functions that see literals as they are written; importing them takes a while."""
        from virtuales.assurance import term_functions  # noqa: PLC0415  (only then, for the time that it takes)

        for name, function in term_functions.TERM_FUNCTIONS.items():
            self._graph.define(NamedNode(name), function)
        for name, aggregate in term_functions.TERM_AGGREGATES.items():
            self._graph.define_aggregate(NamedNode(name), aggregate)

    def _clear(self, _: bytes) -> bytes:
        self._graph = InMemoryGraph()
        return b""

    def _load(self, content: bytes) -> bytes:
        graph, _, n_triples = content.partition(b"\n")
        self._graph.load(n_triples, graph=NamedNode(graph.decode()) if graph else None)
        return b"%d" % len(self._graph)

    def _declare(self, graph: bytes) -> bytes:
        self._graph.declare(NamedNode(graph.decode()))
        return b""

    def _answer(self, content: bytes) -> bytes:
        accept, _, query = content.partition(b"\n")
        body, media_type = self._graph.serialized(query.decode(), accept.decode())
        return media_type.encode() + b"\n" + body


def _bound(content: bytes) -> bytes:
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = int(content)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))
    return b""


def reply_to(held: HeldGraph, kind: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Carry out an order; return the kind and the content of the reply."""
    try:
        return b"E", held.carry_out(kind, content)
    except NotAcceptable as error:
        return b"X", _refusal("form", error.what, error.remedy, [*error.offered])
    except InputError as error:
        return b"X", _refusal("input", error.what, error.remedy)
    except SyntaxError as error:
        return b"X", _refusal("malformed", str(error))
    except MemoryError:
        return b"X", _refusal("memory", "The query needs more memory than it may have.")
    except (RuntimeError, ValueError, OSError) as error:
        return b"X", _refusal("input", f"The query cannot be answered: {error}.")


def _refusal(kind: str, what: str, remedy: str | None = None, offered: list[str] | None = None) -> bytes:
    return json.dumps({"kind": kind, "what": what, "remedy": remedy, "offered": offered or []}).encode()


def _end_with(parent: int, working: threading.Event) -> None:
    while working.wait():
        if os.getppid() != parent:
            os._exit(1)
        time.sleep(_LOOK_SECONDS)


def main() -> None:
    """Carry out orders until there are no more."""
    working = threading.Event()
    threading.Thread(target=_end_with, args=(os.getppid(), working), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    held = HeldGraph()
    orders, out = sys.stdin.buffer, sys.stdout.buffer
    while head := orders.read(HEAD.size):
        working.set()
        kind, length = HEAD.unpack(head)
        content = orders.read(length)
        frame(out, *reply_to(held, kind, content))
        out.flush()
        working.clear()
        if kind == LOAD and _FUNCTION in content:
            held.learn_functions()  # while the others are still being asked


if __name__ == "__main__":
    main()
