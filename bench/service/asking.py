"""The two kinds of query that doors are asked, and how they are asked over one kept connection."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from federation.grid import CIM
from service.serving import Door

ROWS: Final = 10_000
_NAMES: Final = f"SELECT ?thing ?name WHERE {{ ?thing <{CIM}IdentifiedObject.name> ?name }} LIMIT {{rows}}"
_ONE: Final = (
    f'SELECT ?p ?o WHERE {{ ?thing <{CIM}IdentifiedObject.name> "Substation{{number}} transmission" ; ?p ?o }}'
)
_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Kind:
    """A kind of query.

    Args:
        name: Its name in results.
        text: The query, in which `{number}` makes one differ from the other.
        rows: How many rows are right.
    """

    name: str
    text: str
    rows: int

    def query(self, number: int) -> str:
        """Return the query of a number."""
        return self.text.replace("{number}", str(number))


TINY: Final = Kind("tiny", _ONE, 3)


def many(rows: int = ROWS) -> Kind:
    """Return the kind with so many rows."""
    return Kind("rows", _NAMES.replace("{rows}", str(rows)), rows)


@dataclass(frozen=True)
class Answer:
    """An answer that came.

    Args:
        body: Its bytes.
        seconds: How long it took.
    """

    body: bytes
    seconds: float

    def check(self, kind: Kind) -> None:
        """Judge whether it has the right number of rows.

        Raises:
            SystemExit: it has another.
        """
        found = len(json.loads(self.body)["results"]["bindings"])
        if found != kind.rows:
            raise SystemExit(f"{kind.name}: {found} rows instead of {kind.rows}.")


class Client:
    """Asks one door over a connection that it keeps.

    Args:
        door: The door.
    """

    def __init__(self, door: Door) -> None:
        address = urlsplit(door.url)
        self._path = address._replace(scheme="", netloc="").geturl()
        self._headers = door.headers
        self._connection = http.client.HTTPConnection(address.netloc, timeout=_SECONDS)

    def ask(self, kind: Kind, number: int) -> float:
        """Ask a query and judge its answer; return the seconds it took."""
        answer = self.get(kind, number)
        answer.check(kind)
        return answer.seconds

    def get(self, kind: Kind, number: int) -> Answer:
        """Ask a query.

        Raises:
            SystemExit: it was not answered.
        """
        started = time.perf_counter()
        self._connection.request("POST", self._path, kind.query(number), self._headers)
        response = self._connection.getresponse()
        body = response.read()
        took = time.perf_counter() - started
        if response.status != http.client.OK:
            raise SystemExit(f"{kind.name}: answered {response.status}: {body[:500]!r}")
        return Answer(body, took)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
