"""Answers SELECT queries with an engine of Python's: for each line, a query's file and an answer's file, a tab between.

Usage: `engines.py virtuales|oxigraph|rdflib ENDPOINT…`. The last two run plans, which name the endpoints themselves.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

Answer = Callable[[str], bytes]
JSON = "application/sparql-results+json"
_EVER = 86_400.0


def virtuales(endpoints: Sequence[str]) -> Answer:
    """Answer with this package."""
    from virtuales.federation.federate import Federation  # noqa: PLC0415  (each engine loads its own)
    from virtuales.federation.options import Options  # noqa: PLC0415  (each engine loads its own)

    # The data stays as it is, and peers believe for ever what endpoints said that they hold; a run can take long.
    federation = Federation(endpoints, options=Options(summary_seconds=_EVER))
    return lambda text: federation.answer(text, accept=JSON).body


def oxigraph(_: Sequence[str]) -> Answer:
    """Run plans with Oxigraph, which asks each service for all that its group matches, and joins."""
    from pyoxigraph import QueryResultsFormat, Store  # noqa: PLC0415  (each engine loads its own)

    store = Store()
    return lambda text: store.query(text).serialize(format=QueryResultsFormat.JSON) or b""


def rdflib(_: Sequence[str]) -> Answer:
    """Run plans with rdflib, which asks each service once for each solution that is there before."""
    from rdflib import Graph  # noqa: PLC0415  (each engine loads its own)

    graph = Graph()
    return lambda text: graph.query(text).serialize(format="json") or b""


def main(arguments: Sequence[str]) -> None:
    """Answer what is asked on standard input until it ends."""
    answer = {"virtuales": virtuales, "oxigraph": oxigraph, "rdflib": rdflib}[arguments[0]](arguments[1:])
    print("ready", flush=True)
    for line in sys.stdin:
        query, out = line.rstrip("\n").split("\t")
        try:
            Path(out).write_bytes(answer(Path(query).read_text(encoding="utf-8")))
        except Exception as refused:  # noqa: BLE001  (whatever an engine raises is its answer)
            print(f"{type(refused).__name__}: {refused}".replace("\n", " "), flush=True)
        else:
            print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
