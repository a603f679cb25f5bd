"""Runs in the environment of the reference tool: reads, validates and writes mapping sets, and says what came of it.

Reads a JSON list of tasks from standard input and writes a JSON object from each task's name to what came of it. A task
has `name`, `path`, `form` (`tsv`, `json` or `rdf`), perhaps `metadata`, and perhaps `write`, a folder for what the tool
writes; with `time`, a list of steps, it is timed instead.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from linkml_runtime.dumpers import json_dumper
from sssom.constants import _get_sssom_schema_object
from sssom.io import get_metadata_and_prefix_map
from sssom.parsers import parse_sssom_json, parse_sssom_rdf, parse_sssom_table, to_mapping_set_document
from sssom.util import MappingSetDataFrame
from sssom.validators import validate
from sssom.writers import write_json, write_rdf, write_tsv

logging.disable(logging.CRITICAL)
SCHEMA = _get_sssom_schema_object()
REFERENCES = set(SCHEMA.entity_reference_slots)
PARSERS = {"tsv": parse_sssom_table, "json": parse_sssom_json, "rdf": parse_sssom_rdf}
REASON = 300


def parse(task: dict[str, Any]) -> MappingSetDataFrame:
    """Read a set."""
    if task.get("metadata"):
        converter, meta = get_metadata_and_prefix_map(task["metadata"])
        return parse_sssom_table(task["path"], prefix_map=converter, meta=meta)
    return PARSERS[task["form"]](task["path"])


def expanded(slots: dict[str, Any], expand: Callable[..., str]) -> dict[str, Any]:
    """Return slots with their identifiers expanded."""

    def of(name: str, value: object) -> object:
        if name not in REFERENCES:
            return value
        if isinstance(value, list):
            return [expand(each, passthrough=True) for each in value]
        return expand(value, passthrough=True)

    return {name: of(name, value) for name, value in slots.items() if value not in (None, "", [])}


def described(msdf: MappingSetDataFrame) -> dict[str, Any]:
    """Return what a set says: its own slots, and a list of those of its mappings."""
    document = json_dumper.to_dict(to_mapping_set_document(msdf).mapping_set)
    expand = msdf.converter.expand
    mappings = [expanded(each, expand) for each in document.pop("mappings", [])]
    further = [name for name in msdf.df.columns if name not in SCHEMA.mapping_slots]
    for row, mapping in zip(msdf.df[further].to_dict("records"), mappings, strict=False):
        mapping["extensions"] = {name: str(value) for name, value in row.items() if not pd.isna(value) and value != ""}
    return {"set": expanded(document, expand), "mappings": mappings}


def judged(msdf: MappingSetDataFrame) -> dict[str, list[str]]:
    """Return what each kind of validation says; a kind that itself fails says so."""
    reports: dict[str, list[str]] = {}
    try:
        for kind, report in validate(msdf, fail_on_error=False).items():
            reports[kind.name] = [result.message[:REASON] for result in report.results]
    except Exception as error:  # noqa: BLE001  # whatever it is, the tool did not finish its judgement
        reports["failed"] = [f"{type(error).__name__}: {error}"[:REASON]]
    return reports


def done(task: dict[str, Any]) -> dict[str, Any]:
    """Do a task."""
    try:
        msdf = parse(task)
        result = {"read": "", **described(msdf)}
    except Exception as error:  # noqa: BLE001  # whatever it is, the tool does not read the file
        return {"read": f"{type(error).__name__}: {error}"[:REASON]}
    result["validate"] = judged(msdf)
    if task.get("write"):
        for form, writer in (("tsv", write_tsv), ("json", write_json), ("rdf", write_rdf)):
            place = Path(task["write"]) / f"{task['name']}.{'ttl' if form == 'rdf' else form}"
            try:
                with place.open("w", encoding="utf-8") as file:
                    writer(parse(task), file)
            except Exception as error:  # noqa: BLE001  # whatever it is, the tool does not write the file
                place.unlink()
                result[f"write-{form}"] = f"{type(error).__name__}: {error}"[:REASON]
    return result


def timed(task: dict[str, Any]) -> dict[str, float]:
    """Return the CPU seconds of reading and of validating."""
    start = time.process_time()
    msdf = parse(task)
    read = time.process_time()
    validate(msdf, fail_on_error=False)
    judged_at = time.process_time()
    with Path(task["path"] + ".reference").open("w", encoding="utf-8") as file:
        write_tsv(msdf, file)
    return {"read": read - start, "validate": judged_at - read, "write": time.process_time() - judged_at}


if __name__ == "__main__":
    tasks = json.load(sys.stdin)
    answer = {task["name"]: timed(task) if task.get("time") else done(task) for task in tasks}
    json.dump(answer, sys.stdout)
