"""Mapping sets as the reference tool of SSSOM reads, validates and writes them, and as we do.

The files are the examples of the specification and all tables among the test files of the reference tool. Where the two
differ, `sssom_differences.toml` says why, by the section of SSSOM 1.1; a difference that is not explained fails, and so
does an explanation of none. `make suite-sssom` says what the test needs.
"""

import json
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.shared_data import SHARED

from virtuales.alignment.findings import Reading
from virtuales.alignment.formats import read_file, write
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.slots import MAPPING_SLOTS, SET_SLOTS, SLOTS, Slot, absent
from virtuales.alignment.terms import DCTERMS, JUSTIFICATIONS, OWL, PAV, PROV, RDFS, SEMAPV, SSSOM
from virtuales.errors import InputError

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "bench" / ".peers"
PYTHON = PEERS / "sssom" / "bin" / "python"
REFERENCE = ROOT / "bench" / "sssom_peer" / "reference.py"
EXAMPLES = SHARED / "suites" / "alignment" / "gold" / "sssom-examples" / "examples"
FILES = PEERS / "sssom-py" / "tests" / "data"
TABLE = Path(__file__).with_name("sssom_differences.toml")
FORMS = {"tsv": "tsv", "json": "json", "ttl": "rdf"}
NUMBER_OF_EXAMPLES, NUMBER_OF_FILES = 31, 35
EXPLAINED = [each["what"] for each in tomllib.loads(TABLE.read_text(encoding="utf-8"))["difference"]]

Slots = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One file, as both read it.

    Args:
        name: Folder and file name.
        path: The file.
        metadata: Its metadata in a file of its own.
    """

    name: str
    path: Path
    metadata: Path | None


def cases() -> list[Case]:
    """Return the files of the suite."""
    found = sorted(EXAMPLES.rglob("*.tsv")) + sorted(FILES.glob("*.tsv"))
    beside = [path.with_suffix(".yml") for path in found]
    return [
        Case(f"{path.parent.name}/{path.name}", path, yml if yml.is_file() else None)
        for path, yml in zip(found, beside, strict=True)
    ]


def plain(value: object) -> object:
    """Return a value in the form in which both tools' values compare."""
    if isinstance(value, tuple | list):
        return sorted(map(str, value))
    return float(value) if isinstance(value, int | float) else str(value)


def ours(thing: object, slots: Iterable[Slot]) -> Slots:
    """Return the slots that say something."""
    said = {slot.name: getattr(thing, slot.name) for slot in slots if getattr(thing, slot.name) != absent(slot)}
    return {name: plain(value) for name, value in said.items()}


def theirs(slots: Mapping[str, Any], known: Iterable[Slot]) -> Slots:
    """Return the slots of SSSOM that the reference tool says something in."""
    names = {slot.name for slot in known}
    return {name: plain(value) for name, value in slots.items() if name in names}


def ordered(mappings: Iterable[Slots]) -> list[str]:
    """Return mappings in an order that does not depend on the tool."""
    return sorted(json.dumps(mapping, sort_keys=True) for mapping in mappings)


def read(case: Case) -> Reading | str:
    """Read a file; what cannot be read at all gives the reason."""
    try:
        return read_file(case.path, metadata=case.metadata)
    except InputError as error:
        return str(error)


