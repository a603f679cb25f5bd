"""Which mappings a client works with: those of the installed release, or those in use at a node."""

import hashlib
from typing import Annotated

import typer

from virtuales.alignment.registered.folder import MappingFolder, RegisteredFile
from virtuales.cli.client.profile import node_url
from virtuales.errors import IntegrityFailure, PeerFailure
from virtuales.resources import contributed

UsedBy = Annotated[
    str | None,
    typer.Option("--registry", help="Use the mappings that are published at this node, beside those that ship."),
]


def mappings_of(registry: str | None) -> MappingFolder:
    """Return the mappings that ship, with those that are published at a node's base URL beside or in place of them.

    Raises:
        InputError: the text is no address of a node.
        PeerFailure: the node does not answer, or is none.
        IntegrityFailure: a file is not what the node says that it is.
    """
    shipped = MappingFolder(contributed("mappings"))
    if registry is None:
        return shipped
    from pydantic import ValidationError  # noqa: PLC0415  # working with the release needs neither this nor a network

    from virtuales.cli.client.connection import connect_openly  # noqa: PLC0415  # likewise
    from virtuales.exchange.mapping_contents import mapping_url  # noqa: PLC0415  # likewise
    from virtuales.exchange.mapping_documents import MappingDocument  # noqa: PLC0415  # likewise

    node, files = node_url(registry, where="--registry"), []
    with connect_openly() as connection:
        listed = connection.get(node, "/api/v1/mappings", params={"status": "published"})
        try:
            documents = [MappingDocument.model_validate(one) for one in listed]
        except ValidationError as error:
            raise PeerFailure(f"The node's list of mappings cannot be read: {error}.", where=node) from error
        for one in documents:
            if not one.ships:
                path = mapping_url("", one.identifier, one.version, "content")
                content = connection.send("GET", node, path, headers={"Accept": "*/*"}).content
                if hashlib.sha256(content).hexdigest() != one.sha256:
                    raise IntegrityFailure(
                        "The file is not what was registered.", where=one.content, remedy="Tell the node's operator."
                    )
                files.append(RegisteredFile(one.to_version(), content))
    return shipped.with_files(files) if files else shipped
