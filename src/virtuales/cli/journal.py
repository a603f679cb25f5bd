"""`virtuales journal`: verify a node's journal and list its events; both may run beside the node."""

from itertools import islice
from typing import Annotated

import typer

from virtuales.cli.client.options import AsJson
from virtuales.cli.client.output import print_json, print_rows, say
from virtuales.cli.client.progress import waiting
from virtuales.cli.data_directory import DATA_DIR, DataDir
from virtuales.journal.log import Journal

app = typer.Typer(help="A node's journal: verify its chain, list its events.", no_args_is_help=True)


@app.command("verify")
def verify(data_dir: DataDir = DATA_DIR) -> None:
    """Follow the journal's chain of hashes from its first event; ends with 1 at the first broken link."""
    journal = Journal(data_dir / "journal.sqlite", read_only=True)
    try:
        with waiting("Following the chain"):
            head = journal.verify()
    finally:
        journal.close()
    say(f"The chain of {head.sequence:,} events is whole.")
    say(f"head {head.hash}")


@app.command("list")
def list_events(
    after: Annotated[int, typer.Option(min=0, help="Begin after this sequence number.")] = 0,
    kind: Annotated[str | None, typer.Option(help="Show this kind of event alone, such as `DatasetPublished`.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many to show at most.")] = 50,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List events in order; as JSON they are CloudEvents."""
    journal = Journal(data_dir / "journal.sqlite", read_only=True)
    try:
        chosen = (event for event in journal.events(after=after) if kind is None or event.draft.kind == kind)
        events = list(islice(chosen, limit))
    finally:
        journal.close()
    if as_json:
        print_json([event.to_cloudevent() for event in events])
        return
    rows = [
        {
            "event": event.sequence,
            "at": event.time,
            "kind": event.draft.kind,
            "subject": event.draft.subject,
            "by": event.draft.actor or "the node",
        }
        for event in events
    ]
    print_rows(rows, nothing="There is no such event.")
