from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from httpx_sse import EventSource, ServerSentEvent

from ..answers import no_answer, not_a_gateway
from ..errors import GatewayError, error_of, is_error
from ..retry import RULE, never, repeatable, wait_before
from ..streams import AsyncStream, async_sleep
from .http import AsyncHttp

# Seconds without a byte after which a stream is dead. The gateway writes at least a comment every 15 s.
SILENCE = 60.0


@asynccontextmanager
async def event_source(
    http: AsyncHttp, method: str, path: str, *, last_id: str = "", **options: Any
) -> AsyncIterator[EventSource | None]:
    """A stream that is open. None: the gateway has no more events."""
    headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
    headers.update(options.pop("headers", {}))
    timeout = httpx.Timeout(http.timeout.connect, read=SILENCE)
    try:
        async with http.stream(
            method, path, headers=headers, timeout=timeout, extensions={RULE: never}, **options
        ) as response:
            if response.status_code == 204:
                yield None
            elif response.headers.get("content-type", "").startswith("text/event-stream"):
                yield EventSource(response)
            else:
                raise not_a_gateway(response)
    except httpx.RequestError as error:
        raise no_answer(error) from error


async def followed(http: AsyncHttp, path: str, last_id: str = "") -> AsyncStream[ServerSentEvent]:
    """
    Yields events until the gateway has no more. If the stream breaks off, it connects again, and goes on after the
    last event that it yielded. Raises once `retries` connections in a row have failed.
    """
    failures = 0
    while True:
        asked = 0
        failed = failures
        try:
            async with event_source(http, "GET", path, last_id=last_id) as source:
                if source is None:
                    return
                failures = 0
                async for event in source.aiter_sse():
                    asked = event.retry or asked
                    if event.event == "error":
                        failures = failed
                        data_of(event)
                    if event.data:
                        last_id = event.id or last_id
                        yield event
            wait: float | None = http.backoff
        except GatewayError as error:
            failures += 1
            wait = wait_before(failures, http.backoff, error.retry_after)
            if wait is None or failures > http.retries or not repeatable(error):
                raise
        await async_sleep(max(wait or 0, asked / 1000))


def data_of(event: ServerSentEvent) -> dict[str, Any]:
    """The object in an event. Raises the error that ends a stream."""
    body = json.loads(event.data)
    if not isinstance(body, dict):
        raise GatewayError("an event is not an object", code="NOT_A_GATEWAY", kind="permanent")
    if event.event == "error" and is_error(body):
        raise error_of(body)
    return body
