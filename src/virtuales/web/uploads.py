"""Files as bodies of requests: put aside on the disk as they come, under the node's limit for one file."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import BinaryIO, cast

from fastapi import Request

from virtuales.errors import TooLarge


def refuse_stated_length(request: Request, limit: int) -> None:
    """Refuse a body by the length that it is said to have, before anything of it is read.

    Raises:
        TooLarge: it is over the limit.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > limit:
        raise _too_large(limit)


@asynccontextmanager
async def put_aside(request: Request, limit: int) -> AsyncIterator[BinaryIO]:
    """Give a file with the body's bytes, to be read from its beginning; it is gone afterwards.

    Raises:
        TooLarge: there are more bytes than the limit.
    """
    with tempfile.TemporaryFile(prefix="virtuales-") as spool:
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise _too_large(limit)
            spool.write(chunk)
        spool.seek(0)
        yield cast("BinaryIO", spool)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The upload is larger than the {limit} bytes that this node accepts.",
        where="request body",
        remedy="Split the data, or ask the node's operator to raise `max_upload_bytes`.",
    )
