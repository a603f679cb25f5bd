"""What is asked: our own queries, and instances of FedShop's templates where these lie beside the checkout.

Our own are valid SPARQL files. `SERVICE <place:NAME>` says where a group's data lies: without these words a file is the
query that engines get; with the endpoints in their place it is the plan of somebody who knows the data.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from federation.statements import Federation

OWN: Final = Path(__file__).resolve().parent / "queries"
TEMPLATES: Final = Path(__file__).resolve().parents[3] / "shared/suites/federation/fedshop"
_PLACE: Final = re.compile(r"SERVICE\s+<place:([\w-]+)>\s*")
_CONSTANT: Final = re.compile(r"\$(\w+)")
_LIMIT: Final = re.compile(r"\bLIMIT\s+\d+\s*$")
_INSTANCES: Final[Mapping[str, Mapping[str, str]]] = {
    "q03": {"ProductFeature2": "LackedFeature"},
    "q05": {"ProductXYZ": "RareProduct"},
    "q07": {"ProductXYZ": "RareProduct"},
}
"""What constants of a template are called among the data's, where not the same.

What q07 answers grows with the cube of the sites that have its product, so it asks for one that few have.
"""


@dataclass(frozen=True)
class Question:
    """A query of the benchmark.

    Args:
        name: Its name in results.
        text: The query.
        plan: The same with the places of its groups; empty where there is none.
    """

    name: str
    text: str
    plan: str = ""

    @property
    def unlimited(self) -> str:
        """The query without its LIMIT: every answer that could be among the right ones."""
        return _LIMIT.sub("", self.text.rstrip())


def questions(federation: Federation) -> list[Question]:
    """Return what is asked about some data, each question filled in."""
    folder = "energy" if federation.name == "energy" else "trade"
    own = [_own(file, federation.constants) for file in sorted((OWN / folder).glob("*.rq"))]
    if folder == "energy":
        return own
    if not TEMPLATES.is_dir():
        print("NOT ASKED: FedShop's templates are not beside this checkout; only our own queries are.")
        return own
    return [*own, *_instances(federation.constants)]


def planned(plan: str, federation: Federation, urls: Mapping[str, str]) -> str:
    """Write a plan with the endpoints of its places."""
    found = _PLACE.search(plan)
    if not found:
        return plan
    end = _closing(plan, found.end())
    group, sites = plan[found.end() : end + 1], federation.places[found.group(1)]
    calls = [f"SERVICE <{urls[site]}> {group}" for site in sites]
    asked = calls[0] if len(calls) == 1 else "{ " + " } UNION { ".join(calls) + " }"
    return planned(f"{plan[: found.start()]}{asked}{plan[end + 1 :]}", federation, urls)


def _own(file: Path, constants: Mapping[str, str]) -> Question:
    plan = _CONSTANT.sub(lambda found: constants[found.group(1)], file.read_text(encoding="utf-8"))
    return Question(file.stem, _without_places(plan), plan)


def _without_places(text: str) -> str:
    """Take the places and the braces of their groups out of a query."""
    found = _PLACE.search(text)
    if not found:
        return text
    end = _closing(text, found.end())
    return _without_places(f"{text[: found.start()]}{text[found.end() + 1 : end].strip()}{text[end + 1 :]}")


def _closing(text: str, opening: int) -> int:
    """Return where the group closes that opens at a place; our own queries have no braces elsewhere."""
    depth = 0
    for place in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise ValueError(f"A group is not closed in {text!r}; write the missing `}}`.")


def _instances(constants: Mapping[str, str]) -> Iterator[Question]:
    """Fill in the templates; each tells in a file beside it which of its variables are constants."""
    for file in sorted(TEMPLATES.glob("q*.sparql")):
        names: Sequence[str] = [*json.loads(file.with_suffix(".const.json").read_text(encoding="utf-8"))]
        text = file.read_text(encoding="utf-8")
        for name in names:
            value = constants[_INSTANCES.get(file.stem, {}).get(name, name)]
            text = re.sub(rf"[?$]{name}\b", value.replace("\\", r"\\"), text)
        yield Question(f"fedshop-{file.stem}", text)
