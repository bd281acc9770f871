from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Any, Literal
from urllib.parse import quote

import httpx

from ..answers import parsed
from ..errors import GatewayError, error_of
from ..files import AsyncBody, FileSource, opened
from ..models import UNSET, Job, SendMessageRequest, SendMessageResponse, UploadFileResponse
from ..openapi.api.account import AsyncAccountApi
from ..openapi.api.jobs import AsyncJobsApi
from ..openapi.api.operations import AsyncOperationsApi
from ..openapi.api.receiving import AsyncReceivingApi
from ..openapi.api.sending import AsyncSendingApi
from ..openapi.api.sending import upload_file as _upload_file
from ..openapi.api.sign_in import AsyncSignInApi
from ..openapi.api.webhooks import AsyncWebhooksApi
from ..retry import RULE, repeatable
from ..streams import async_sleep
from .download import AsyncDownload, downloaded
from .http import AsyncHttp
from .streaming import ENDED, AsyncStreaming

# Seconds that one call waits for a job to end.
POLL = 30


class AsyncGateway(AsyncStreaming):
    """
    A client of the gateway. Close it, or use it in a `with` block.

    Each call raises GatewayError if the gateway refuses or if no answer arrives. Before that, reads, cancels, sends and
    `set_receiving` are repeated after a lost connection, 429, 502, 503 and 504; sign-in and other account calls only if
    the gateway says that nothing has started. `Retry-After` is respected. A send has an Idempotency-Key, so its repeats
    are one message.

    The methods here wait, stream and transfer files. All other calls of the API are in `account`, `jobs`, …
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:3000",
        *,
        api_key: str | None = None,
        language: str | None = None,
        timeout: float = 75.0,
        retries: int = 3,
        backoff: float = 0.5,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """
        `language`: of the gateway's messages, such as `ru`. `timeout`: seconds for one try, longer than the gateway
        keeps any caller waiting. `retries`: repeats of a call at most. `backoff`: seconds before the first repeat;
        they double. `transport`: for a proxy or certificates of your own, as httpx describes it.
        """
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url must begin with http:// or https://, not {base_url!r}")
        headers = {"Accept": "application/json"}
        if api_key is not None:
            headers["Authorization"] = f"Bearer {api_key}"
        if language is not None:
            headers["Accept-Language"] = language
        self.http = AsyncHttp(
            retries=retries,
            backoff=backoff,
            base_url=base_url,
            headers=headers,
            timeout=timeout,
            transport=transport,
        )
        self.account = AsyncAccountApi(self.http)
        self.jobs = AsyncJobsApi(self.http)
        self.operations = AsyncOperationsApi(self.http)
        self.receiving = AsyncReceivingApi(self.http)
        self.sending = AsyncSendingApi(self.http)
        self.sign_in = AsyncSignInApi(self.http)
        self.webhooks = AsyncWebhooksApi(self.http)

    async def __aenter__(self) -> AsyncGateway:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.http.aclose()

    async def send(
        self, message: SendMessageRequest, *, idempotency_key: str | None = None, timeout: float | None = None
    ) -> SendMessageResponse:
        """
        Sends a message, and waits until it is sent. Raises GatewayError if it is not: `JOB_NOT_ENDED` after `timeout`
        seconds (None: no limit), and the job goes on. With `send_at`, use `enqueue`, or it waits until then.
        """
        try:
            outcome = await self.sending.send_message(body=message, idempotency_key=idempotency_key or UNSET)
        except GatewayError as error:
            # The gateway waited in vain for the job, which may still end well.
            if error.status != 504 or error.job_id is None:
                raise
            return await self._sent(error.job_id, timeout)
        if isinstance(outcome, SendMessageResponse):
            return outcome
        return await self._sent(outcome.job_id, timeout)

    async def enqueue(self, message: SendMessageRequest, *, idempotency_key: str | None = None) -> str:
        """Enqueues a message, and returns the id of its job. See `wait_for_job`."""
        outcome = await self.sending.send_message(
            body=message, idempotency_key=idempotency_key or UNSET, prefer="respond-async"
        )
        return outcome.job_id

    async def wait_for_job(self, job_id: str, *, timeout: float | None = None) -> Job:
        """
        Waits until the job has completed, failed or been cancelled: see its `state`. Raises GatewayError
        `JOB_NOT_ENDED` after `timeout` seconds (None: no limit); the job goes on.
        """
        end = None if timeout is None else monotonic() + timeout
        while True:
            asked = monotonic()
            wait = POLL if end is None else max(0, min(POLL, round(end - asked)))
            job = await self.jobs.read_job(job_id, wait=wait)
            now = monotonic()
            if job.state in ENDED:
                return job
            if end is not None and now >= end:
                message = f"job {job_id} has not ended within {timeout} s; it goes on"
                raise GatewayError(message, code="JOB_NOT_ENDED", kind="unknown_outcome", job_id=job_id)
            # A gateway that is shutting down answers early.
            if now - asked < 1:
                await async_sleep(0.5 if end is None else max(0, min(0.5, end - now)))

    async def _sent(self, job_id: str, timeout: float | None) -> SendMessageResponse:
        job = await self.wait_for_job(job_id, timeout=timeout)
        if job.result is not None and job.state == "completed":
            done = {"status": "ok", "success": True, "job_id": job_id}
            return SendMessageResponse.from_dict({**job.result.to_dict(), **done})
        if job.error is not None:
            raise error_of(job.error.to_dict(), job_id=job_id)
        raise GatewayError("the job was cancelled", code="CANCELLED", kind="permanent", job_id=job_id)

    async def upload(
        self,
        user_id: str,
        file: FileSource,
        *,
        file_name: str | None = None,
        content_type: str = "application/octet-stream",
        timeout: float = 3600.0,
    ) -> UploadFileResponse:
        """
        Uploads a file for `media` of a send, piece by piece. The gateway finds most types in the bytes.
        `file_name` is that of the path by default. `timeout`: seconds without progress.
        """
        with opened(file) as (source, name):
            body = AsyncBody(source)
            named = file_name or name
            response = await self.http.request(
                "POST",
                "/telegram/user/uploads",
                params={"user_id": user_id, **({"file_name": named} if named else {})},
                content=body,
                headers={"Content-Type": content_type, "Content-Length": str(body.size)},
                extensions={RULE: repeatable},
                timeout=timeout,
            )
        return parsed(_upload_file.answer, response)

    def download(
        self, user_id: str, file_id: str, *, size: Literal["s", "m", "x"] | None = None
    ) -> AbstractAsyncContextManager[AsyncDownload]:
        """
        Downloads a file of a message (`file_id` of its `media`), or a thumbnail of at most 100, 320 or 800 pixels:
        `with gateway.download(…) as file`, then iterate over `file`. Goes on over lost connections.
        """
        path = f"/telegram/accounts/{quote(user_id, safe='')}/files/{quote(file_id, safe='')}"
        params: dict[str, Any] = {} if size is None else {"size": size}
        return downloaded(self.http, path, params)
