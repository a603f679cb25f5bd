"""What a person sees while something takes its time: on standard error, and gone when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from virtuales.cli.client.plain import plain
from virtuales.errors import UnreadableInput

Advance = Callable[[int], None]


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show a spinner with the time elapsed until the block ends."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with _progress(*columns) as progress:
        progress.add_task(plain(what), total=None)
        yield


@contextmanager
def reading(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to be sent, with a bar of the bytes that went.

    Raises:
        UnreadableInput: the file cannot be read.
    """
    try:
        size = file.stat().st_size
        source = file.open("rb")
    except OSError as error:
        raise UnreadableInput(f"The file cannot be read: {error.strerror}.", where=str(file)) from error
    with source, _bytes_bar() as progress:
        yield progress.wrap_file(source, total=size, description=plain(file.name))


@contextmanager
def receiving(name: str, size: int) -> Iterator[Advance]:
    """Show a bar of the bytes that came; the block calls what it is given with the size of each piece."""
    with _bytes_bar() as progress:
        task = progress.add_task(plain(name), total=size)
        yield lambda count: progress.advance(task, count)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar of so many done of so many; the block calls what it is given with both numbers."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with _progress(*columns) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _bytes_bar() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return _progress(*columns)


def _progress(*columns: ProgressColumn) -> Progress:
    """Return a display that a file or a pipe sees nothing of."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
