"""`virtuales rebuild`: make a stopped node's RDF store anew from its journal and its object store."""

from typing import Annotated

import typer

from virtuales.cli.client.output import say
from virtuales.cli.client.progress import counting
from virtuales.cli.data_directory import DATA_DIR, DataDir
from virtuales.node import rebuild_store


def rebuild(
    data_dir: DataDir = DATA_DIR,
    rdf_store_url: Annotated[
        str | None, typer.Option(envvar="VIRTUALES_RDF_STORE_URL", help="The SPARQL server that the node uses, if any.")
    ] = None,
) -> None:
    """Make a stopped node's RDF store anew from its journal and its object store.

    The journal's chain is verified first. A store of the node's own is made beside the present one and takes its
    place when it is complete; a SPARQL server's is emptied and filled again.
    """
    with counting("Replaying events") as progress:
        events = rebuild_store(data_dir, rdf_store_url=rdf_store_url, progress=progress)
    say(f"The store is made anew from {events:,} events.")
