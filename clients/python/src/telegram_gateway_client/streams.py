"""Types of streams, and pauses, for both kinds of clients."""

from collections.abc import AsyncGenerator, Generator
from time import sleep as sleep
from typing import TypeVar

from anyio import sleep as async_sleep

T = TypeVar("T")

SyncStream = Generator[T, None, None]
AsyncStream = AsyncGenerator[T, None]

__all__ = ["AsyncStream", "SyncStream", "async_sleep", "sleep"]
