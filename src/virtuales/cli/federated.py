"""`virtuales query … --endpoint URL`: one query over several SPARQL endpoints."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from virtuales.cli.client.plain import plain
from virtuales.cli.client.progress import waiting
from virtuales.errors import UnreadableInput
from virtuales.federation.account import Account
from virtuales.federation.drawing import as_svg
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.explanation import as_mermaid, as_text, missing, uncarried
from virtuales.federation.federate import Federation
from virtuales.federation.options import Options
from virtuales.federation.provenance import provenance
from virtuales.store.rdf_store import Answer


@dataclass(frozen=True)
class Telling:
    """What is told of a federated answer besides the answer.

    Args:
        explain: Whether to say on standard error how the answer came about.
        picture: The file to draw that in: one named `.svg` as a picture, others as a flowchart of Mermaid.
        sources: The file to write the account of the sources to, as JSON.
        provenance: The file to write to, as JSON, by which mappings they were made the query's.
    """

    explain: bool = False
    picture: Path | None = None
    sources: Path | None = None
    provenance: Path | None = None


def ask_endpoints(
    text: str, endpoints: Sequence[Endpoint], accept: str, *, options: Options, telling: Telling
) -> Answer:
    """Ask endpoints together, and tell what was asked to be told.

    Raises:
        InputError: the query is none.
        EndpointFailure: an endpoint failed, and the answer is to be whole.
    """
    with waiting("Asking"), Federation(endpoints, options) as federation:
        answer = federation.answer(text, accept)
    _tell(answer.account, telling)
    return Answer(answer.body, answer.media_type)


def _tell(account: Account, telling: Telling) -> None:
    console = Console(stderr=True)
    if telling.explain:
        console.print(Text(plain(as_text(account).rstrip())), soft_wrap=True)
    if telling.picture is not None:
        write_file(telling.picture, as_svg(account) if is_svg(telling.picture) else as_mermaid(account))
    if telling.sources is not None:
        write_file(telling.sources, json.dumps(account.as_data(), indent=2) + "\n")
    if telling.provenance is not None:
        write_file(telling.provenance, json.dumps(provenance(account), indent=2, ensure_ascii=False) + "\n")
    for each in uncarried(account):
        console.print(Text.assemble(("not carried: ", "bold yellow"), plain(each)), soft_wrap=True)
    lacking = missing(account)
    if lacking:
        console.print(Text.assemble(("warning: ", "bold yellow"), plain(lacking)), soft_wrap=True)


def is_svg(file: Path) -> bool:
    """Tell by its name whether a file is to hold a picture in SVG."""
    return file.suffix.lower() == ".svg"


def write_file(file: Path, text: str) -> None:
    """Write a text to a file.

    Raises:
        UnreadableInput: it cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnreadableInput(f"The file cannot be written: {error.strerror}.", where=str(file)) from error
