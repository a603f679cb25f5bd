"""Generated entries of a catalogue of many nodes, and questions to them; equal seeds give equal ones."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from virtuales.catalogue.index.document import Box, IndexedDataset
from virtuales.catalogue.search import DatasetSummary

NODES = 50
_SUBJECTS = (
    "transformer substation feeder cable breaker busbar generator battery solar wind demand fault capacity headroom "
    "outage flexibility curtailment connection register forecast profile circuit overhead tower meter losses voltage "
    "current impedance protection"
)
SUBJECTS = _SUBJECTS.split()
PLACES = [f"zone{number}" for number in range(2_000)]
KINDS = ("half-hourly", "monthly", "annual", "live", "observed", "planned")
FACETS = ("publisher", "licence", "sensitivity", "verdict", "format", "frequency", "keyword")
"""The seven that are counted."""
CLASSES = [f"http://iec.ch/TC57/CIM100#Class{number}" for number in range(400)]


@dataclass(frozen=True)
class Reader:
    """Somebody who asks: which graphs they may see."""

    name: str
    graphs: tuple[str, ...]
    organisation: str | None


def graph(node: int, *, public: bool) -> str:
    return f"http://node{node}.example/graph/catalogue/{'public' if public else 'participants'}"


def readers() -> list[Reader]:
    """Return the public, a participant who sees all, and one who sees what thirty nodes show."""
    public = tuple(graph(node, public=True) for node in range(NODES))
    shared = tuple(graph(node, public=False) for node in range(NODES))
    organisation = "http://registry.example/id/organisation/o7"
    return [
        Reader("public", public, None),
        Reader("participant", public + shared, organisation),
        Reader("some", public[:30] + shared[:30], organisation),
    ]


def entries(number: int, seed: int = 1) -> Iterator[IndexedDataset]:
    """Give so many datasets: of 50 nodes, 2,000 places, 30 subjects; two in three are for participants alone."""
    chance = random.Random(seed)  # noqa: S311  # entries, not secrets
    for place in range(number):
        yield _entry(place, chance)


def _entry(place: int, chance: random.Random) -> IndexedDataset:
    node, is_public = chance.randrange(NODES), chance.random() < 1 / 3
    subjects, where, kind = chance.sample(SUBJECTS, 3), chance.choice(PLACES), chance.choice(KINDS)
    iri = f"http://node{node}.example/id/dataset/set-{place}"
    publisher = f"http://registry.example/id/organisation/o{node}"
    licence = f"http://licences.example/{chance.choice('abcd')}"
    sensitivity = "O" if is_public else chance.choice(("SA", "SB", "SP", "C"))
    keywords = tuple(sorted({subjects[1], kind, chance.choice(SUBJECTS)}))
    west, south = chance.uniform(-6, 1), chance.uniform(50, 58)
    facets = {
        "publisher": (publisher,),
        "licence": (licence,),
        "sensitivity": (sensitivity,),
        "verdict": (chance.choice(("Conforms", "NotJudged")),),
        "format": (chance.choice(("text/csv", "application/zip", "text/turtle")),),
        "frequency": (f"http://frequencies.example/{kind}",),
        "keyword": keywords,
        "class": tuple(sorted(chance.sample(CLASSES, 5))),
    }
    return IndexedDataset(
        graph=graph(node, public=is_public),
        summary=DatasetSummary(
            iri,
            f"{subjects[0].capitalize()} {subjects[1]} data of {where}",
            f"{kind.capitalize()} values of each {subjects[2]} in {where}, as the operator keeps them.",
            publisher,
            licence,
            sensitivity,
            "1",
            f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}T12:00:00Z",
            keywords,
        ),
        version=f"{iri}/version/1",
        is_open=is_public,
        facets=facets,
        period=(f"2025-{chance.randint(1, 9):02d}-01", "2026-01-01"),
        area=Box(west, south, west + 0.5, south + 0.4),
    )


@dataclass(frozen=True)
class Asked:
    """A question: words, and what is chosen of facets."""

    words: tuple[str, ...]
    chosen: dict[str, tuple[str, ...]]


def questions(number: int, seed: int = 2) -> list[Asked]:
    """Return questions: no word, one, two, or a place; a third with something chosen."""
    chance, made = random.Random(seed), []  # noqa: S311  # questions, not secrets
    for _ in range(number):
        words = chance.choice(
            [(), (chance.choice(SUBJECTS),), tuple(chance.sample(SUBJECTS, 2)), (chance.choice(PLACES),)]
        )
        chosen = {"sensitivity": ("O", "SA"), "format": ("text/csv",)} if chance.random() < 1 / 3 else {}
        made.append(Asked(words, chosen))
    return made
