"""Entries of operators' open data portals, and of the demonstration, as the index would know them."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.catalogue.index.small_catalogue import dataset
from tests.shared_data import shared

from virtuales.catalogue.index.document import IndexedDataset
from virtuales.demonstration.network import sample_packages

PORTALS = "suites/catalogue/uk-dno-portals"
_DCTERMS, _DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
_MARKUP = re.compile(r"<[^>]+>|&\w+;|\s+")
_CLASS = re.compile(r"<cim:(\w+) rdf:(?:ID|about)")
_CIM = "http://iec.ch/TC57/CIM100#"


def portal_entries() -> list[IndexedDataset]:
    """Return the entries of portals that are beside the checkout; without them the test is skipped."""
    place = shared(PORTALS)
    return [*_tables_of_ukpn(place), *_explored(place), *_linked(place)]


def sample_entries(scratch: Path) -> Iterator[IndexedDataset]:
    """Give the entries of the demonstration, with the classes that its models use."""
    for package in sample_packages(scratch):
        with zipfile.ZipFile(package.archive) as archive:
            classes = {name for file in archive.namelist() for name in _CLASS.findall(archive.read(file).decode())}
        yield dataset(
            package.organisation,
            package.title,
            package.description,
            keywords=package.keywords,
            publisher=f"http://o.example/id/organisation/{package.organisation}",
            facets={"class": tuple(sorted(_CIM + name for name in classes))},
        )


def _tables_of_ukpn(place: Path) -> Iterator[IndexedDataset]:
    """Give the tables whose columns alone are known: a short name for a title, the columns for a description."""
    tables: dict[str, list[str]] = json.loads((place / "ukpn/ukpyn/field_schemas.json").read_text(encoding="utf-8"))
    for slug, columns in tables.items():
        title = re.sub(r"\W|_", " ", slug.removeprefix("ukpn-"))
        yield dataset(slug.replace("_", "-"), title, " | ".join(column.replace("_", " ") for column in columns))


def _explored(place: Path) -> Iterator[IndexedDataset]:
    """Give the entries that Opendatasoft's interface answered with."""
    names = ("ukpn/examples/*getDataset*-response.json", "enwl/examples/*dataset*-example.json")
    for file in sorted(file for name in names for file in place.glob(name)):
        answer: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for found in answer.get("results", [answer]):
            about = found.get("metas", {}).get("default", {})
            if about.get("title"):
                text, keywords = _MARKUP.sub(" ", about.get("description") or ""), about.get("keyword") or ()
                yield dataset(found["dataset_id"].replace("_", "-"), about["title"], text, keywords=tuple(keywords))


def _linked(place: Path) -> Iterator[IndexedDataset]:
    """Give the entries of the portal that answers with DCAT."""
    file = place / "nged/json-ld/national-grid-electricity-distribution-catalog.jsonld"
    for node in json.loads(file.read_text(encoding="utf-8")):
        if f"{_DCAT}Dataset" in node["@type"]:

            def said(name: str, node: dict[str, Any] = node) -> list[str]:
                return [value.get("@value", value.get("@id")) for value in node.get(name, [])]

            (title,), texts = said(f"{_DCTERMS}title"), said(f"{_DCTERMS}description")
            slug = re.sub(r"\W+", "-", title.lower()).strip("-")
            yield dataset(f"nged-{slug}", title, " ".join(texts), keywords=tuple(said(f"{_DCAT}keyword")))
