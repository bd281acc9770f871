from __future__ import annotations

from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from ..errors import GatewayError
from ..events import Event, StreamEvent, event_of
from ..models import Job, StreamMessageRequest, WatchAccountEvent
from ..openapi.api.receiving import AsyncReceivingApi
from ..streams import AsyncStream
from .events import data_of, event_source, followed
from .http import AsyncHttp

ENDED = ("completed", "failed", "cancelled")


class AsyncStreaming:
    """The calls that answer with a stream of events. Leaving the loop closes the stream."""

    http: AsyncHttp
    receiving: AsyncReceivingApi

    async def updates(self, user_id: str, *, after: int | None = None) -> AsyncStream[Event]:
        """
        Yields the events of an account that receives, each once and in order, beginning with the one after the number
        `after` (None: from now on). Goes on over lost connections; never ends by itself.

        An `UpdatesGapEvent` says that events are missing there. Raises GatewayError `RECEIVING_OFF`, and
        `EVENTS_GONE` where the next event is no longer kept: `body` has `oldest_seq`.
        """
        # The place must be known before the first stream, which may break off before its first event.
        place = after if after is not None else (await self.receiving.read_updates(user_id)).next_
        path = f"/telegram/accounts/{quote(user_id, safe='')}/updates"
        async with aclosing(followed(self.http, path, str(place))) as events:
            async for event in events:
                yield event_of(data_of(event))

    async def job_events(self, job_id: str) -> AsyncStream[Job]:
        """Yields the job now, and again after each change, until it ends. Goes on over lost connections."""
        async with aclosing(followed(self.http, f"/jobs/{quote(job_id, safe='')}/events")) as events:
            async for event in events:
                if event.event == "job":
                    job = Job.from_dict(data_of(event))
                    yield job
                    if job.state in ENDED:
                        return

    async def account_events(self, user_id: str) -> AsyncStream[WatchAccountEvent]:
        """Yields the account with its messages now, and again after each change. Never ends by itself."""
        path = f"/telegram/accounts/{quote(user_id, safe='')}/events"
        async with aclosing(followed(self.http, path)) as events:
            async for event in events:
                if event.event == "account":
                    yield WatchAccountEvent.from_dict(data_of(event))

    async def qr_events(self, user_id: str) -> AsyncStream[StreamEvent]:
        """
        Yields each new QR code of a sign-in (`qr`, with its `url`), then the outcome: `authorized` or
        `password_required`. See `sign_in.start_qr_sign_in`.
        """
        path = f"/telegram/user/auth/qr/{quote(user_id, safe='')}"
        async with aclosing(self._once("GET", path, ends=("authorized", "password_required"))) as events:
            async for event in events:
                yield event

    async def stream_message(
        self, request: StreamMessageRequest, *, idempotency_key: str | None = None
    ) -> AsyncStream[StreamEvent]:
        """
        Streams the assistant's reply (`delta`, `message`), and sends it (`telegram`) if the request says so. Ends with
        `done`. Never repeated: another try would make another reply. Streams with the same key send one message.
        """
        options: dict[str, Any] = {"json": request.to_dict()}
        if idempotency_key is not None:
            options["headers"] = {"Idempotency-Key": idempotency_key}
        async with aclosing(self._once("POST", "/message_stream", ends=("done",), **options)) as events:
            async for event in events:
                yield event

    async def _once(
        self, method: str, path: str, *, ends: tuple[str, ...], **options: Any
    ) -> AsyncStream[StreamEvent]:
        """A stream that does not go on after a lost connection."""
        async with event_source(self.http, method, path, **options) as source:
            if source is not None:
                async for event in source.aiter_sse():
                    if event.data:
                        yield StreamEvent(event.event, data_of(event))
                    if event.event in ends:
                        return
        raise GatewayError("the stream closed before its end", code="NO_ANSWER", kind="unknown_outcome")
