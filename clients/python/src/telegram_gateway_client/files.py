"""Files that are uploaded and downloaded."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

import httpx
from anyio.to_thread import run_sync

PIECE = 65_536

#: The bytes, a file's path, or a file that is open for reading bytes, from where it stands.
FileSource = bytes | str | os.PathLike[str] | BinaryIO


@contextmanager
def opened(source: FileSource) -> Iterator[tuple[BinaryIO, str | None]]:
    """The open file, and the name of a path."""
    if isinstance(source, bytes):
        yield BytesIO(source), None
    elif isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            yield file, Path(source).name
    else:
        yield source, None


class _Body:
    """The rest of a file. A repeated call sends it again."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell()
        self.size = file.seek(0, SEEK_END) - self._start


class SyncBody(_Body):
    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._start)
        while piece := self._file.read(PIECE):
            yield piece


class AsyncBody(_Body):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._file.seek(self._start)
        while piece := await run_sync(self._file.read, PIECE):
            yield piece


def file_name_of(response: httpx.Response) -> str | None:
    """The name in Content-Disposition."""
    disposition = response.headers.get("content-disposition", "")
    encoded = re.search(r"filename\*=UTF-8''([^;]+)", disposition, re.IGNORECASE)
    if encoded:
        return unquote(encoded[1])
    quoted = re.search(r'filename="((?:[^"\\]|\\.)*)"', disposition, re.IGNORECASE)
    return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else None
