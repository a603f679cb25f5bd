"""Comunica asks a node: an open dataset version and the node's catalogue, as two sources of one query.

Its answers are compared with those that the node gives by itself. Comunica comes by npm, with a Node.js that is new
enough where there is none. Usage: `make comunica-at-node`. Exit code 1 when an answer differs.
"""

import json
import sys
import tempfile
from pathlib import Path

from assurance.peers import Unavailable
from federation.grid import CIM
from federation.peers import ENGINES
from federation.running import Running
from service.asking import Client, Kind
from service.serving import node, statements

SECONDS = 120.0
NAME = f"{CIM}IdentifiedObject.name"
KINDS = (
    Kind("names", f"SELECT ?thing ?name WHERE {{ ?thing a <{CIM}Substation> ; <{NAME}> ?name }}", 5),
    Kind(
        "optional",
        f"SELECT ?thing ?limit WHERE {{ ?thing a <{CIM}VoltageLevel> "
        f"OPTIONAL {{ ?thing <{CIM}VoltageLevel.highVoltageLimit> ?limit }} }}",
        5,
    ),
    Kind("count", f"SELECT (COUNT(?line) AS ?lines) WHERE {{ ?line a <{CIM}ACLineSegment> }}", 1),
)


def rows(answer: bytes) -> list[str]:
    """Return the rows of an answer, sorted, since none of the queries asks for an order."""
    found = json.loads(answer)["results"]["bindings"]
    return sorted(json.dumps({name: term["value"] for name, term in row.items()}, sort_keys=True) for row in found)


def main() -> int:
    """Ask both ways; return the exit code."""
    comunica = next(one for one in ENGINES if one.name == "comunica")
    content, wrong = statements(5), 0
    with (
        tempfile.TemporaryDirectory() as place,
        node(Path(place) / "nodes", content) as (opened, _),
    ):
        try:
            catalogue = f"{opened.url.partition('/sparql/')[0]}/sparql/catalogue"
            command = comunica.command([opened.url, catalogue])
        except Unavailable as reason:
            print(f"NOT TRIED: {comunica.title}: {reason}")
            return 1
        with Running(command, SECONDS) as running:
            for kind in KINDS:
                reply = running.ask(kind.text)
                client = Client(opened)
                expected = rows(client.get(kind, 0).body)
                client.close()
                same = not reply.failure and rows(running.answer.read_bytes()) == expected
                wrong += not same or len(expected) != kind.rows
                print(f"{'PASS' if same else 'FAIL'} {kind.name}: {len(expected)} rows {reply.failure}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
