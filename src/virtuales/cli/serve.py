"""`virtuales serve`: run a node."""

import logging
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
import uvicorn

from virtuales.node import Node
from virtuales.settings import read_settings
from virtuales.web.app import create_app


def serve(
    data_dir: Annotated[Path | None, typer.Option(help="Directory of the journal, the stores and the keys.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The address under which others reach the node.")] = None,
    role: Annotated[str | None, typer.Option(help="`participant` or `orchestrator`.")] = None,
    orchestrator_url: Annotated[str | None, typer.Option(help="The orchestrator's address.")] = None,
    host: Annotated[str | None, typer.Option(help="The network address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    log_level: Annotated[str, typer.Option(help="`debug`, `info`, `warning` or `error`.")] = "info",
) -> None:
    """Run a node until it is interrupted; settings not given here come from the environment (`VIRTUALES_…`)."""
    settings = read_settings(
        data_dir=data_dir,
        base_url=base_url,
        role=role,
        orchestrator_url=orchestrator_url,
        bind_host=host,
        bind_port=port,
    )
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=log_level.upper(), stream=sys.stderr, format=form)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    node = Node(settings)
    config = uvicorn.Config(
        create_app(node),
        host=settings.bind_host,
        port=settings.bind_port,
        log_level=log_level.lower(),
        access_log=log_level.lower() == "debug",  # accesses to data are in the journal
        proxy_headers=False,  # who is connected is what is believed; see `certificate_proxies`
        timeout_graceful_shutdown=5,
    )
    _Server(config, node).run()


class _Server(uvicorn.Server):
    """A server that ends the node's open feeds when it is told to stop, so that stopping does not wait for them."""

    def __init__(self, config: uvicorn.Config, node: Node) -> None:
        super().__init__(config)
        self._node = node

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Tell the feeds to end, then stop as usual."""
        self._node.closing = True
        super().handle_exit(sig, frame)
