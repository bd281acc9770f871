from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from ..answers import no_answer
from ..errors import GatewayError
from ..files import file_name_of
from ..retry import repeatable, wait_before
from ..streams import AsyncStream, async_sleep
from .http import AsyncHttp

# Seconds without a byte after which a download is dead: the gateway may wait for Telegram.
SILENCE = 150.0


class AsyncDownload:
    """A file that is being downloaded. Iterate over its bytes once."""

    def __init__(self, http: AsyncHttp, path: str, params: dict[str, str], response: httpx.Response) -> None:
        self._http = http
        self._path = path
        self._params = params
        self._first = response
        #: None: it has none. It is the sender's: check it before you use it as a path.
        self.file_name = file_name_of(response)
        self.mime_type = response.headers.get("content-type", "application/octet-stream")
        #: Bytes.
        self.size = int(response.headers.get("content-length", 0))

    async def __aiter__(self) -> AsyncStream[bytes]:
        received = 0
        failures = 0
        while True:
            try:
                if received == 0 and failures == 0:
                    async for piece in self._first.aiter_bytes():
                        received += len(piece)
                        yield piece
                else:
                    async with self._rest(received) as response:
                        async for piece in response.aiter_bytes():
                            received += len(piece)
                            failures = 0
                            yield piece
                if received == self.size:
                    return
                raise broken_off()
            except (GatewayError, httpx.RequestError) as problem:
                error = problem if isinstance(problem, GatewayError) else no_answer(problem)
                failures += 1
                wait = wait_before(failures, self._http.backoff, error.retry_after)
                if wait is None or failures > self._http.retries or not repeatable(error):
                    raise error from problem
            await async_sleep(wait)

    @asynccontextmanager
    async def _rest(self, received: int) -> AsyncIterator[httpx.Response]:
        headers = {"Range": f"bytes={received}-", "If-Range": self._first.headers.get("etag", "")}
        async with opened(self._http, self._path, self._params, headers) as response:
            # The gateway ignores the range where the message has another file meanwhile.
            if response.status_code != 206:
                message = "the file was replaced while it was downloaded"
                raise GatewayError(message, code="FILE_REPLACED", kind="permanent")
            yield response


@asynccontextmanager
async def downloaded(http: AsyncHttp, path: str, params: dict[str, str]) -> AsyncIterator[AsyncDownload]:
    async with opened(http, path, params, {}) as response:
        yield AsyncDownload(http, path, params, response)


@asynccontextmanager
async def opened(
    http: AsyncHttp, path: str, params: dict[str, str], headers: dict[str, str]
) -> AsyncIterator[httpx.Response]:
    timeout = httpx.Timeout(http.timeout.connect, read=SILENCE)
    # Compressed bytes would not have the size that the gateway names.
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}
    async with http.stream("GET", path, params=params, headers=headers, timeout=timeout) as response:
        yield response


def broken_off() -> GatewayError:
    return GatewayError("the file broke off", code="NO_ANSWER", kind="unknown_outcome")
