from __future__ import annotations

from itertools import count
from typing import Any

import httpx

from ..answers import no_answer, refusal
from ..errors import GatewayError
from ..retry import rule_of, wait_before
from ..streams import async_sleep


class AsyncHttp(httpx.AsyncClient):
    """Raises GatewayError for any answer but a success, and repeats calls that are safe to repeat."""

    def __init__(self, *, retries: int, backoff: float, **options: Any) -> None:
        super().__init__(**options)
        self.retries = retries
        self.backoff = backoff

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        for tries in count(1):
            try:
                return await self._attempt(request, **options)
            except GatewayError as error:
                wait = wait_before(tries, self.backoff, error.retry_after)
                if tries > self.retries or wait is None or not rule_of(request)(error):
                    raise
            await async_sleep(wait)
        raise AssertionError("the loop has no end")

    async def _attempt(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            response = await super().send(request, **options)
            if response.is_success:
                return response
            try:
                await response.aread()
            finally:
                await response.aclose()
        except httpx.RequestError as error:
            raise no_answer(error) from error
        raise refusal(response)