def ask(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """Have the reference tool do tasks."""
    done = subprocess.run(
        [PYTHON, "-W", "ignore", REFERENCE],
        input=json.dumps(tasks),
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@dataclass(frozen=True)
class Comparison:
    """Everything that was read.

    Args:
        readings: What we read of each file.
        answers: What the reference tool read of each file.
        of_ours: What it read of what we wrote, by file and form.
        of_theirs: What we read of what it wrote, by file and form.
    """

    readings: dict[str, Reading | str]
    answers: dict[str, Any]
    of_ours: dict[tuple[str, str], Any]
    of_theirs: dict[tuple[str, str], Reading | str]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Both tools' readings of all files, and of what each wrote."""
    for needed in (PYTHON, FILES, EXAMPLES):
        if not needed.exists():
            pytest.skip(f"needs {needed.name} in {needed.parent}; `make suite-sssom` says how to have it")
    folder = tmp_path_factory.mktemp("written")
    readings = {case.name: read(case) for case in cases()}
    tasks = [
        {"name": case.name.replace("/", "--"), "path": str(case.path), "form": "tsv", "write": str(folder)}
        | ({"metadata": str(case.metadata)} if case.metadata else {})
        for case in cases()
    ]
    for name, reading in readings.items():
        for suffix, form in FORMS.items() if isinstance(reading, Reading) and not reading.errors() else ():
            place = folder / f"ours--{name.replace('/', '--')}.{suffix}"
            try:
                place.write_text(write(reading.mapping_set, form), encoding="utf-8")  # type: ignore[arg-type, union-attr]
            except InputError as error:
                place.with_suffix(".refused").write_text(str(error), encoding="utf-8")
                continue
            tasks.append({"name": place.name, "path": str(place), "form": form})
    answers = ask(tasks)
    of_ours = {
        (name, suffix): answers[f"ours--{name.replace('/', '--')}.{suffix}"]
        for name in readings
        for suffix in FORMS
        if f"ours--{name.replace('/', '--')}.{suffix}" in answers
    }
    of_theirs = {
        (name, suffix): read(Case(name, folder / f"{name.replace('/', '--')}.{suffix}", None))
        for name in readings
        for suffix in FORMS
        if (folder / f"{name.replace('/', '--')}.{suffix}").is_file()
    }
    return Comparison(readings, {name: answers[name.replace("/", "--")] for name in readings}, of_ours, of_theirs)


def refused_by_us(reading: Reading | str) -> bool:
    """Tell whether we refuse a file."""
    return isinstance(reading, str) or bool(reading.errors())


def refused_by_them(answer: Mapping[str, Any]) -> bool:
    """Tell whether the reference tool does not read a file, or finds it invalid."""
    return bool(answer["read"]) or any(answer["validate"].values())


def differences(mapping_set: MappingSet, answer: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the slots in which both differ, of the set and of its mappings."""
    about, other = ours(mapping_set, SET_SLOTS), theirs(answer["set"], SET_SLOTS)
    found = {"set": {name for name in about | other if about.get(name) != other.get(name)}}
    mine = ordered(ours(mapping, MAPPING_SLOTS) for mapping in mapping_set.mappings)
    yours = ordered(theirs(mapping, MAPPING_SLOTS) for mapping in answer["mappings"])
    found["mappings"] = differing(set(mine) - set(yours), set(yours) - set(mine))
    if len(mine) != len(yours):
        found["mappings"].add("number")
    return {part: slots for part, slots in found.items() if slots}


def differing(mine: set[str], yours: set[str]) -> set[str]:
    """Return the slots in which mappings differ that only one of the tools has, each compared with its nearest."""
    found: set[str] = set()
    others = [json.loads(each) for each in yours]
    for each in map(json.loads, mine):
        apart = [{name for name in each | other if each.get(name) != other.get(name)} for other in others]
        found |= min(apart, key=len, default={"number"})
    return found


def found(comparison: Comparison) -> list[str]:
    """Return every difference, named by what was compared, the file, and the part and slot that differ."""
    names: list[str] = []
    for name, reading in comparison.readings.items():
        answer = comparison.answers[name]
        if refused_by_us(reading) != refused_by_them(answer):
            names.append(f"verdict: {name}")
        if refused_by_us(reading) or refused_by_them(answer) or isinstance(reading, str):
            continue
        names += parted(f"read: {name}", differences(reading.mapping_set, answer))
        for suffix in FORMS:
            of_ours, of_theirs = comparison.of_ours.get((name, suffix)), comparison.of_theirs[name, suffix]
            place = f"ours as {suffix}: {name}"
            if of_ours is None:
                assert (suffix, reading.mapping_set.mapping_set_id) == ("ttl", ""), "we refuse RDF without an IRI only"
            elif of_ours["read"] or any(of_ours["validate"].values()):
                names.append(f"{place}: unread")
            else:
                names += parted(place, differences(reading.mapping_set, of_ours))
            place = f"theirs as {suffix}: {name}"
            if isinstance(of_theirs, str) or of_theirs.errors():
                names.append(f"{place}: unread")
            else:
                names += parted(place, differences(of_theirs.mapping_set, answer))
    return names


def parted(place: str, differing_slots: Mapping[str, set[str]]) -> list[str]:
    """Name differences by part and slot."""
    return [f"{place}: {part}: {slot}" for part, slots in differing_slots.items() for slot in sorted(slots)]


def test_reads_every_file_of_the_suite(comparison: Comparison) -> None:
    names = comparison.readings
    assert sum(not name.startswith("data/") for name in names) == NUMBER_OF_EXAMPLES
    assert sum(name.startswith("data/") for name in names) == NUMBER_OF_FILES


def test_accepts_every_example_of_the_specification(comparison: Comparison) -> None:
    refused = [
        name for name, each in comparison.readings.items() if refused_by_us(each) and not name.startswith("data/")
    ]
    assert refused == []


def test_differs_from_the_reference_tool_only_where_it_is_explained(comparison: Comparison) -> None:
    unexplained = [each for each in found(comparison) if not any(fnmatchcase(each, known) for known in EXPLAINED)]
    assert unexplained == []


def test_explains_no_difference_that_is_none(comparison: Comparison) -> None:
    names = found(comparison)
    assert [known for known in EXPLAINED if not any(fnmatchcase(each, known) for each in names)] == []


def test_refuses_what_the_reference_tool_refuses(comparison: Comparison) -> None:
    both = [
        name
        for name, each in comparison.readings.items()
        if refused_by_us(each) and refused_by_them(comparison.answers[name])
    ]
    assert len(both) == 16


KINDS = {"EntityReference": "reference", "NonRelativeURI": "uri", "string": "text", "date": "date", "double": "number"}
NAMESPACES = {"owl": OWL, "rdfs": RDFS, "dcterms": DCTERMS, "pav": PAV, "prov": PROV}


def test_has_the_slots_of_the_published_schema() -> None:
    found = list(PEERS.glob("sssom/lib/*/site-packages/sssom_schema/schema/sssom_schema.yaml"))
    if not found:
        pytest.skip("needs the schema of SSSOM; `make suite-sssom` says how to have it")
    schema = yaml.safe_load(found[0].read_text(encoding="utf-8"))
    structure = {"curie_map", "mappings", "extension_definitions"}
    for of, slots in (("mapping", MAPPING_SLOTS), ("mapping set", SET_SLOTS)):
        assert [name for name in schema["classes"][of]["slots"] if name not in structure] == [
            each.name for each in slots
        ]
    for name, slot in SLOTS.items():
        said = schema["slots"][name]
        kind = "version" if name == "sssom_version" else KINDS.get(said.get("range", "string"), "choice")
        assert (slot.kind, slot.multivalued) == (kind, said.get("multivalued", False)), name
        assert slot.propagatable == ("sssom:Propagatable" in said.get("instantiates", [])), name
        assert slot.added_in == said.get("annotations", {}).get("added_in", "1.0"), name
        assert (slot.minimum, slot.maximum) == (said.get("minimum_value"), said.get("maximum_value")), name
        prefix, _, local = said.get("slot_uri", "").partition(":")
        assert slot.property == (NAMESPACES[prefix] + local if local else SSSOM + name), name
        if kind == "choice":
            assert list(slot.choices) == list(schema["enums"][said["range"]]["permissible_values"]), name
    pattern = schema["slots"]["mapping_justification"]["pattern"]
    assert sorted(each.removeprefix(SEMAPV) for each in JUSTIFICATIONS) == sorted(pattern[9:-2].split("|"))
